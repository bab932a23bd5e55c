//! Tests of request bodies: media types, sizes, malformed and invalid bodies.

use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, Bytes};
use futures_util::{StreamExt, stream};
use writ_runtime::{
    ArrayRule, Body, Decoder, InputLocation, IntegerRule, MapRule, Media, MediaKind, Method, ObjectRule, OpenGate,
    Operation, PROBLEM_JSON, Parameter, Pipeline, Read, Reader, StringRule, Timeouts, Unknown, Violation, router,
};

use crate::sample::{Tokens, call, post, public, request, send, show};

#[derive(Debug)]
#[allow(dead_code, reason = "its fields are shown by Debug")]
struct Order {
    sku: String,
    quantity: i32,
    tags: Option<Vec<String>>,
}

impl Read for Order {
    fn read(r: &mut Reader<'_>) -> Option<Order> {
        static RULE: ObjectRule = ObjectRule {
            fields: &["sku", "quantity", "tags"],
            required: &["sku", "quantity"],
            unknown: Unknown::Deny,
            ..ObjectRule::NONE
        };
        let (mut sku, mut quantity, mut tags) = (None, None, None);
        let mut object = r.object(&RULE)?;
        while let Some(field) = r.next_field(&mut object) {
            match field {
                0 => sku = r.string(&StringRule { min: 1, ..StringRule::NONE }),
                1 => quantity = r.int32(&IntegerRule { min: Some(1), ..IntegerRule::NONE }),
                _ => tags = r.array(&ArrayRule::NONE, |r| r.string(&StringRule::NONE)),
            }
        }
        r.end_object(object);
        Some(Order { sku: sku?, quantity: quantity?, tags })
    }
}

const JSON: Media = Media { essence: "application/json", kind: MediaKind::Json };
const FORM: Media = Media { essence: "application/x-www-form-urlencoded", kind: MediaKind::Form };
const TEXT: Media = Media { essence: "text/plain", kind: MediaKind::Text };
const BYTES: Media = Media { essence: "image/*", kind: MediaKind::Bytes };

static ORDER: Operation = Operation {
    id: "order",
    method: Method::POST,
    path: "/orders",
    parameters: &[Parameter::query("dry")],
    body: Some(Body { required: true, limit: 200, media: &[JSON, FORM] }),
    statuses: &[200, 422],
    ..Operation::NONE
};
static LAX: Operation = Operation {
    id: "lax",
    method: Method::POST,
    path: "/lax",
    parameters: &[Parameter::query("dry")],
    body: Some(Body { required: true, limit: 200, media: &[JSON, FORM] }),
    statuses: &[200],
    ..Operation::NONE
};
static RAW: Operation = Operation {
    id: "raw",
    method: Method::POST,
    path: "/raw",
    body: Some(Body { required: false, limit: 20, media: &[TEXT, BYTES] }),
    ..Operation::NONE
};

fn decode_order(input: &mut Decoder<'_>) -> Option<(Option<bool>, Order)> {
    let dry = input.optional(0, |r| r.bool());
    let body = input.body(Order::read);
    Some((dry, body?))
}

fn decode_raw(input: &mut Decoder<'_>) -> Option<String> {
    if !input.has_body() {
        return Some("nothing".to_owned());
    }
    match input.media() {
        0 => input.text_body(),
        _ => input.bytes_body().map(|bytes| format!("{} bytes", bytes.len())),
    }
}

fn service() -> Router {
    router(
        &PROBLEM_JSON,
        vec![public(&ORDER, decode_order, show), public(&LAX, decode_order, show), public(&RAW, decode_raw, show)],
    )
}

fn with_timeouts(timeouts: Timeouts) -> Router {
    let pipeline = Pipeline::new(&PROBLEM_JSON, Tokens, OpenGate, timeouts);
    let mut endpoints = Vec::new();
    pipeline.routes((), &mut endpoints).public(&ORDER, decode_order, show);
    router(&PROBLEM_JSON, endpoints)
}

