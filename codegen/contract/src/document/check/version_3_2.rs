//! The constraints on fields that OpenAPI 3.2 has added: parameters of the complete query, examples, encodings,
//! tags and the URI of a document.

use std::collections::{HashMap, HashSet};

use super::Checker;
use crate::diagnostic::{Diagnostic, closest};
use crate::document::grammar::Rule;
use crate::document::node::{Node, Object};
use crate::document::version::Version;
use crate::source::Span;

/// The pairs of fields of an example that exclude each other (OpenAPI 3.2.0, section 4.19).
const EXAMPLE_CONFLICTS: &[(&str, &str)] = &[
    ("value", "externalValue"),
    ("value", "dataValue"),
    ("value", "serializedValue"),
    ("serializedValue", "externalValue"),
];

/// The pairs of fields of a media type or encoding that exclude each other (OpenAPI 3.2.0, sections 4.14 and 4.15).
const ENCODING_CONFLICTS: &[(&str, &str)] = &[("encoding", "prefixEncoding"), ("encoding", "itemEncoding")];

impl Checker<'_, '_> {
    /// Checks a parameter whose location only OpenAPI 3.2 has.
    pub(super) fn parameter_3_2(&mut self, rule: &Rule, object: &Object) {
        let word = |name: &str| object.get(name).and_then(|node| Some((node.as_str()?, node.span)));
        let location = word("in").filter(|(location, _)| *location == "querystring");
        if let (Some(_), Some(schema)) = (location, object.key_span("schema")) {
            let message = format!("{} with `in: querystring` needs `content`, not `schema`", rule.name);
            let problem = Diagnostic::error("conflicting-fields", schema, message).label("not allowed here");
            let example = "content: { application/x-www-form-urlencoded: { schema: … } }";
            self.report(problem.help(format!("write `{example}`")));
        }
    }

    /// Reports the fields of an example that exclude each other.
    pub(super) fn example_3_2(&mut self, rule: &Rule, object: &Object) {
        self.exclusive(rule, object, EXAMPLE_CONFLICTS);
    }

    /// Reports the fields of a media type or encoding that exclude each other.
    pub(super) fn encodings(&mut self, rule: &Rule, object: &Object) {
        self.exclusive(rule, object, ENCODING_CONFLICTS);
    }

    /// Reports a reference in place of a media type, which only OpenAPI 3.2 allows.
    pub(super) fn media_type_reference(&mut self, span: Span) {
        if self.document.version() != Version::V32 {
            self.read_as_later(span, "a `$ref` in place of a media type is a feature", Version::V32);
        }
    }

    fn exclusive(&mut self, rule: &Rule, object: &Object, pairs: &[(&str, &str)]) {
        for (first, second) in pairs {
            let (Some(one), Some(other)) = (object.key_span(first), object.key_span(second)) else { continue };
            let message = format!("{} has both `{first}` and `{second}`", rule.name);
            let problem = self.lax(false, "conflicting-fields", other, message).label("excludes the other field");
            self.report(problem.also(one, "other field").help("keep one of the two"));
        }
    }

    /// Reports a `$self` with a fragment, which the URI of a document cannot have (OpenAPI 3.2.0, section 4.1).
    pub(super) fn self_uri(&mut self, object: &Object) {
        let Some((text, span)) = object.get("$self").and_then(|node| Some((node.as_str()?, node.span))) else { return };
        if let Some((uri, _)) = text.split_once('#') {
            let problem = self.lax(false, "self-with-fragment", span, "`$self` has a fragment".to_owned());
            let label = if self.strict { "not allowed" } else { "ignored from `#` on" };
            self.report(problem.label(label).suggest(self.inside_quotes(span), uri));
        }
    }

    /// Reports tags whose `parent` is not a tag of the contract, or is the tag itself, directly or through others.
    ///
    /// The tags of contracts before OpenAPI 3.2 are not checked.
    pub(super) fn tags(&mut self, object: &Object) {
        let tags = object.get("tags").and_then(Node::as_array).unwrap_or_default();
        if self.document.version() != Version::V32 || !tags.iter().any(|tag| tag.get("parent").is_some()) {
            return;
        }
        let name = |tag: &Node| tag.get("name").and_then(Node::as_str).map(str::to_owned);
        let parent = |tag: &Node| tag.get("parent").and_then(|node| Some((node.as_str()?.to_owned(), node.span)));
        let names: Vec<String> = tags.iter().filter_map(name).collect();
        let known: HashSet<&str> = names.iter().map(String::as_str).collect();
        let mut parents: HashMap<String, (String, Span)> = HashMap::new();
        for tag in tags {
            let (Some(name), Some((above, span))) = (name(tag), parent(tag)) else { continue };
            if known.contains(above.as_str()) {
                parents.entry(name).or_insert((above, span));
                continue;
            }
            let message = format!("the parent `{above}` of the tag `{name}` is not a tag of the contract");
            let problem = self.lax(false, "unknown-parent-tag", span, message).label("no such tag");
            self.report(match closest(&above, names.iter().map(String::as_str)) {
                Some(similar) => problem.suggest(self.inside_quotes(span), similar),
                None => problem.help("describe the parent under `tags` too, or remove `parent`"),
            });
        }
        self.tag_cycles(&names, &parents);
    }

    /// Reports each cycle of tags once, at its first tag. Each tag is visited once, so the cost is linear.
    fn tag_cycles(&mut self, names: &[String], parents: &HashMap<String, (String, Span)>) {
        let mut settled: HashSet<&str> = HashSet::new();
        for start in names {
            let mut path: HashSet<&str> = HashSet::new();
            let mut here = start.as_str();
            while !settled.contains(here) && path.insert(here) {
                match parents.get(here) {
                    Some((above, _)) => here = above,
                    None => break,
                }
            }
            let closed = !settled.contains(here) && parents.contains_key(here) && path.contains(here);
            if let Some((_, span)) = parents.get(here).filter(|_| closed) {
                let message = format!("the tag `{here}` is its own parent, directly or through other tags");
                let problem = self.lax(false, "cyclic-tags", *span, message).label("closes the circle");
                self.report(problem.help("remove one `parent` of the circle"));
            }
            settled.extend(path);
        }
    }
}
