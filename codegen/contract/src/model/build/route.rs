//! The routes of operations: the part of a path that the router matches, and the detection of duplicates.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::document::Key;
use crate::source::Span;

use super::builder::Builder;
use super::policy::placeholders;

/// The operations read so far, by method, path template without parameter names, and query string.
#[derive(Default)]
pub(super) struct Routes<'d> {
    known: HashMap<(&'d str, String, String), (Span, String)>,
    /// The operations whose path has neither a query string nor a fragment; no other operation may take their route.
    plain: HashMap<(&'d str, String), (Span, String)>,
}

/// The parts of a path that select an operation, together with the HTTP method.
pub(super) struct Route {
    /// The path template that the router matches.
    pub(super) path: String,
    /// The fixed query string after the `?` of the path; empty if there is none.
    pub(super) query: String,
}

impl<'d> Routes<'d> {
    /// Reserves the route of an operation whose path has neither a query string nor a fragment, so that no
    /// other operation takes it.
    pub(super) fn reserve(&mut self, method: &'d str, path: &Key, span: Span) {
        if matched(&path.name).len() == path.name.len() {
            self.plain.insert((method, nameless(&path.name)), (span, path.name.clone()));
        }
    }
}

/// Returns the part of a path that the router matches: without query string and fragment.
pub(super) fn matched(path: &str) -> &str {
    // A parameter name in braces may contain `?` and `#`.
    let mut within = false;
    let end = path.find(|letter: char| {
        match letter {
            '{' => within = true,
            '}' => within = false,
            _ => {}
        }
        !within && matches!(letter, '?' | '#')
    });
    end.and_then(|end| path.get(..end)).unwrap_or(path)
}

/// Returns a path template with empty braces in place of its parameters.
fn nameless(path: &str) -> String {
    let mut template = path.to_owned();
    for name in placeholders(path) {
        template = template.replacen(&format!("{{{name}}}"), "{}", 1);
    }
    template
}

/// Returns the percent-encoded form of a URL fragment, with its `#`, for use within a path.
fn encoded(fragment: &str) -> String {
    let mut text = String::from("%23");
    for byte in fragment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'=' | b'&' | b'@' | b':' | b'/' => {
                text.push(char::from(byte));
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}

impl<'d> Builder<'d, '_> {
    /// Reports a path that the router cannot match as the contract declares it.
    pub(super) fn check_template(&mut self, path: &Key) {
        let shown = matched(&path.name);
        if shown.len() < path.name.len() {
            let rest = &path.name[shown.len()..];
            let (what, advice) = match rest.starts_with('?') {
                true => (
                    "a query, which distinguishes it from other operations",
                    "declare parameters with `in: query` instead",
                ),
                false => ("a fragment, which no client sends", "give the operation a different path or method"),
            };
            self.report(
                Diagnostic::warning("path-with-more", path.span, format!("`{rest}` is not part of a path but {what}"))
                    .label(format!("served as `{shown}`"))
                    .help(advice),
            );
        }
        let mut names = HashSet::new();
        if let Some(name) = placeholders(shown).find(|name| !names.insert(*name)) {
            let report = self
                .remark("repeated-path-parameter", path.span, format!("the path contains `{{{name}}}` more than once"))
                .label(match self.strict {
                    true => "not allowed (OpenAPI 3.2.0 § 4.8.2)",
                    false => "the handler receives only the first value (OpenAPI 3.2.0 § 4.8.2)",
                });
            self.report(report.help("give each part of the path a name of its own"));
        }
        if let Some((before, after)) = shown.split_once("}{") {
            let left = before.rsplit('{').next().unwrap_or_default();
            let right = after.split('}').next().unwrap_or_default();
            self.report(
                Diagnostic::warning(
                    "adjacent-parameters",
                    path.span,
                    format!("the end of `{{{left}}}` and the start of `{{{right}}}` are ambiguous"),
                )
                .label(format!("`{{{left}}}` takes as much as it can"))
                .help("separate the two by a character that neither contains"),
            );
        }
    }

    /// Returns the route of an operation, and reports duplicates.
    ///
    /// Some contracts declare one request several times and distinguish the operations by fragments. The first
    /// operation gets the path; the others get a path that contains the encoded fragment.
    pub(super) fn route(&mut self, routes: &mut Routes<'d>, method: &'d str, path: &Key, span: Span) -> Route {
        let served = matched(&path.name);
        let (rest, fragment) = match path.name[served.len()..].split_once('#') {
            Some((rest, fragment)) => (rest, Some(fragment)),
            None => (&path.name[served.len()..], None),
        };
        let query = rest.strip_prefix('?').unwrap_or_default().to_owned();
        let mut route = Route { path: served.to_owned(), query: query.clone() };
        let mut key = (method, nameless(served), query);
        let plain = routes.plain.get(&(method, key.1.clone())).filter(|_| key.2.is_empty());
        if let Some((first, known)) = plain.or_else(|| routes.known.get(&key)).filter(|_| fragment.is_some()) {
            route.path.push_str(&encoded(fragment.unwrap_or_default()));
            key.1 = nameless(&route.path);
            let message = format!("`{method} {}` and `{method} {known}` match the same requests", path.name);
            let report = Diagnostic::warning("duplicate-route", span, message)
                .label(format!("available only at `{}`", route.path))
                .also(*first, "other operation");
            self.report(report.help("give them different paths or methods, or merge them into one operation"));
        }
        if let Some((first, known)) = routes.known.get(&key) {
            let message = format!("`{method} {}` and `{method} {known}` match the same requests", path.name);
            let report = self
                .remark("duplicate-route", span, message)
                .label("only one of the two receives requests")
                .also(*first, "other operation");
            self.report(report.help("give them different paths or methods, or merge them into one operation"));
        }
        routes.known.entry(key).or_insert((span, path.name.clone()));
        route
    }
}
