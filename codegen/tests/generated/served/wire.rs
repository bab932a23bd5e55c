//! A running service, and the bytes that go to it and come back.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use crate::workspace::{COMPILED, SERVED};

/// The service of every golden contract, each under its name: `/styles/query/form`.
pub static EVERY: LazyLock<Service> = LazyLock::new(|| Service::start(SERVED));

/// The request id that is sent along, so that answers are the same each time.
pub const REQUEST_ID: &str = "0123456789abcdef";

/// A running service. It ends when its input is closed, so that none is left behind.
pub struct Service {
    process: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, put together where it came in chunks.
    pub body: Vec<u8>,
}

impl Service {
    /// Starts the program of a crate that the tests compile.
    pub fn start(name: &str) -> Service {
        let compiled = &COMPILED[name];
        let said = || compiled.messages.iter().map(|message| message.rendered.as_str()).collect::<String>();
        let program = compiled.executable.as_ref().unwrap_or_else(|| panic!("{name} does not compile:\n{}", said()));
        let mut process =
            Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the service starts");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let mut service = Service { process, output, address: String::new() };
        service.address = service.says();
        service
    }

    /// The next line that the service prints; the first is its address.
    pub fn says(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// Sends a request as these bytes, but for what every request needs.
    pub fn ask(&self, method: &str, target: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
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
        stream.read_to_end(&mut bytes).expect("an answer");
        read(&bytes)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn read(bytes: &[u8]) -> Answer {
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
    Answer { status: status.expect("a status"), headers, body }
}

/// RFC 9112 § 7.1
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