#[tokio::test]
async fn json_and_forms_are_read_by_the_same_schema() {
    let json =
        post(&service(), "/orders?dry=true", "application/json; charset=utf-8", r#"{"sku":"A","quantity":2}"#).await;
    assert_eq!(json.body, "(Some(true), Order { sku: \"A\", quantity: 2, tags: None })");
    let form = post(&service(), "/orders", FORM.essence, "sku=A+1&quantity=2&tags=x&tags=y").await;
    assert_eq!(form.body, "(None, Order { sku: \"A 1\", quantity: 2, tags: Some([\"x\", \"y\"]) })");
}

#[tokio::test]
async fn an_invalid_body_is_a_422_if_the_contract_declares_it() {
    let body = r#"{"sku":"","quantity":0,"more":1,"tags":[1]}"#;
    let response = post(&service(), "/orders", "application/json", body).await;
    assert_eq!((response.status, &response.json()["code"]), (422, &"VALIDATION_ERROR".into()));
    let fields: Vec<String> =
        response.violations().iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(fields, ["body sku", "body quantity", "body more", "body tags[0]"]);
    let response = post(&service(), "/lax", "application/json", body).await;
    assert_eq!((response.status, &response.json()["code"]), (400, &"VALIDATION_ERROR".into()));
}

#[tokio::test]
async fn invalid_parameters_and_an_invalid_body_are_one_400() {
    let response = post(&service(), "/orders?dry=perhaps", "application/json", r#"{"sku":""}"#).await;
    assert_eq!(response.status, 400);
    assert_eq!(response.violations().len(), 3, "{}", response.body);
}

#[tokio::test]
async fn a_malformed_body_is_a_400() {
    for body in ["{", "nonsense", "{\"sku\":\"\u{1}\"}", "{} {}", "   "] {
        let response = post(&service(), "/orders", "application/json", body).await;
        assert_eq!(response.status, 400, "{body}: {}", response.body);
        assert!(!response.violations().is_empty());
    }
    let not_utf8 = post(&service(), "/orders", "application/json", Bytes::from_static(b"{\"sku\":\"\xff\"}")).await;
    assert_eq!(not_utf8.status, 400);
    let form = post(&service(), "/orders", FORM.essence, "sku=%zz").await;
    assert_eq!((form.status, form.violations()), (400, vec!["body : must be percent-encoded UTF-8".to_owned()]));
}

#[tokio::test]
async fn a_missing_required_body_is_a_violation() {
    let response = post(&service(), "/orders", "application/json", "").await;
    assert_eq!((response.status, response.violations()), (400, vec!["body : a body is required".to_owned()]));
    assert_eq!(call(&service(), "POST", "/orders", &[]).await.status, 400);
    assert_eq!(call(&service(), "POST", "/raw", &[]).await.body, "\"nothing\"");
}

static VALUE: Operation = Operation {
    id: "value",
    method: Method::PUT,
    path: "/value",
    body: Some(Body { required: true, limit: 20, media: &[BINARY] }),
    ..Operation::NONE
};
static FIELDS: Operation = Operation {
    id: "fields",
    method: Method::PUT,
    path: "/fields",
    body: Some(Body { required: true, limit: 20, media: &[FORM] }),
    ..Operation::NONE
};
static MAYBE_FIELDS: Operation = Operation {
    id: "maybe fields",
    method: Method::PUT,
    path: "/maybe",
    body: Some(Body { required: false, limit: 20, media: &[FORM] }),
    ..Operation::NONE
};
const BINARY: Media = Media { essence: "application/octet-stream", kind: MediaKind::Bytes };

/// Reads a form without required fields.
fn fields(reader: &mut Reader<'_>) -> Option<std::collections::BTreeMap<String, String>> {
    Read::read(reader)
}

/// Reads a form whose number of fields is at least 1.
fn some_fields(reader: &mut Reader<'_>) -> Option<std::collections::BTreeMap<String, String>> {
    reader.map(&MapRule { min: 1, ..MapRule::NONE }, |r| r.string(&StringRule::NONE))
}

/// Returns a body of zero bytes in each framing: a header of the request, and the body as an HTTP server passes it on.
fn framings() -> Vec<(&'static str, &'static str, HttpBody)> {
    let frames = |chunks: Vec<&'static str>| {
        HttpBody::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>)))
    };
    vec![
        ("no framing, or the end of an HTTP/2 stream in its header fields", "", HttpBody::empty()),
        ("Content-Length: 0", "content-length: 0", HttpBody::empty()),
        ("an empty chunked body", "transfer-encoding: chunked", frames(vec![])),
        ("the end of an HTTP/2 stream after its header fields", "", frames(vec![])),
        ("an empty HTTP/2 frame with the end of the stream", "", frames(vec![""])),
    ]
}

