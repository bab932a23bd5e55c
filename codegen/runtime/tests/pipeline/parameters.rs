//! Tests of parameters in every location, style and kind of value, with all their violations.

use axum::Router;
use writ_runtime::{
    ArrayRule, Decoder, IntegerRule, MapRule, Operation, PROBLEM_JSON, PageRule, Parameter, Reader, StringRule, Style,
    ValueKind, router,
};

use crate::sample::{TestResponse, call, public, show};

fn words(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    reader.array(&ArrayRule::NONE, |r| r.string(&StringRule::NONE))
}

fn numbers(reader: &mut Reader<'_>) -> Option<Vec<i32>> {
    reader.array(&ArrayRule { max: Some(3), ..ArrayRule::NONE }, |r| {
        r.int32(&IntegerRule { max: Some(99), ..IntegerRule::NONE })
    })
}

fn map(reader: &mut Reader<'_>) -> Option<std::collections::BTreeMap<String, i32>> {
    reader.map(&MapRule::NONE, |r| r.int32(&IntegerRule::NONE))
}

fn word(reader: &mut Reader<'_>) -> Option<String> {
    reader.string(&StringRule::NONE)
}

/// Creates a router of one operation with one parameter, which responds with the value that was read.
macro_rules! one {
    ($path:literal, $parameter:expr, $read:path) => {{
        static OPERATION: Operation =
            Operation { id: "one", path: $path, parameters: &[$parameter], ..Operation::NONE };
        router(&PROBLEM_JSON, vec![public(&OPERATION, |input| Some(input.optional(0, $read)), show)])
    }};
}

async fn get(router: &Router, uri: &str, headers: &[&str]) -> String {
    let response: TestResponse = call(router, "GET", uri, headers).await;
    match response.status {
        200 => response.body,
        400 => response.violations().join("; "),
        other => other.to_string(),
    }
}

const A: Parameter = Parameter::path("a");
const Q: Parameter = Parameter::query("q");
const LIST: &str = "Some([\"x\", \"y\"])";
const MAP: &str = "Some({\"x\": 1, \"y\": 2})";

#[tokio::test]
async fn path_arrays_are_read_in_every_style() {
    let simple = one!("/{a}", A.kind(ValueKind::Array), words);
    assert_eq!(get(&simple, "/x,y", &[]).await, LIST);
    assert_eq!(get(&simple, "/x%2Cy", &[]).await, "Some([\"x,y\"])");
    assert_eq!(get(&simple, "/x%2Cy,z", &[]).await, "Some([\"x,y\", \"z\"])");
    let label = one!("/{a}", A.style(Style::Label, false).kind(ValueKind::Array), words);
    assert_eq!(get(&label, "/.x.y", &[]).await, "Some([\"x.y\"])");
    assert_eq!(get(&label, "/.x,y", &[]).await, LIST);
    assert_eq!(get(&label, "/x", &[]).await, "path a: must begin with a dot (label style)");
    let label = one!("/{a}", A.style(Style::Label, true).kind(ValueKind::Array), words);
    assert_eq!(get(&label, "/.x.y", &[]).await, LIST);
    let matrix = one!("/{a}", A.style(Style::Matrix, false).kind(ValueKind::Array), words);
    assert_eq!(get(&matrix, "/;a=x,y", &[]).await, LIST);
    let matrix = one!("/{a}", A.style(Style::Matrix, true).kind(ValueKind::Array), words);
    assert_eq!(get(&matrix, "/;a=x;a=y", &[]).await, LIST);
    assert_eq!(get(&matrix, "/;b=x", &[]).await, "path a: must be written as ;name=value (matrix style)");
}

#[tokio::test]
async fn encoded_delimiters_divide_only_elements_that_cannot_contain_them() {
    let numbers_in_path = one!("/{a}", A.kind(ValueKind::Array).encoded_delimiters(), numbers);
    assert_eq!(get(&numbers_in_path, "/1%2C2,3", &[]).await, "Some([1, 2, 3])");
    let label = one!("/{a}", A.style(Style::Label, false).kind(ValueKind::Array).encoded_delimiters(), words);
    assert_eq!(get(&label, "/.x.y", &[]).await, LIST);
    assert_eq!(get(&label, "/.x%2cy", &[]).await, LIST);
    let object = one!("/{a}", A.kind(ValueKind::Object), map);
    assert_eq!(get(&object, "/x%2C1", &[]).await, "path a: must be pairs of a name and a value");
    let pipes = one!("/", Q.style(Style::PipeDelimited, false).kind(ValueKind::Array), words);
    assert_eq!(get(&pipes, "/?q=x|y%7Cz", &[]).await, "Some([\"x\", \"y|z\"])");
    let form = one!("/", Q.style(Style::Form, false).kind(ValueKind::Object), map);
    assert_eq!(get(&form, "/?q=x%2Cy,1", &[]).await, "Some({\"x,y\": 1})");
}

