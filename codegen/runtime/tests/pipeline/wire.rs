//! Tests over a real connection, which would show a wrong length or an unexpected body.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use writ_runtime::{
    Body, Context, ETag, Media, MediaKind, Method, Operation, PROBLEM_JSON, Problem, Reply, nothing, router,
};

use crate::sample::{public, text};

static READ: Operation =
    Operation { id: "read", path: "/read", produces: &["text/plain"], conditional: true, ..Operation::NONE };
static WRITE: Operation = Operation {
    id: "write",
    method: Method::POST,
    path: "/write",
    body: Some(Body { required: true, limit: 10, media: &[Media { essence: "text/plain", kind: MediaKind::Text }] }),
    ..Operation::NONE
};

async fn read(_: &(), _: &Context<()>, (): ()) -> Result<Reply, Problem> {
    Ok(Reply::status(200).header("etag", ETag::strong("v1")).bytes("text/plain", "hello"))
}

async fn write(_: &(), _: &Context<()>, body: String) -> Result<Reply, Problem> {
    Ok(text(body))
}

/// Sends `lines` at once and reads until the server closes the connection.
async fn talk(lines: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router =
        router(&PROBLEM_JSON, vec![public(&READ, nothing, read), public(&WRITE, |input| input.text_body(), write)]);
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(lines.replace('\n', "\r\n").as_bytes()).await.unwrap();
    let mut received = String::new();
    stream.read_to_string(&mut received).await.unwrap();
    server.abort();
    received
}

#[tokio::test]
async fn a_response_without_a_body_keeps_the_connection_usable() {
    let received = talk(
        "GET /read HTTP/1.1\nhost: a\nif-none-match: \"v1\"\n\n\
         HEAD /read HTTP/1.1\nhost: a\n\n\
         OPTIONS /read HTTP/1.1\nhost: a\n\n\
         GET /read HTTP/1.1\nhost: a\nconnection: close\n\n",
    )
    .await;
    let responses: Vec<&str> = received.split("HTTP/1.1 ").skip(1).collect();
    let statuses: Vec<&str> = responses.iter().map(|response| &response[..3]).collect();
    assert_eq!(statuses, ["304", "200", "204", "200"], "{received}");
    assert!(responses[..3].iter().all(|response| response.ends_with("\r\n\r\n")), "{received}");
    assert!(!responses[0].contains("content-length: 0") && responses[1].contains("content-length: 5"), "{received}");
    assert!(!responses[2].contains("content-length"), "{received}");
    assert!(responses[3].ends_with("hello"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_sent() {
    let head = "POST /write HTTP/1.1\nhost: a\ncontent-type: text/plain\ncontent-length: 11\nexpect: 100-continue\n\n";
    let received = talk(head).await;
    assert!(received.starts_with("HTTP/1.1 413"), "{received}");
}
