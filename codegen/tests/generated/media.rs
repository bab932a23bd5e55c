//! Request and response bodies of each media type, over HTTP: `Accept`, `Content-Type` and typed values.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use crate::workspace::{COMPILED, MEDIA};

/// The running service. It stops when its standard input is closed, so that no process remains.
struct Service {
    process: Child,
    address: String,
}

/// An HTTP response of the service.
#[derive(Debug)]
struct Response {
    status: u16,
    headers: BTreeMap<String, Vec<String>>,
    body: String,
}

impl Response {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|values| values.first()).map_or("", String::as_str)
    }

    fn media(&self) -> (u16, &str) {
        (self.status, self.header("content-type"))
    }
}

impl Service {
    fn start() -> Service {
        let compiled = &COMPILED[MEDIA];
        let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{compiled:#?}"));
        let mut process =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let mut address = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut address).expect("its address");
        Service { process, address: address.trim().to_owned() }
    }

    /// Sends a request with these header lines, and returns the response.
    fn request(&self, method: &str, target: &str, headers: &[&str], body: &str) -> Response {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let mut request = format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        headers.iter().for_each(|line| request.push_str(&format!("{line}\r\n")));
        request.push_str(&format!("content-length: {}\r\n\r\n{body}", body.len()));
        // The service may not read a rejected body to its end.
        let _ = stream.write_all(request.as_bytes());
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        let response = String::from_utf8(response).expect("text");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            headers.entry(name.to_ascii_lowercase()).or_default().push(value.to_owned());
        }
        let chunked = headers.contains_key("transfer-encoding");
        let body = if chunked { decoded(body) } else { body.to_owned() };
        Response { status: status.expect("a status"), headers, body }
    }

    fn get(&self, target: &str, accept: &str) -> Response {
        self.request("GET", target, &[&format!("accept: {accept}")], "")
    }

    fn send(&self, method: &str, target: &str, content_type: &str, body: &str) -> Response {
        self.request(method, target, &[&format!("content-type: {content_type}")], body)
    }
}