#[tokio::test]
async fn zero_bytes_are_a_value_in_every_framing() {
    let router = router(
        &PROBLEM_JSON,
        vec![
            public(&VALUE, |input| input.bytes_body().map(|bytes| bytes.len()), show),
            public(&FIELDS, |input| input.body(fields), show),
            public(&MAYBE_FIELDS, |input| Some(input.optional_body(some_fields)), show),
            public(&ORDER, decode_order, show),
        ],
    );
    for (path, media, expected) in [
        ("/value", "application/octet-stream", "0"),
        ("/fields", FORM.essence, "{}"),
        ("/maybe", FORM.essence, "None"),
        ("/maybe", "text/plain", "None"),
    ] {
        for with_type in [true, false] {
            for (framing, header, body) in framings() {
                let media = format!("content-type: {media}");
                let headers: Vec<&str> = [media.as_str()]
                    .into_iter()
                    .filter(|_| with_type)
                    .chain(Some(header).filter(|one| !one.is_empty()))
                    .collect();
                let response = send(&router, request("PUT", path, &headers, body)).await;
                assert_eq!((response.status, &*response.body), (200, expected), "{path}, {framing}, {headers:?}");
            }
        }
    }
    for (framing, header, body) in framings() {
        let headers: Vec<&str> =
            ["content-type: application/json", header].into_iter().filter(|one| !one.is_empty()).collect();
        let response = send(&router, request("POST", "/orders", &headers, body)).await;
        assert_eq!(response.violations(), ["body : a body is required"], "{framing}");
    }
    for (framing, header, body) in framings() {
        let headers: Vec<&str> = ["content-type: text/xml", header].into_iter().filter(|one| !one.is_empty()).collect();
        let response = send(&router, request("PUT", "/value", &headers, body)).await;
        assert_eq!(response.status, 415, "{framing}");
    }
}