#[tokio::test]
async fn keys_are_divided_before_they_are_decoded() {
    let assigned = one!("/{a}", A.style(Style::Simple, true).kind(ValueKind::Object), map);
    assert_eq!(get(&assigned, "/a%3Db=1,c%2Cd=2", &[]).await, "Some({\"a=b\": 1, \"c,d\": 2})");
    let empty = one!("/{a}", A.kind(ValueKind::Object), map);
    assert_eq!(get(&empty, "/,1", &[]).await, "Some({\"\": 1})");
    let deep = one!("/", Q.style(Style::DeepObject, true).kind(ValueKind::Object), map);
    assert_eq!(get(&deep, "/?q[x%5By%5D]=1", &[]).await, "Some({\"x[y]\": 1})");
    assert_eq!(get(&deep, "/?q[0]=1&q[1]=2", &[]).await, "Some({\"0\": 1, \"1\": 2})");
}

#[tokio::test]
async fn credentials_do_not_belong_to_an_object_with_free_names() {
    let spread = one!("/", Q.kind(ValueKind::Object).reserved(&["key"]), map);
    assert_eq!(get(&spread, "/?x=1&key=2&%6Bey=3&y=2", &[]).await, MAP);
    let cookies = one!("/", Parameter::cookie("c").kind(ValueKind::Object).reserved(&["key"]), map);
    assert_eq!(get(&cookies, "/", &["cookie: x=1; key=2; y=2"]).await, MAP);
    assert_eq!(get(&cookies, "/", &["cookie: x=1; KEY=2"]).await, "Some({\"KEY\": 2, \"x\": 1})");
    let deep = one!("/", Q.style(Style::DeepObject, true).kind(ValueKind::Object).reserved(&["q[key]"]), map);
    assert_eq!(get(&deep, "/?q[x]=1&q[key]=2&q[y]=2", &[]).await, MAP);
}

#[tokio::test]
async fn path_objects_are_read_in_every_style() {
    let simple = one!("/{a}", A.kind(ValueKind::Object), map);
    assert_eq!(get(&simple, "/x,1,y,2", &[]).await, MAP);
    assert_eq!(get(&simple, "/x,1,y", &[]).await, "path a: must be pairs of a name and a value");
    let simple = one!("/{a}", A.style(Style::Simple, true).kind(ValueKind::Object), map);
    assert_eq!(get(&simple, "/x=1,y=2", &[]).await, MAP);
    assert_eq!(get(&simple, "/x=1,y", &[]).await, "path a: must be pairs of a name and a value");
    let label = one!("/{a}", A.style(Style::Label, false).kind(ValueKind::Object), map);
    assert_eq!(get(&label, "/.x.1.y.2", &[]).await, MAP);
    let label = one!("/{a}", A.style(Style::Label, true).kind(ValueKind::Object), map);
    assert_eq!(get(&label, "/.x=1.y=2", &[]).await, MAP);
    let matrix = one!("/{a}", A.style(Style::Matrix, false).kind(ValueKind::Object), map);
    assert_eq!(get(&matrix, "/;a=x,1,y,2", &[]).await, MAP);
    let matrix = one!("/{a}", A.style(Style::Matrix, true).kind(ValueKind::Object), map);
    assert_eq!(get(&matrix, "/;x=1;y=2", &[]).await, MAP);
}

#[tokio::test]
async fn query_arrays_are_read_in_every_style() {
    let form = one!("/", Q.kind(ValueKind::Array), words);
    assert_eq!(get(&form, "/?q=x&z=0&q=y", &[]).await, LIST);
    assert_eq!(get(&form, "/?q=x,y", &[]).await, "Some([\"x,y\"])");
    assert_eq!(get(&form, "/?q=", &[]).await, "Some([])");
    assert_eq!(get(&form, "/?", &[]).await, "None");
    let commas = one!("/", Q.style(Style::Form, false).kind(ValueKind::Array), words);
    assert_eq!(get(&commas, "/?q=x,y", &[]).await, LIST);
    assert_eq!(get(&commas, "/?q=x%2Cy", &[]).await, "Some([\"x,y\"])");
    assert_eq!(get(&commas, "/?q=x&q=y", &[]).await, LIST);
    assert_eq!(get(&commas, "/?q=a+b,%2B", &[]).await, "Some([\"a b\", \"+\"])");
    let spaces = one!("/", Q.style(Style::SpaceDelimited, false).kind(ValueKind::Array), words);
    assert_eq!(get(&spaces, "/?q=x%20y", &[]).await, LIST);
    assert_eq!(get(&spaces, "/?q=x+y", &[]).await, LIST);
    let pipes = one!("/", Q.style(Style::PipeDelimited, false).kind(ValueKind::Array), words);
    assert_eq!(get(&pipes, "/?q=x|y", &[]).await, LIST);
    assert_eq!(get(&pipes, "/?q=x%7Cy", &[]).await, LIST);
}

