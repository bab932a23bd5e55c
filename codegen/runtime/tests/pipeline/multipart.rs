//! Tests of multipart bodies, which are read part by part while they arrive.

use writ_runtime::IntegerRule;
use writ_runtime::{
    Body, Context, Media, MediaKind, Method, Multipart, Operation, PROBLEM_JSON, Problem, Reply, router,
};

use crate::sample::{TestResponse, post, public, text};

static UPLOAD: Operation = Operation {
    id: "upload",
    method: Method::POST,
    path: "/",
    body: Some(Body {
        required: true,
        limit: 400,
        media: &[Media { essence: "multipart/form-data", kind: MediaKind::Multipart }],
    }),
    ..Operation::NONE
};

async fn upload(_: &(), _: &Context<()>, mut parts: Multipart) -> Result<Reply, Problem> {
    let mut seen = String::new();
    // A generated error type converts any error into a 500; here `Problem::internal` does it.
    while let Some(mut part) = parts.next().await.map_err(Problem::internal)? {
        let name = part.name().unwrap_or("?").to_owned();
        if name == "count" {
            let count = part.read(|r| r.int32(&IntegerRule::NONE)).await.map_err(Problem::internal)?;
            seen.push_str(&format!("count={count};"));
            continue;
        }
        let mut size = 0;
        while let Some(chunk) = part.chunk().await.map_err(Problem::internal)? {
            size += chunk.len();
        }
        seen.push_str(&format!("{name}={size} {:?} {:?};", part.file_name(), part.content_type()));
    }
    Ok(text(seen))
}

async fn sent(body: &str) -> TestResponse {
    let router = router(&PROBLEM_JSON, vec![public(&UPLOAD, |input| input.multipart(), upload)]);
    post(&router, "/", "multipart/form-data; boundary=B", body.replace('\n', "\r\n")).await
}

fn count(value: &str) -> String {
    format!("--B\nContent-Disposition: form-data; name=\"count\"\n\n{value}\n")
}

fn file(size: usize) -> String {
    let head = "--B\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\nContent-Type: text/plain";
    format!("{head}\n\n{}\n--B--\n", "x".repeat(size))
}

#[tokio::test]
async fn fields_and_files_are_read_in_their_order() {
    let response = sent(&(count("3") + &file(5))).await;
    assert_eq!(response.body, "count=3;file=5 Some(\"a.txt\") Some(\"text/plain\");");
}

#[tokio::test]
async fn an_invalid_part_is_named_in_its_violation() {
    let response = sent(&(count("three") + &file(5))).await;
    assert_eq!(response.status, 400, "{}", response.body);
    assert!(response.violations()[0].starts_with("body count: "), "{}", response.body);
}

#[tokio::test]
async fn an_incomplete_or_too_large_body_is_an_error_of_the_caller() {
    assert_eq!(sent(&count("3")).await.status, 400);
    let large = sent(&file(1000)).await;
    assert_eq!(large.status, 413, "{}", large.body);
}

#[tokio::test]
async fn a_multipart_body_requires_a_boundary() {
    let router = router(&PROBLEM_JSON, vec![public(&UPLOAD, |input| input.multipart(), upload)]);
    let response = post(&router, "/", "multipart/form-data", "x").await;
    assert_eq!(response.violations(), ["body : must be multipart/form-data with a boundary"]);
    assert_eq!(post(&router, "/", "multipart/form-data; boundary=B", "").await.status, 400);
}
