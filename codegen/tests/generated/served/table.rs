//! The format of the tables of requests with their expected responses.
//!
//! ```text
//! A sentence that describes the case.
//! > POST /lists?deep=true
//! > x-trace: 1
//! >
//! > {"sized": []}
//! < 400 VALIDATION_ERROR the body is not valid
//! ! body sized: must have at least 1 element
//! = ListsRequest { body: Lists { .. } }
//! ```
//!
//! A line with `>` belongs to the request, and a line with `<` to the response: the status, headers, an empty
//! line, the body. A body without a `content-type` is sent as JSON, and `> content-type:` sends no such header.
//! `\x1f` is a byte.
//!
//! Some parts of a response are omitted: the headers that every response has, and a `content-type` of JSON. Of
//! problem details (RFC 9457) only the code and the sentence are listed, and each violation after a `!`. A line
//! with `=` contains the request that the handler received, without the fields that are `None`.

use serde_json::Value as Json;

use super::wire::{REQUEST_ID, Response};

/// A request with the expected response.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// The number of the request's first line in the file, counted from 1.
    pub line: usize,
    /// The sentence above the request.
    pub name: String,
    /// The HTTP method.
    pub method: String,
    /// The path and the query, relative to the contract.
    pub target: String,
    /// The headers of the request.
    pub headers: Vec<(String, String)>,
    /// The body of the request.
    pub body: Vec<u8>,
    /// The lines of the expected response.
    pub response: Vec<String>,
}

/// A line or a request of a table.
pub enum Part {
    /// A line outside of a request.
    Text(String),
    /// A request: its lines, and the case that they describe.
    Case(Vec<String>, Case),
}

/// Splits a table into its parts.
pub fn parts(table: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (at, line) in table.lines().enumerate() {
        match (line.chars().next(), parts.last_mut()) {
            (Some('>'), Some(Part::Case(lines, case))) if case.response.is_empty() && !begins(line) => {
                lines.push(line.to_owned());
            }
            (Some('>'), _) => {
                let name = parts.iter().rev().find_map(|part| match part {
                    Part::Text(text) if !text.is_empty() => Some(text.clone()),
                    _ => None,
                });
                let case = Case { line: at + 1, name: name.unwrap_or_default(), ..Case::default() };
                parts.push(Part::Case(vec![line.to_owned()], case));
            }
            (Some('<' | '!' | '='), Some(Part::Case(_, case))) => case.response.push(line.to_owned()),
            _ => parts.push(Part::Text(line.to_owned())),
        }
    }
    for part in &mut parts {
        if let Part::Case(lines, case) = part {
            read(lines, case);
        }
    }
    parts
}

/// Returns true if a line contains a method and a path. So a table can be written without responses.
fn begins(line: &str) -> bool {
    let method = line.strip_prefix("> ").and_then(|line| line.split_once(" /")).map_or("", |(method, _)| method);
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Parses the lines of a request.
fn read(lines: &[String], case: &mut Case) {
    let mut lines = lines.iter().map(|line| line.strip_prefix("> ").unwrap_or_default());
    let (method, target) = lines.next().and_then(|line| line.split_once(' ')).expect("a method and a target");
    (case.method, case.target) = (method.to_owned(), target.to_owned());
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').expect("a header");
        case.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    case.body = bytes(&lines.collect::<Vec<_>>().join("\n"));
    let named = case.headers.iter().any(|(name, _)| name == "content-type");
    if !named && !case.body.is_empty() {
        case.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    case.headers.retain(|(name, value)| name != "content-type" || !value.is_empty());
}

/// Returns the bytes of a text in which `\xNN` is a byte.
fn bytes(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("two digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}

/// Returns the lines that describe a response.
pub fn lines_of(response: &Response) -> Vec<String> {
    let problem = problem(response);
    let mut lines = vec![match &problem {
        Some((summary, _)) => format!("< {} {summary}", response.status),
        None => format!("< {}", response.status),
    }];
    let mut received = None;
    for (name, value) in &response.headers {
        match (name.as_str(), value.as_str()) {
            ("date" | "content-length" | "connection" | "transfer-encoding", _) => {}
            ("x-request-id", REQUEST_ID) | ("content-type", "application/json") => {}
            ("content-type", "application/problem+json") if problem.is_some() => {}
            ("x-received", value) => received = Some(format!("= {}", present(value))),
            _ => lines.push(format!("< {name}: {value}")),
        }
    }
    match problem {
        Some((_, violations)) => lines.extend(violations),
        None if response.body.is_empty() => {}
        None => {
            lines.push("<".to_owned());
            lines.extend(readable(&response.body).lines().map(|line| format!("< {line}").trim_end().to_owned()));
        }
    }
    lines.extend(received);
    lines
}

/// Returns the code and the sentence of problem details, and a line for each violation. Returns `None` if the
/// body has other fields.
fn problem(response: &Response) -> Option<(String, Vec<String>)> {
    let mut body: Json = serde_json::from_slice(&response.body).ok()?;
    let body = body.as_object_mut()?;
    let code = body.remove("code")?;
    let detail = body.remove("detail")?;
    let mut lines = Vec::new();
    for violation in body.remove("errors").as_ref().and_then(Json::as_array).into_iter().flatten() {
        let text = |name: &str| violation[name].as_str();
        lines.push(format!("! {} {}: {}", text("in")?, text("field")?, text("message")?).replace(" :", ":"));
    }
    let usual = body.remove("type")? == "about:blank"
        && body.remove("title")?.is_string()
        && body.remove("status")? == response.status
        && body.remove("requestId")? == REQUEST_ID
        && body.is_empty();
    usual.then_some((format!("{} {}", code.as_str()?, detail.as_str()?), lines))
}

/// Removes the fields that are `None`.
fn present(request: &str) -> String {
    let mut text = request.to_owned();
    while let Some(at) = text.find(": None") {
        let start = text[..at].rfind([' ', '{']).map_or(0, |space| space + 1);
        let end = at + ": None".len();
        let end = if text[end..].starts_with(", ") { end + 2 } else { end };
        text.replace_range(start..end, "");
    }
    text.replace(",  }", " }").replace("{  }", "{}").replace(", }", " }")
}

/// Returns text in which control characters and invalid UTF-8 are `\xNN`.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\n' => text.push(letter),
                _ if letter.is_ascii_control() => text.push_str(&format!("\\x{:02x}", u32::from(letter))),
                _ => text.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}