#[tokio::test]
async fn query_objects_are_read_in_every_style() {
    let form = one!("/", Q.style(Style::Form, false).kind(ValueKind::Object), map);
    assert_eq!(get(&form, "/?q=x,1,y,2", &[]).await, MAP);
    let spread = one!("/", Q.kind(ValueKind::Object), map);
    assert_eq!(get(&spread, "/?x=1&y=2", &[]).await, MAP);
    let deep = one!("/", Q.style(Style::DeepObject, true).kind(ValueKind::Object), map);
    assert_eq!(get(&deep, "/?q[x]=1&q%5By%5D=2&qz=3", &[]).await, MAP);
    assert_eq!(get(&deep, "/?q=1", &[]).await, "None");
    assert_eq!(get(&deep, "/?q[x=1", &[]).await, "query q: must be written as name[key]=value");
    assert_eq!(get(&deep, "/?q[]=1", &[]).await, "query q: must be written as name[key]=value");
    let json = one!("/", Q.style(Style::Json, false).kind(ValueKind::Object), map);
    assert_eq!(get(&json, "/?q=%7B%22x%22:1,%22y%22:2%7D", &[]).await, MAP);
    assert!(get(&json, "/?q=%7B", &[]).await.starts_with("query q"));
}

#[tokio::test]
async fn headers_and_cookies_are_read_as_lists_and_values() {
    let header = one!("/", Parameter::header("X-List").kind(ValueKind::Array), words);
    assert_eq!(get(&header, "/", &["x-list: x, y"]).await, LIST);
    assert_eq!(get(&header, "/", &["x-list: x", "x-list: y"]).await, LIST);
    let object = one!("/", Parameter::header("X-Map").style(Style::Simple, true).kind(ValueKind::Object), map);
    assert_eq!(get(&object, "/", &["x-map: x=1, y=2"]).await, MAP);
    assert_eq!(get(&object, "/", &["x-map: x=1", "x-map: y=2"]).await, MAP);
    assert_eq!(get(&header, "/", &["x-list: x,,y,"]).await, LIST);
    assert_eq!(get(&header, "/", &["x-list: x%2Cy"]).await, "Some([\"x%2Cy\"])");
    let text = one!("/", Parameter::header("X-Text"), word);
    assert_eq!(get(&text, "/", &["x-text: \u{a0}x"]).await, "Some(\"\\u{a0}x\")");
    let cookie = one!("/", Parameter::cookie("c"), word);
    assert_eq!(get(&cookie, "/", &["cookie: b=1; c=a%20b"]).await, "Some(\"a b\")");
    assert_eq!(get(&cookie, "/", &["cookie: c=100%"]).await, "Some(\"100%\")");
    assert_eq!(get(&cookie, "/", &["cookie: c=1; c=2"]).await, "cookie c: must be sent only once");
    let list = one!("/", Parameter::cookie("c").kind(ValueKind::Array), words);
    assert_eq!(get(&list, "/", &["cookie: c=x,y"]).await, LIST);
}

#[tokio::test]
async fn a_single_value_must_be_sent_once_and_correctly_encoded() {
    let router = one!("/", Q, word);
    assert_eq!(get(&router, "/?q=a+b%26", &[]).await, "Some(\"a b&\")");
    assert_eq!(get(&router, "/?q", &[]).await, "Some(\"\")");
    assert_eq!(get(&router, "/?q=1&q=2", &[]).await, "query q: must be sent only once");
    assert_eq!(get(&router, "/?q=%C3", &[]).await, "query q: must be percent-encoded UTF-8");
    assert_eq!(get(&router, "/?q=%zz", &[]).await, "query q: must be percent-encoded UTF-8");
}