#[tokio::test]
async fn zero_bytes_without_a_media_type_are_a_value_of_the_first_one_unless_it_is_a_range() {
    static IMAGE: Operation = Operation {
        id: "image",
        method: Method::PUT,
        path: "/image",
        body: Some(Body { required: false, limit: 20, media: &[BYTES] }),
        ..Operation::NONE
    };
    let router = router(
        &PROBLEM_JSON,
        vec![
            public(&IMAGE, |input| Some(input.has_body()), show),
            public(&RAW, |input| Some(input.has_body()), show),
            public(&LAX, |input| Some(input.has_body()), show),
        ],
    );
    for (method, path, headers, expected) in [
        ("POST", "/raw", &["content-length: 0"][..], "true"),
        ("POST", "/raw", &[], "false"),
        ("PUT", "/image", &["content-length: 0"], "false"),
        ("PUT", "/image", &["content-length: 0", "content-type: image/png"], "true"),
        ("PUT", "/image", &["content-type: image/png"], "true"),
        ("POST", "/lax", &["content-length: 0"], "false"),
        ("POST", "/lax", &["content-length: 0", "content-type: application/x-www-form-urlencoded"], "true"),
    ] {
        let response = send(&router, request(method, path, headers, HttpBody::empty())).await;
        assert_eq!((response.status, &*response.body), (200, expected), "{path} {headers:?}");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_converted_to_the_next_version_is_refused_as_its_part_would_be() {
    fn convert(input: &mut Decoder<'_>) -> Option<i32> {
        let location = match input.optional(0, |r| r.bool()) {
            Some(true) => InputLocation::Query,
            Some(false) => InputLocation::Body,
            None => return input.converted(Ok(7)),
        };
        input.converted(Err(Violation { location, field: "name".to_owned(), message: "is unknown".into() }))
    }
    let router = router(&PROBLEM_JSON, vec![public(&ORDER, convert, show), public(&LAX, convert, show)]);
    let sent = async |path| post(&router, path, "application/json", "{}").await;
    assert_eq!(sent("/orders").await.body, "7");
    let parameter = sent("/orders?dry=true").await;
    assert_eq!((parameter.status, parameter.violations()), (400, vec!["query name: is unknown".to_owned()]));
    let body = sent("/orders?dry=false").await;
    assert_eq!((body.status, body.violations()), (422, vec!["body name: is unknown".to_owned()]));
    assert_eq!(sent("/lax?dry=false").await.status, 400);
}

#[tokio::test]
async fn an_undeclared_media_type_is_a_415_that_lists_the_declared_ones() {
    for (media, body) in [("text/xml", "<a/>"), ("application/json; charset=latin1", "{}"), ("json", "{}")] {
        let response = post(&service(), "/orders", media, body).await;
        assert_eq!(response.status, 415, "{media}");
        assert_eq!(response.header("accept"), "application/json, application/x-www-form-urlencoded");
    }
    let unnamed = send(&service(), request("POST", "/orders", &[], "{}".into())).await;
    assert_eq!(unnamed.status, 415);
    let zipped = ["content-type: application/json", "content-encoding: gzip"];
    let zipped = send(&service(), request("POST", "/orders", &zipped, "{}".into())).await;
    assert_eq!((zipped.status, zipped.header("accept-encoding")), (415, "identity"));
}

#[tokio::test]
async fn text_and_bytes_are_read_unchanged() {
    assert_eq!(post(&service(), "/raw", "text/plain", "é").await.body, "\"é\"");
    assert_eq!(post(&service(), "/raw", "image/png", "12345").await.body, "\"5 bytes\"");
    assert_eq!(post(&service(), "/raw", "text/plain", Bytes::from_static(b"\xff")).await.status, 400);
}

#[tokio::test]
async fn a_too_large_body_is_a_413_with_and_without_a_content_length() {
    let large = "x".repeat(21);
    let response = post(&service(), "/raw", "text/plain", large.clone()).await;
    assert_eq!((response.status, &response.json()["code"]), (413, &"PAYLOAD_TOO_LARGE".into()));
    let declared =
        send(&service(), request("POST", "/raw", &["content-type: text/plain", "content-length: 21"], large.into()))
            .await;
    assert_eq!(declared.status, 413);
    let chunks = stream::iter((0..1000).map(|_| Ok::<_, std::io::Error>("xxxxxxxx")));
    let streamed = post(&service(), "/raw", "text/plain", HttpBody::from_stream(chunks)).await;
    assert_eq!(streamed.status, 413);
    assert_eq!(post(&service(), "/raw", "text/plain", "x".repeat(20)).await.status, 200);
}

#[tokio::test]
async fn an_incomplete_body_is_a_400_without_the_cause() {
    let broken = stream::iter([Ok("{"), Err(std::io::Error::other("secret detail"))]);
    let response = post(&service(), "/orders", "application/json", HttpBody::from_stream(broken)).await;
    assert_eq!(response.status, 400);
    assert!(!response.body.contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_arrive_is_a_408() {
    let router = with_timeouts(Timeouts { body: Duration::from_secs(5), ..Timeouts::default() });
    let endless = stream::iter([Ok::<_, std::io::Error>("{")]).chain(stream::pending());
    let response = post(&router, "/orders", "application/json", HttpBody::from_stream(endless)).await;
    assert_eq!((response.status, &response.json()["code"]), (408, &"REQUEST_TIMEOUT".into()));
}
