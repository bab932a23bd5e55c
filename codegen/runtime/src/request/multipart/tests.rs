//! Tests of multipart bodies that arrive in chunks, and of malformed and hostile bodies.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderValue};

use super::Multipart;
use crate::request::body::Payload;
use crate::request::deferred_refusal::DeferredRefusal;

/// A part of a body: its name, its file name and its content.
type Received = (Option<String>, Option<String>, Vec<u8>);

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn open(content_type: &str, body: Body) -> (Result<Multipart, &'static str>, DeferredRefusal) {
    let refusal = DeferredRefusal::shared();
    let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap())]);
    (Multipart::new(&headers, Payload::Stream(body), &refusal), refusal)
}

/// Returns all parts of a body that arrives in these chunks, or the message of the refusal.
fn receive(chunks: impl IntoIterator<Item = Vec<u8>, IntoIter: Send + 'static>) -> Result<Vec<Received>, String> {
    let chunks = chunks.into_iter().map(|chunk| Ok::<_, Infallible>(Bytes::from(chunk)));
    let (parts, refusal) = open("multipart/form-data; boundary=B", Body::from_stream(stream::iter(chunks)));
    let mut parts = parts.unwrap();
    let all = run(async {
        let mut all = Vec::new();
        while let Some(part) = parts.next().await? {
            let (name, file) = (part.name().map(str::to_owned), part.file_name().map(str::to_owned));
            all.push((name, file, part.bytes().await?.to_vec()));
        }
        Ok::<_, super::MultipartError>(all)
    });
    all.map_err(|_| refusal.take().expect("a refusal").message.to_string())
}

fn whole(body: &[u8]) -> Result<Vec<Received>, String> {
    receive([body.to_vec()])
}

/// The next number of a generator of pseudo-random numbers (xorshift).
fn next(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed >> 33) as usize
}

/// Returns a body with pseudo-random parts that are full of beginnings of boundaries, and the parts.
fn sample(seed: &mut u64) -> (Vec<u8>, Vec<Received>) {
    let mut body = match next(seed) % 3 {
        0 => b"--B".to_vec(),
        1 => b"a preamble\r\n-\r\n--b\r\n--B".to_vec(),
        _ => b"\r\n--B".to_vec(),
    };
    let mut parts = Vec::new();
    for _ in 0..next(seed) % 4 {
        body.extend(b" \t".repeat(next(seed) % 2));
        let named = next(seed) % 4;
        let head: &[&[u8]] = &[
            b"\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=a\r\n\r\n",
            b"\r\ncontent-disposition: form-data; filename=\"f\"; name=\"a\"\r\nX: --B\r\n\r\n",
            b"\r\nContent-Disposition: form-data;\r\n name=a;\r\n\tfilename=f\r\n\r\n",
        ];
        body.extend(head[named]);
        let pieces: [&[u8]; 7] = [b"\r", b"\n", b"-", b"B", b"\r\n", b"\r\n--", b"\xff"];
        let mut content = Vec::new();
        for _ in 0..next(seed) % 12 {
            content.extend(pieces[next(seed) % 7]);
        }
        while let Some(at) = content.windows(5).position(|window| window == b"\r\n--B") {
            content.remove(at);
        }
        if content.starts_with(b"--B") {
            content.clear();
        }
        body.extend(&content);
        body.extend(b"\r\n--B");
        let name = (named > 0).then(|| "a".to_owned());
        let file = (named > 1).then(|| "f".to_owned());
        parts.push((name, file, content));
    }
    body.extend(b"--\r\nan epilogue\r\n--B\r\n\r\n");
    (body, parts)
}

#[test]
fn the_bounds_of_chunks_do_not_change_the_parts() {
    let mut seed = 0x9E37_79B9_7F4A_7C15;
    for _ in 0..300 {
        let (body, parts) = sample(&mut seed);
        assert_eq!(whole(&body).as_ref(), Ok(&parts), "{}", body.escape_ascii());
        let single = body.iter().map(|byte| vec![*byte]).collect::<Vec<_>>();
        assert_eq!(receive(single).as_ref(), Ok(&parts), "{}", body.escape_ascii());
        for _ in 0..8 {
            let mut rest = body.as_slice();
            let mut chunks = Vec::new();
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at((next(&mut seed) % 9).min(rest.len()));
                chunks.push(chunk.to_vec());
                rest = after;
            }
            assert_eq!(receive(chunks).as_ref(), Ok(&parts), "{}", body.escape_ascii());
        }
    }
    let (body, parts) = sample(&mut seed);
    for at in 0..=body.len() {
        let (before, after) = body.split_at(at);
        assert_eq!(receive([before.to_vec(), after.to_vec()]).as_ref(), Ok(&parts), "at {at}");
    }
}

