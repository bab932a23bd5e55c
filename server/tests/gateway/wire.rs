//! Requests exactly as they are written: clients of HTTP would bring their paths into another form.

use std::fmt;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// A response.
#[derive(Clone)]
pub struct Response {
    pub status: u16,
    /// The names of the headers in lower case, and their values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Request {
        Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// Returns this request with a JSON body.
    pub fn json(mut self, body: &Value) -> Request {
        self.body = body.to_string().into_bytes();
        let length = self.body.len().to_string();
        self.header("content-type", "application/json").header("content-length", &length)
    }

    /// Returns this request with a header.
    pub fn header(mut self, name: &'static str, value: &str) -> Request {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends the request on a connection of its own.
    pub async fn send(&self, address: SocketAddr) -> Response {
        let Request { method, target, headers, body } = self;
        let mut bytes = format!("{method} {target} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n");
        headers.iter().for_each(|(name, value)| bytes.push_str(&format!("{name}: {value}\r\n")));
        bytes.push_str("\r\n");
        send(address, &[bytes.as_bytes(), body.as_slice()].concat()).await
    }
}

/// Sends bytes on a connection of their own, and returns the response to them.
pub async fn send(address: SocketAddr, bytes: &[u8]) -> Response {
    let (mut reader, mut writer) = TcpStream::connect(address).await.unwrap().into_split();
    let has_body = !bytes.starts_with(b"HEAD ");
    let read = async {
        let mut received = Vec::new();
        // Envoy keeps a connection open for a second after its last response.
        loop {
            let count = reader.read_buf(&mut received).await.unwrap_or(0);
            if let Some(response) = Response::parse(&received, has_body) {
                return response;
            }
            let sent = || String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]).into_owned();
            assert!(count > 0, "an incomplete response: {:?} to {}", String::from_utf8_lossy(&received), sent());
        }
    };
    // A server may respond and reset the connection before it has read everything.
    tokio::join!(writer.write_all(bytes), read).1
}

impl Response {
    /// Parses a response. Returns `None` if it is incomplete.
    fn parse(bytes: &[u8], has_body: bool) -> Option<Response> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        let headers = lines.map(header).collect::<Option<_>>()?;
        let mut response = Response { status, headers, body: Vec::new() };
        let rest = &bytes[end + 4..];
        if has_body {
            response.body = match response.header("transfer-encoding") {
                "chunked" => chunks(rest)?,
                _ => rest.get(..response.header("content-length").parse().unwrap_or(0))?.to_vec(),
            };
        }
        Some(response)
    }

    /// Returns the value of a header; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns the JSON body, or null if the body is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(500).collect();
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}

/// Returns the data of a chunked body.
fn chunks(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        let data = rest.get(end + 2..end + 2 + length)?;
        body.extend_from_slice(data);
        rest = rest.get(end + 4 + length..)?;
        if length == 0 {
            return Some(body);
        }
    }
}