/// Decodes a body with chunked transfer encoding.
fn decoded(mut body: &str) -> String {
    let mut decoded = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("the size of a chunk");
        decoded.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    decoded
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
fn the_handler_receives_the_media_type_that_the_caller_prefers() {
    let service = Service::start();
    let v1 = "application/vnd.acme.report+json;version=1";
    let v2 = "application/vnd.acme.report+json;version=2";
    let html = "text/html; charset=utf-8";
    for (accept, chosen) in [
        ("*/*", v1),
        ("nonsense", v1),
        (v2, v2),
        ("application/vnd.acme.report+json; Version=\"2\"", v2),
        ("application/vnd.acme.report+json;version=1;q=0.1, application/vnd.acme.report+json", v2),
        ("application/json", "application/json"),
        ("application/json;charset=utf-8", "application/json"),
        ("application/*;q=0.3, text/*;q=0.2, text/html;q=0.4", html),
        ("text/*", "text/csv"),
        ("text/csv;q=0, text/*", html),
        ("text/html, image/webp;q=0.9", html),
        ("text/plain, image/webp;q=0.9", "image/webp"),
        ("image/*", "image/png"),
        ("image/svg+xml", "image/png"),
    ] {
        let response = service.get("/reports/1", accept);
        assert_eq!(response.media(), (200, chosen), "{accept}: {response:?}");
        assert_eq!(response.header("vary"), "accept");
    }
    let response = service.get("/reports/1", v2);
    assert_eq!(response.body, r#"{"lines":["one"]}"#);
    assert_eq!(service.get("/reports/1", v1).body, r#"{"title":"report"}"#);
}

#[test]
fn a_request_that_accepts_no_declared_media_type_is_rejected_with_a_list_of_them() {
    let service = Service::start();
    for accept in ["text/plain", "application/vnd.acme.report+json;version=3", "audio/*", "*/*;q=0"] {
        let response = service.get("/reports/1", accept);
        assert_eq!(response.media(), (406, "application/problem+json"), "{accept}: {response:?}");
        assert!(response.body.contains("image/*"), "{response:?}");
    }
}

#[test]
fn the_media_type_that_a_handler_returns_is_sent_even_if_the_caller_does_not_accept_it() {
    let service = Service::start();
    assert_eq!(service.get("/reports/7", "application/json").media(), (200, "text/csv"));
    let gone = service.get("/reports/410", "application/json");
    assert_eq!((gone.media(), gone.body.as_str()), ((410, "application/json"), r#"{"since":"1970-01-01"}"#));
    let gone = service.get("/reports/410", "application/json;q=0.5, text/plain");
    assert_eq!((gone.media(), gone.body.as_str()), ((410, "text/plain"), "since 1970"));
}

#[test]
fn a_media_type_outside_of_the_declared_range_is_a_500() {
    let service = Service::start();
    let response = service.get("/reports/500", "image/png");
    assert_eq!(response.media(), (500, "application/problem+json"), "{response:?}");
    assert!(!response.body.contains("text/plain"), "{response:?}");
}

#[test]
fn a_body_is_decoded_by_its_media_type_and_an_undeclared_one_is_a_415() {
    let service = Service::start();
    let put = |content_type: &str, body: &str| service.send("PUT", "/reports/1", content_type, body);
    for (content_type, body, seen) in [
        ("application/json;version=1", r#"{"title":"a"}"#, "note a"),
        ("application/json; charset=utf-8; version=\"2\"", r#"{"lines":["a","b"]}"#, "report of 2"),
        ("application/json", r#"{"title":"a"}"#, "note a"),
        ("text/csv", "a,b", "csv a,b"),
        ("Text/HTML;charset=UTF-8", "<p>", "html <p>"),
    ] {
        let response = put(content_type, body);
        assert_eq!((response.media(), response.body.as_str()), ((200, "text/plain"), seen), "{content_type}");
    }
    let image = put("image/svg+xml", "<svg/>");
    assert_eq!((image.media(), image.body.as_str()), ((200, "image/svg+xml"), "<svg/>"));
    for content_type in ["application/json;version=3", "application/hal+json", "text/plain", "text/csv;charset=latin1"]
    {
        let response = put(content_type, "{}");
        assert_eq!(response.status, 415, "{content_type}: {response:?}");
        let accepted = "application/json;version=1, application/json;version=2, text/csv, text/html, image/*";
        assert_eq!(response.header("accept"), accepted);
    }
}

#[test]
fn media_types_with_one_schema_are_sent_under_the_name_that_the_caller_prefers() {
    let service = Service::start();
    let post = |headers: &[&str], body: &str| service.request("POST", "/notes", headers, body);
    assert_eq!(post(&["accept: application/hal+json"], "").media(), (200, "application/hal+json"));
    assert_eq!(post(&["accept: application/json;q=0.5, application/*"], "").media(), (200, "application/hal+json"));
    assert_eq!(post(&[], "").media(), (200, "application/json"));
    assert_eq!(post(&["content-type: text/plain"], "x").media(), (201, "application/json"));
    assert_eq!(post(&["content-type: image/png"], "x").media(), (202, "application/vnd.acme.note"));
}

/// Returns the body of a multipart form with these parts, each as headers and content.
fn form(parts: &[(&str, &str)]) -> String {
    let part =
        |(head, content): &(&str, &str)| format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
    let all: String = parts.iter().map(part).collect();
    format!("{all}--B--\r\n")
}

const FORM: &str = "multipart/form-data; boundary=B";
const PICTURE: (&str, &str) =
    ("name=\"picture\"; filename=\"a.png\"\r\nContent-Type: image/png\r\nX-Taken-At: 2024-02-29", "12345");
const TITLE: (&str, &str) = ("name=\"title\"", "sunset");
const LINES: (&str, &str) = ("name=\"lines\"\r\nContent-Type: application/json", r#"[{"title":"a"},{"title":"b"}]"#);

/// Returns `field: message` for each violation.
fn violations(response: &Response) -> Vec<String> {
    let json: serde_json::Value = serde_json::from_str(&response.body).expect("problem details");
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| format!("{}: {}", error["field"], error["message"]).replace('"', "")).collect()
}

#[test]
fn a_form_is_decoded_into_one_value_with_its_files_in_memory() {
    let service = Service::start();
    let body = form(&[PICTURE, TITLE, LINES]);
    let response = service.send("POST", "/pictures", FORM, &body);
    assert_eq!(response.body, r#"5 Some("a.png") Some("image/png") sunset [] a+b [] None 3 []"#);
    let body = form(&[
        ("name=\"tags\"", "red"),
        ("name=\"others\"; filename=\"b\"", "12"),
        ("name=\"lines\"", r#"{"title":"a"}"#),
        TITLE,
        ("name=\"colours\"", "[1, 2]"),
        ("name=\"colours\"", "3"),
        ("name=\"tags\"", "blue"),
        ("name=\"lines\"", r#"{"title":"b"}"#),
        PICTURE,
        ("name=\"others\"; filename=\"c\"\r\nContent-Type: application/pdf", "123"),
        ("name=\"size\"", "4"),
        ("name=\"place\"", r#"{"lat":1.5}"#),
        ("name=\"_charset_\"", "utf-8"),
    ]);
    let response = service.send("POST", "/pictures", FORM, &body);
    let seen = r#"5 Some("a.png") Some("image/png") sunset [Red, Blue] a+b [1, 2, 3] Some(1.5) 4 [2, 3]"#;
    assert_eq!(response.body, seen);
}

#[test]
fn a_streamed_form_is_read_part_by_part_while_its_files_arrive() {
    let service = Service::start();
    let large = "x".repeat(3 << 20);
    let body = form(&[TITLE, LINES, ("name=\"picture\"; filename=\"a.png\"", &large), ("name=\"tags\"", "red")]);
    let response = service.send("POST", "/pictures/stream", FORM, &body);
    assert_eq!(response.body, format!("sunset a b Some(\"a.png\")={} red", large.len()));
}

#[test]
fn all_violations_in_a_form_are_reported_at_once() {
    let service = Service::start();
    let body = form(&[
        ("name=\"picture\"; filename=\"a\"\r\nContent-Type: image/gif\r\nX-Taken-At: yesterday", "12345"),
        ("name=\"title\"", "longer than ten"),
        ("name=\"title\"", "again"),
        ("name=\"tags\"", "red"),
        ("name=\"tags\"", "pink"),
        ("name=\"tags\"", "red"),
        ("name=\"tags\"", "blue"),
        ("name=\"lines\"", r#"{"title":""}"#),
        ("name=\"colours\"", "[1, 256]"),
        ("name=\"place\"\r\nContent-Type: application/xml", "<lat/>"),
        ("name=\"size\"\r\nContent-Type: application/json", "\"4\""),
        ("name=\"nonsense\"", "?"),
    ]);
    let expected = [
        "picture: must be image/png or image/svg+xml, not image/gif",
        "picture.x-taken-at: must be a date as in `2024-05-31`",
        "title: must have at most 10 characters",
        "title: must appear only once",
        "tags[1]: must be one of red, green, blue",
        "tags[2]: must not be equal to another element",
        "lines[0].title: must have at least 1 character",
        "colours[1]: must be at most 255",
        "place: must be application/json, not application/xml",
        "size: must be an integer, not a string",
        "nonsense: is not a known field",
        "tags: must have at most 3 elements",
        "lines: must have at least 2 elements",
    ];
    let response = service.send("POST", "/pictures", FORM, &body);
    assert_eq!((response.status, violations(&response)), (422, expected.map(str::to_owned).to_vec()));
    let response = service.send("POST", "/pictures/stream", FORM, &form(&[("name=\"title\"", "")]));
    let missing = ["picture: is required", "lines: is required"].map(str::to_owned);
    assert_eq!((response.status, violations(&response)), (400, missing.to_vec()));
}

#[test]
fn a_form_is_limited_in_bytes_and_parts() {
    let service = Service::start();
    let large = "x".repeat((1 << 20) + 1);
    let response = service.send("POST", "/pictures/stream", FORM, &form(&[PICTURE, ("name=\"title\"", &large), LINES]));
    assert_eq!(
        (response.status, violations(&response)),
        (400, vec!["title: must have at most 1048576 bytes".to_owned()])
    );
    let many = vec![("name=\"colours\"", "1"); 1025];
    let response = service.send("POST", "/pictures/stream", FORM, &form(&many));
    assert_eq!((response.status, violations(&response)), (400, vec![": must have at most 1024 parts".to_owned()]));
    let complete = form(&[PICTURE, TITLE, LINES]);
    let response = service.send("POST", "/pictures/stream", FORM, complete.trim_end_matches("--\r\n"));
    assert_eq!(response.status, 400, "{response:?}");
    let response = service.send("POST", "/pictures/stream", FORM, &form(&[("name=\"picture\"", &"x".repeat(5 << 20))]));
    assert_eq!(response.status, 413, "{response:?}");
}

#[test]
fn files_with_any_field_name_are_a_map_beside_other_media_types() {
    let service = Service::start();
    let upload = |content_type: &str, body: &str| service.send("POST", "/uploads", content_type, body);
    let two = form(&[("name=\"a\"; filename=\"a\"", "1"), ("name=\"b\"; filename=\"b\"", "12")]);
    assert_eq!(upload(FORM, &two).body, "a=1 b=2");
    assert_eq!(upload("application/json", r#"{"title":"x"}"#).body, "x");
    assert_eq!(service.request("POST", "/uploads", &[], "").body, "nothing");
    let response =
        upload(FORM, &form(&[("name=\"a\"", "1"), ("name=\"a\"", "2"), ("name=\"b\"", ""), ("name=\"c\"", "")]));
    let wrong = ["a: must appear only once", ": must have at most 2 fields"].map(str::to_owned);
    assert_eq!(violations(&response), wrong);
    assert_eq!(violations(&upload(FORM, "--B--\r\n")), [": must have at least 1 field"]);
    let parts = "--x\r\ncontent-type: text/plain\r\n\r\nhello\r\n--x\r\nx-a: b\r\n\r\n{}\r\n--x--\r\n";
    assert_eq!(service.send("POST", "/mixed", "multipart/mixed; boundary=x", parts).body, "text/plain=5 ?=2");
}

#[test]
fn typed_values_are_sent_as_events_lines_or_a_list() {
    let service = Service::start();
    let watch = |headers: &[&str]| service.request("GET", "/events", headers, "");
    let events = watch(&["accept: text/event-stream", "last-event-id: 7"]);
    assert_eq!(events.body, "id: 8\ndata: {\"title\":\"8\"}\n\nid: 9\ndata: {\"title\":\"9\"}\n\n");
    assert_eq!((events.media(), events.header("cache-control")), ((200, "text/event-stream"), "no-cache"));
    let lines = "{\"title\":\"1\"}\n{\"title\":\"2\"}\n";
    for media in ["application/jsonl", "application/x-ndjson"] {
        let response = watch(&[&format!("accept: {media}")]);
        assert_eq!((response.media(), response.body.as_str()), ((200, media), lines));
    }
    let sequence = watch(&["accept: application/json-seq"]);
    assert_eq!(sequence.body, "\u{1e}{\"title\":\"1\"}\n\u{1e}{\"title\":\"2\"}\n");
    assert_eq!(watch(&["accept: application/json"]).body, r#"[{"title":"1"},{"title":"2"}]"#);
    assert_eq!(watch(&["last-event-id: x"]).status, 400);
}

#[test]
fn events_with_a_schema_for_the_complete_event_are_written_as_fields() {
    let service = Service::start();
    let expected = "event: step\nid: 1\ndata: {\"title\":\"begun\"}\n\nevent: done\ndata: [DONE]\n\n";
    assert_eq!(service.get("/progress", "*/*").body, expected);
}

#[test]
fn response_headers_are_values_of_their_schemas() {
    let service = Service::start();
    let response = service.get("/headers", "*/*");
    let header = |name: &str| response.headers.get(name).cloned().unwrap_or_default();
    assert_eq!(response.status, 204, "{response:?}");
    assert_eq!(header("x-tags"), ["a,b"]);
    assert_eq!(header("x-place"), ["lat=1.5"]);
    assert_eq!(header("x-at"), ["1970-01-01T00:00:00Z"]);
    assert_eq!(header("x-kind"), ["small"]);
    assert_eq!(header("x-note"), [r#"{"title":"head"}"#]);
    assert_eq!(header("set-cookie"), ["a=1; Path=/", "b=2, 3"]);
    assert_eq!(header("link"), [""], "an empty list is not an absent one");
    assert!(header("x-price").is_empty());
}

#[test]
fn a_decimal_is_written_as_the_number_or_string_of_its_schema() {
    let service = Service::start();
    let price = r#"{"net":1.10,"gross":"1.30"}"#;
    assert_eq!(service.send("POST", "/prices", "application/json", price).body, price);
}

#[test]
fn the_fields_of_a_form_are_decoded_by_their_encoding() {
    let service = Service::start();
    let order = |body: &str| service.send("POST", "/orders", "application/x-www-form-urlencoded", body);
    for (form, json) in [
        ("tags=a,b&tags=c%2Cd", r#"{"tags":["a","b","c,d"]}"#),
        ("tags=", r#"{"tags":[]}"#),
        ("sizes=1%7C2", r#"{"sizes":[1,2]}"#),
        ("words=a+b%20c", r#"{"words":["a","b","c"]}"#),
        ("plain=1&plain=2", r#"{"plain":[1,2]}"#),
        ("plain=1", r#"{"plain":[1]}"#),
        ("plain[]=1&plain[]=2", r#"{"plain":[1,2]}"#),
        ("limits=[1,2]", r#"{"limits":[1,2]}"#),
        ("limits=1&limits=2", r#"{"limits":[1,2]}"#),
        ("place[lat]=1.5&place[names]=a&place[names]=b", r#"{"place":{"lat":1.5,"names":["a","b"]}}"#),
        ("note=%7B%22title%22:%22a+b%22%7D", r#"{"note":{"title":"a b"}}"#),
        ("note[title]=a&note[text]=b", r#"{"note":{"title":"a","text":"b"}}"#),
        ("notes=[{\"title\":\"a\"},{\"title\":\"b\"}]", r#"{"notes":[{"title":"a"},{"title":"b"}]}"#),
        ("notes={\"title\":\"a\"}&notes={\"title\":\"b\"}", r#"{"notes":[{"title":"a"},{"title":"b"}]}"#),
        ("notes[0][title]=a&notes[1][title]=b", r#"{"notes":[{"title":"a"},{"title":"b"}]}"#),
    ] {
        assert_eq!(order(form).body, json, "{form}");
    }
    let response = order("note={&sizes=1|x&place[lat]=far");
    let wrong = ["note: must be valid JSON", "place.lat: must be a number", "sizes[1]: must be an integer"];
    assert_eq!((response.status, violations(&response)), (400, wrong.map(str::to_owned).to_vec()));
    let json = r#"{"tags":["a,b"]}"#;
    assert_eq!(service.send("POST", "/orders", "application/json", json).body, json);
}
