//! The check that exactly one of `schema` and `content` describes the value of a parameter or header.

use super::Checker;
use crate::diagnostic::Diagnostic;
use crate::document::grammar::{ObjectKind, Rule, rule};
use crate::document::node::{Key, Node, Object};
use crate::document::version::Version;
use crate::source::{Sources, Span};

/// Returns true if a field stands directly on a parameter or header but belongs in its `schema`, as in Swagger 2.0.
pub(super) fn is_schema_keyword(owner: &Rule, name: &str, version: Version) -> bool {
    let described = [ObjectKind::Parameter, ObjectKind::Header].map(|kind| rule(kind, version));
    version >= Version::V30
        && described.into_iter().any(|rule| std::ptr::eq(rule, owner))
        && owner.field(name, version).is_none()
        && rule(ObjectKind::Schema, version).field(name, version).is_some_and(|field| field.since.knows(version))
}

impl Checker<'_, '_> {
    /// Checks that exactly one of `schema` and `content` describes the value of a parameter or header.
    pub(super) fn described(&mut self, owner: &Rule, object: &Object, anchor: Span) {
        let version = self.document.version();
        let keywords: Vec<(&Key, &Node)> =
            object.iter().filter(|(key, _)| is_schema_keyword(owner, &key.name, version)).collect();
        match (object.key_span("schema"), object.key_span("content")) {
            (Some(schema), Some(content)) => {
                let message = format!("{} has both `schema` and `content`", owner.name);
                let problem = Diagnostic::error("conflicting-fields", content, message).label("second description");
                self.report(problem.also(schema, "first description").help("keep one of the two"));
            }
            (None, None) if keywords.is_empty() => {
                let message = format!("{} needs `schema` or `content`", owner.name);
                let problem = Diagnostic::error("missing-field", anchor, message).label("no type is declared");
                self.report(problem.help("add for example `schema: { type: string }`"));
            }
            _ => {}
        }
        if !keywords.is_empty() {
            let has_schema = object.contains_key("schema") || object.contains_key("content");
            self.keywords_outside(owner, &keywords, has_schema);
        }
    }

    /// Reports schema keywords that stand directly on a parameter or header, and suggests a `schema` that
    /// contains them.
    fn keywords_outside(&mut self, owner: &Rule, keywords: &[(&Key, &Node)], has_schema: bool) {
        let Some((first, _)) = keywords.first() else { return };
        let names: Vec<String> = keywords.iter().map(|(key, _)| format!("`{}`", key.name)).collect();
        let message = match names.as_slice() {
            [name] => format!("{name} is not a field of {}, but of its `schema`", owner.name),
            [names @ .., last] => {
                format!("{} and {last} are not fields of {}, but of its `schema`", names.join(", "), owner.name)
            }
            [] => return,
        };
        let problem = self.lax(!has_schema, "unknown-field", first.span, message).label("belongs in `schema`");
        self.report(match schema_of(keywords, &self.document.sources).filter(|_| !has_schema) {
            Some((Some(span), schema)) => problem.fix(format!("write `{schema}`"), span, schema),
            Some((None, schema)) => problem.help(format!("write `{schema}` instead")),
            None if keywords.len() == 1 => problem.help("move it into `schema`"),
            None => problem.help("move them into `schema`"),
        });
    }
}

/// Returns the text of a `schema` field for keywords that stand outside it, and the span to replace if they are
/// adjacent.
fn schema_of(keywords: &[(&Key, &Node)], sources: &Sources) -> Option<(Option<Span>, String)> {
    let entries: Option<Vec<Span>> = keywords.iter().map(|(key, node)| plain_entry(key, node, sources)).collect();
    let entries = entries?;
    let (first, last) = (*entries.first()?, *entries.last()?);
    let held: Vec<&str> = entries.iter().map(|entry| sources.slice(*entry)).collect();
    let name = if held.first()?.starts_with('"') { "\"schema\"" } else { "schema" };
    let adjacent = entries.windows(2).all(|pair| {
        let between = sources.text(first.file).get(pair[0].end as usize..pair[1].start as usize);
        between.is_some_and(|text| text.chars().all(|letter| letter.is_whitespace() || letter == ','))
    });
    let span = adjacent.then_some(Span { end: last.end, ..first });
    Some((span, format!("{name}: {{ {} }}", held.join(", "))))
}

/// Returns the span of an object's entry if its source text is valid unchanged in a flow mapping of YAML (`{ … }`).
fn plain_entry(key: &Key, node: &Node, sources: &Sources) -> Option<Span> {
    let value = sources.slice(node.span);
    let word = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter));
    let quoted = value.starts_with(['"', '\'']);
    let entry = Span { end: node.span.end, ..key.span };
    let plain = !value.is_empty() && !value.contains('\n') && (word(value) || quoted);
    (plain && !sources.slice(entry).contains('\n')).then_some(entry)
}
