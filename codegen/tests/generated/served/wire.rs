//! A running service, with the requests and responses as bytes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use crate::workspace::{self, COMPILED, SERVED};

/// The program that serves every golden contract below its name, such as `/styles/query/form`.
pub static EVERY: LazyLock<Service> = LazyLock::new(|| Service::start(SERVED));

/// The program that serves the contracts of reported mistakes below their names.
pub static REPORTED: LazyLock<Service> = LazyLock::new(|| Service::start(workspace::REPORTED));

/// The id of every request, which makes responses repeatable.
pub const REQUEST_ID: &str = "0123456789abcdef";

/// A running service. It stops when its standard input is closed, so that no process remains.
pub struct Service {
    process: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

/// An HTTP response of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decoded if it is chunked.
    pub body: Vec<u8>,
}

impl Service {
    /// Starts the program of a crate that the tests compile.
    pub fn start(name: &str) -> Service {
        let compiled = &COMPILED[name];
        let errors = || compiled.messages.iter().map(|message| message.rendered.as_str()).collect::<String>();
        let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{name} does not compile:\n{}", errors()));
        let mut process =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let mut service = Service { process, output, address: String::new() };
        service.address = service.next_line();
        service
    }

    /// Returns the next line that the service prints; the first one is its address.
    pub fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// Sends a request with these bytes, and adds the headers that every request needs.
    pub fn send(&self, method: &str, target: &str, headers: &[(String, String)], body: &[u8]) -> Response {
        let mut head = format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        let sent = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        if !sent("x-request-id") {
            head.push_str(&format!("x-request-id: {REQUEST_ID}\r\n"));
        }
        if !sent("content-length") && !sent("transfer-encoding") && !body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.write_all(&[head.as_bytes(), b"\r\n", body].concat()).expect("a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("a response");
        read(&bytes)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn read(bytes: &[u8]) -> Response {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("the end of the head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let rest = &bytes[end + 4..];
    let body = if chunked { unchunk(rest) } else { rest.to_vec() };
    Response { status: status.expect("a status"), headers, body }
}

/// Decodes a chunked body (RFC 9112, section 7.1).
fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|size| *size > 0) else { break };
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}
