//! Diagnostics about the queries of overlays: text that is not a query, and queries without a match.

use serde_json::Value as Json;

use super::query::{Query, Unusable, scan};
use super::step::{Path, Step};
use crate::diagnostic::{Diagnostic, closest};
use crate::source::{Sources, Span, Spanned};

/// Returns the diagnostic about a text that is not a JSONPath query, at the place where the query ends to be valid.
pub(super) fn unusable(text: &Spanned<String>, unusable: &Unusable, sources: &Sources) -> Box<Diagnostic> {
    let query = text.value.as_str();
    let offset = (0..=unusable.offset.min(query.len())).rev().find(|at| query.is_char_boundary(*at)).unwrap_or(0);
    let rest = &query[offset..];
    let length = rest.chars().next().map_or(0, char::len_utf8);
    let span = part(text, offset, offset + length, sources).unwrap_or(text.span);
    let message = format!("`{query}` is not a JSONPath query");
    let label = match rest.is_empty() {
        true => "incomplete".to_owned(),
        false => unusable.reason.clone(),
    };
    let problem = Diagnostic::error("invalid-jsonpath", span, message).label(label);
    Box::new(match advice(query, rest) {
        Some(advice) => problem.help(advice),
        None => problem.help("write a query of RFC 9535, such as `$.paths['/users'].get`"),
    })
}

fn advice(query: &str, rest: &str) -> Option<String> {
    if let Some(pointer) = query.strip_prefix("#/").or(query.strip_prefix('/')) {
        let names: Vec<String> = pointer.split('/').map(|name| segment(&crate::source::unescape(name))).collect();
        return Some(format!("a JSON pointer is not a query; write `${}`", names.concat()));
    }
    if !query.starts_with('$') {
        return Some("a query begins with `$`, the root of the contract".to_owned());
    }
    let unquoted = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '/' | '{' | '}' | '~' | '$');
    let bare = rest.trim_start_matches('.');
    bare.starts_with(unquoted).then(|| {
        "quote a name with characters other than letters, digits and `_`, or with a digit first: `['x-name']`"
            .to_owned()
    })
}

/// Returns a name as a segment of a query.
fn segment(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    match name.chars().all(plain) && name.starts_with(|letter: char| !letter.is_ascii_digit()) {
        true => format!(".{name}"),
        false => format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
    }
}

/// Completes the diagnostic about a query without a match: how far it matches, and the probable reason.
pub(super) fn no_match(problem: Diagnostic, text: &Spanned<String>, json: &Json, sources: &Sources) -> Diagnostic {
    let query = text.value.as_str();
    let segments = scan(query).segments;
    let matches = |end: usize| Query::parse(&query[..end]).map(|query| query.locate(json)).unwrap_or_default();
    // A longer query matches only if a shorter one does.
    let failing = segments.partition_point(|end| !matches(*end).is_empty());
    let Some(start) = failing.checked_sub(1).and_then(|last| segments.get(last)).copied() else {
        return problem.label("no match");
    };
    let end = segments.get(failing).copied().unwrap_or(query.len());
    let (before, next) = (&query[..start], &query[start..end]);
    let problem = problem.label(format!("`{before}` matches, but `{next}` does not match anything in it"));
    let found = matches(start);
    let nodes: Vec<&Json> = found.iter().filter_map(|path| node(json, path)).collect();
    let target = nodes.iter().find_map(|node| node.get("$ref")?.as_str());
    if let Some(target) = target {
        let subject = if nodes.len() == 1 { "it is a reference" } else { "there is a reference" };
        return problem
            .help(format!("{subject} to `{target}`, which overlays do not follow: change the target itself"));
    }
    let (name, is_index) = name(next);
    match nodes.as_slice() {
        [Json::Object(_), ..] if is_index => {
            // The text of the query can be in quotes itself.
            let is_single_quoted = sources.slice(text.span).starts_with('\'');
            let quoted = if is_single_quoted { format!("[\"{name}\"]") } else { format!("['{name}']") };
            let message = format!("`{next}` is an element of an array; the entry of an object is `{quoted}`");
            match part(text, start, end, sources) {
                Some(at) => problem.fix(message, at, quoted),
                None => problem.help(message),
            }
        }
        [Json::Object(_), ..] => {
            let names = nodes.iter().filter_map(|node| node.as_object()).flat_map(|object| object.keys());
            let Some(similar) = closest(name, names.map(String::as_str)) else { return problem };
            let start = start + next.find(name).unwrap_or_default();
            let fits = segment(similar).starts_with('.') || !next.starts_with('.');
            match part(text, start, start + name.len(), sources).filter(|_| fits && is_unquoted(similar)) {
                Some(at) => problem.suggest(at, similar),
                None => problem.help(format!("did you mean `{}`?", segment(similar))),
            }
        }
        _ => problem,
    }
}

/// Returns true if a name can stand in any quoted or plain text of YAML, JSON and JSONPath.
fn is_unquoted(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-/{}.~".contains(letter))
}

/// Returns the name that a segment selects, and true if it is the index of an element.
fn name(segment: &str) -> (&str, bool) {
    let inner = segment.trim_start_matches(['.', '[']).trim_end_matches(']');
    let is_index = segment.starts_with('[') && !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
    (inner.trim_matches(['\'', '"']), is_index)
}

fn node<'t>(tree: &'t Json, path: &Path) -> Option<&'t Json> {
    path.iter().try_fold(tree, |node, step| match step {
        Step::Name(name) => node.get(name),
        Step::Index(index) => node.get(index),
    })
}

/// Returns the span of a part of a string; `None` if the source writes the string with escape sequences.
fn part(text: &Spanned<String>, start: usize, end: usize, sources: &Sources) -> Option<Span> {
    let inside = sources.inside_quotes(text.span);
    let at = inside.start as usize;
    (sources.slice(inside) == text.value).then(|| Span::new(inside.file, at + start, at + end))
}
