//! How a table of requests and answers is read, and how an answer is told in it.
//!
//! ```text
//! A sentence that names the case.
//! > POST /lists?deep=true
//! > x-trace: 1
//! >
//! > {"sized": []}
//! < 400 VALIDATION_ERROR the body is not valid
//! ! body sized: must have at least 1 element
//! = ListsRequest { body: Lists { .. } }
//! ```
//!
//! `>` is what is sent, `<` what comes back: status, headers, an empty line, the body. A body is sent
//! as JSON where no `content-type` is given (`> content-type:` sends none), `\x1f` is a byte.
//!
//! Not repeated: the headers that every answer has, `content-type` where it is JSON, and of problem
//! details (RFC 9457) all but code, sentence and, each after a `!`, what is wrong in which place.
//! After a `=` stands what the handler was handed, fields that are `None` left out.

use serde_json::Value as Json;

use super::wire::{Answer, REQUEST_ID};

/// One request with the answer that is expected.
#[derive(Debug, Clone, Default)]
pub struct Case {
    /// The line of the file where the request begins, counted from 1.
    pub line: usize,
    /// The sentence before it.
    pub name: String,
    /// The method.
    pub method: String,
    /// The path and the query, within the contract.
    pub target: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The lines of the expected answer.
    pub answer: Vec<String>,
}

/// What a table is made of, in order.
pub enum Part {
    /// A line that is not about a request.
    Text(String),
    /// A request: its own lines, and what they mean.
    Case(Vec<String>, Case),
}

/// Takes a table apart.
pub fn parts(table: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (at, line) in table.lines().enumerate() {
        match (line.chars().next(), parts.last_mut()) {
            (Some('>'), Some(Part::Case(lines, case))) if case.answer.is_empty() && !begins(line) => {
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
            (Some('<' | '!' | '='), Some(Part::Case(_, case))) => case.answer.push(line.to_owned()),
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

/// Whether a line is a method and a path, so that a table can be written without its answers.
fn begins(line: &str) -> bool {
    let method = line.strip_prefix("> ").and_then(|line| line.split_once(" /")).map_or("", |(method, _)| method);
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Reads the lines of a request.
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

/// Text in which `\xNN` is a byte.
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

/// The lines that tell of an answer.
pub fn told(answer: &Answer) -> Vec<String> {
    let problem = problem(answer);
    let mut lines = vec![match &problem {
        Some((words, _)) => format!("< {} {words}", answer.status),
        None => format!("< {}", answer.status),
    }];
    let mut handed = None;
    for (name, value) in &answer.headers {
        match (name.as_str(), value.as_str()) {
            ("date" | "content-length" | "connection" | "transfer-encoding", _) => {}
            ("x-request-id", REQUEST_ID) | ("content-type", "application/json") => {}
            ("content-type", "application/problem+json") if problem.is_some() => {}
            ("x-handed", value) => handed = Some(format!("= {}", present(value))),
            _ => lines.push(format!("< {name}: {value}")),
        }
    }
    match problem {
        Some((_, violations)) => lines.extend(violations),
        None if answer.body.is_empty() => {}
        None => {
            lines.push("<".to_owned());
            lines.extend(readable(&answer.body).lines().map(|line| format!("< {line}").trim_end().to_owned()));
        }
    }
    lines.extend(handed);
    lines
}

/// Code and sentence of problem details, and a line for each violation; `None` where it says more or less.
fn problem(answer: &Answer) -> Option<(String, Vec<String>)> {
    let mut body: Json = serde_json::from_slice(&answer.body).ok()?;
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
        && body.remove("status")? == answer.status
        && body.remove("requestId")? == REQUEST_ID
        && body.is_empty();
    usual.then_some((format!("{} {}", code.as_str()?, detail.as_str()?), lines))
}

/// Leaves out the fields that are `None`.
fn present(handed: &str) -> String {
    let mut text = handed.to_owned();
    while let Some(at) = text.find(": None") {
        let start = text[..at].rfind([' ', '{']).map_or(0, |space| space + 1);
        let end = at + ": None".len();
        let end = if text[end..].starts_with(", ") { end + 2 } else { end };
        text.replace_range(start..end, "");
    }
    text.replace(",  }", " }").replace("{  }", "{}").replace(", }", " }")
}

/// Text as it is, control characters and what is no text as `\xNN`.
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