#[tokio::test]
async fn a_parameter_that_is_a_complete_text_must_be_sent_once() {
    for (query, expected) in [
        ("/?q=%5B%22x%22,%22y%22%5D", LIST),
        ("/?q=%5B%22x%22%5D&q=%5B%22y%22%5D", "query q: must be sent only once"),
        ("/", "None"),
    ] {
        let json = one!("/", Q.style(Style::Json, false).kind(ValueKind::Array), words);
        assert_eq!(get(&json, query, &[]).await, expected);
    }
    let header = one!("/", Parameter::header("X-Map").style(Style::Json, false).kind(ValueKind::Object), map);
    assert_eq!(get(&header, "/", &[r#"x-map: {"x":1,"y":2}"#]).await, MAP);
    let twice = get(&header, "/", &[r#"x-map: {"x":1}"#, r#"x-map: {"y":2}"#]).await;
    assert_eq!(twice, "header X-Map: must be sent only once");
    let text = one!("/", Q.style(Style::Text, false), word);
    assert_eq!(get(&text, "/?q=x,y%7C", &[]).await, "Some(\"x,y|\")");
    assert_eq!(get(&text, "/?q=x&q=y", &[]).await, "query q: must be sent only once");
}

#[tokio::test]
async fn an_empty_value_that_the_schema_excludes_counts_as_absent_where_the_contract_allows_it() {
    fn number(reader: &mut Reader<'_>) -> Option<i32> {
        reader.int32(&IntegerRule::NONE)
    }
    let strict = one!("/", Q, number);
    assert_eq!(get(&strict, "/?q=", &[]).await, "query q: must be an integer");
    let lenient = one!("/", Q.may_be_empty(), number);
    assert_eq!(get(&lenient, "/?q=", &[]).await, "None");
    assert_eq!(get(&lenient, "/?q", &[]).await, "None");
    assert_eq!(get(&lenient, "/?q=7", &[]).await, "Some(7)");
    assert_eq!(get(&lenient, "/?q=x", &[]).await, "query q: must be an integer");
    let text = one!("/", Q.may_be_empty(), word);
    assert_eq!(get(&text, "/?q=", &[]).await, "Some(\"\")");
}

#[tokio::test]
async fn all_violations_are_in_one_response() {
    static OPERATION: Operation = Operation {
        id: "all",
        path: "/{a}",
        parameters: &[A, Q.kind(ValueKind::Array).style(Style::Form, false), Parameter::header("X-Needed").required()],
        ..Operation::NONE
    };
    fn decode(input: &mut Decoder<'_>) -> Option<(i32, Option<Vec<i32>>, String)> {
        let a = input.required(0, |r| r.int32(&IntegerRule::NONE));
        let q = input.optional(1, numbers);
        let needed = input.required(2, word);
        Some((a?, q, needed?))
    }
    let router = router(&PROBLEM_JSON, vec![public(&OPERATION, decode, show)]);
    let fine = call(&router, "GET", "/7?q=1,2", &["x-needed: n"]).await;
    assert_eq!(fine.body, "(7, Some([1, 2]), \"n\")");
    let wrong = call(&router, "GET", "/x?q=1,y,100,4", &[]).await;
    assert_eq!((wrong.status, &wrong.json()["code"]), (400, &"VALIDATION_ERROR".into()));
    let fields: Vec<String> =
        wrong.violations().iter().map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(fields, ["path a", "query q[1]", "query q[2]", "query q", "header X-Needed"]);
}

#[tokio::test]
async fn pages_are_requested_by_number_or_by_cursor() {
    static OPERATION: Operation = Operation {
        id: "page",
        path: "/",
        parameters: &[Parameter::query("page"), Parameter::query("limit"), Parameter::query("cursor")],
        ..Operation::NONE
    };
    const RULE: PageRule = PageRule {
        page: Some(0),
        limit: Some(1),
        cursor: Some(2),
        default_limit: 20,
        max_limit: 100,
        max_page: 1000,
        read_cursor: |r| r.string(&StringRule { min: 1, ..StringRule::NONE }),
    };
    let router = router(&PROBLEM_JSON, vec![public(&OPERATION, |input| input.page(&RULE), show)]);
    assert_eq!(get(&router, "/", &[]).await, "PageRequest { limit: 20, at: Number(1) }");
    assert_eq!(get(&router, "/?page=3&limit=100", &[]).await, "PageRequest { limit: 100, at: Number(3) }");
    assert_eq!(get(&router, "/?cursor=abc&limit=1", &[]).await, "PageRequest { limit: 1, at: Cursor(\"abc\") }");
    assert_eq!(get(&router, "/?cursor=a&page=1", &[]).await, "query cursor: cannot be combined with a page number");
    for bad in ["/?page=0", "/?limit=101", "/?limit=0", "/?cursor=", "/?page=99999999999"] {
        assert!(get(&router, bad, &[]).await.starts_with("query "), "{bad}");
    }
}