#[test]
fn a_body_that_ends_too_early_is_incomplete() {
    let body = b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--B--";
    assert!(whole(body).is_ok());
    for end in 0..body.len() {
        let message = whole(&body[..end]).unwrap_err();
        assert!(message.starts_with("the multipart body is incomplete: it "), "{end}: {message}");
    }
}

#[test]
fn a_part_without_content_may_share_its_line_break_with_the_boundary() {
    let parts = whole(b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n--B\r\n\r\n--B--").unwrap();
    assert_eq!(parts, [(Some("a".to_owned()), None, vec![]), (None, None, vec![])]);
    assert_eq!(whole(b"--B--"), Ok(Vec::new()));
}

#[test]
fn malformed_bodies_are_refused_with_the_reason() {
    let malformed = |body: &[u8]| whole(body).unwrap_err().replace("the multipart body is malformed: ", "");
    assert_eq!(malformed(b"--B\r\n\r\nx\r\n--BC\r\n"), "a boundary is followed by other text");
    assert_eq!(malformed(b"--B --\r\n"), "a boundary is followed by other text");
    assert_eq!(malformed(b"--B\n\nx\n--B--\n"), "a boundary is followed by other text");
    assert_eq!(malformed(b"--B\r\nA: b\r\n--B\r\n\r\n"), "a header of a part is malformed");
    assert_eq!(
        malformed(b"--B\r\nContent-Disposition: a; name=\"b\r\n\r\n"),
        "the Content-Disposition of a part is malformed"
    );
    let long = format!("--B\r\nA: {}\r\n\r\n", "x".repeat(16 << 10));
    assert_eq!(malformed(long.as_bytes()), "the headers of a part are too large");
}

#[test]
fn endless_headers_are_refused_early() {
    let endless = std::iter::once(b"--B\r\n".to_vec()).chain(std::iter::repeat(b"a: b\r\n".to_vec()));
    assert_eq!(
        receive(endless),
        Err("the multipart body is malformed: the headers of a part are too large".to_owned())
    );
}

#[test]
fn a_body_needs_one_boundary_of_at_most_70_bytes() {
    let fault = "must be multipart/form-data with a boundary";
    let opened = |content_type: &str| open(content_type, Body::empty()).0.err();
    assert_eq!(opened("multipart/form-data; Boundary=\"a;b\""), None);
    assert_eq!(opened(&format!("multipart/form-data; boundary={}", "x".repeat(70))), None);
    assert_eq!(opened(&format!("multipart/form-data; boundary={}", "x".repeat(71))), Some(fault));
    for other in
        ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a; boundary=b"]
    {
        assert_eq!(opened(other), Some(fault), "{other}");
    }
}

#[test]
fn a_part_cannot_be_read_after_the_next_one() {
    let body = Body::from("--B\r\n\r\nx\r\n--B\r\n\r\ny\r\n--B--");
    let (parts, refusal) = open("multipart/mixed; boundary=B", body);
    let mut parts = parts.unwrap();
    run(async {
        let mut first = parts.next().await.unwrap().unwrap();
        let second = parts.next().await.unwrap().unwrap();
        assert!(first.chunk().await.is_err());
        assert_eq!(second.bytes().await.unwrap(), "y");
        assert!(parts.next().await.unwrap().is_none());
    });
    assert_eq!(refusal.take().unwrap().status, 500);
}

#[test]
fn text_before_the_first_boundary_is_not_kept() {
    let mut scanner = super::scanner::Scanner::new("B").unwrap();
    for _ in 0..1000 {
        scanner.feed(&[b'x'; 1000]);
        assert!(matches!(scanner.next(), Ok(super::scanner::Piece::Pending)));
        assert_eq!(scanner.buffered(), 0);
    }
}
