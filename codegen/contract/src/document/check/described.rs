//! The check that exactly one of `schema` and `content` describes the value of a parameter or header.

use super::Checker;
use crate::document::grammar::{ObjectKind, Rule, rule};
use crate::document::node::{Key, Node, Object, Value};
use crate::document::repair::Repair;
use crate::document::version::Version;
use crate::document::walk::entry;
use crate::source::{Sources, Span, unescape};

/// Returns true if a field stands directly on a parameter or header but belongs in its `schema`, as in Swagger 2.0.
pub(super) fn is_schema_keyword(owner: &Rule, name: &str, version: Version) -> bool {
    let described = [ObjectKind::Parameter, ObjectKind::Header].map(|kind| rule(kind, version));
    version >= Version::V30
        && described.into_iter().any(|rule| std::ptr::eq(rule, owner))
        && owner.field(name, version).is_none()
        && rule(ObjectKind::Schema, version).field(name, version).is_some_and(|field| field.since.knows(version))
}

impl<'d> Checker<'d, '_> {
    /// Checks that exactly one of `schema` and `content` describes the value of a parameter or header.
    pub(super) fn described(&mut self, owner: &Rule, object: &'d Object, anchor: Span) {
        let version = self.document.version();
        let keywords: Vec<(&'d Key, &'d Node)> =
            object.iter().filter(|(key, _)| is_schema_keyword(owner, &key.name, version)).collect();
        match (object.key_span("schema"), object.key_span("content")) {
            (Some(schema), Some(content)) => {
                let message = format!("{} has both `schema` and `content`", owner.name);
                let problem = self.lax(false, "conflicting-fields", content, message);
                let problem = problem.label(if self.strict { "second description" } else { "ignored" });
                self.report(problem.also(schema, "first description").help("keep one of the two"));
            }
            (None, None) if keywords.is_empty() => {
                let message = format!("{} needs `schema` or `content`", owner.name);
                let problem = self.lax(false, "missing-field", anchor, message);
                let problem = problem.label(if self.strict { "no type is declared" } else { "treated as a string" });
                self.report(problem.help("add for example `schema: { type: string }`"));
            }
            (None, Some(content)) => self.single_media_type(owner, object, content),
            _ => {}
        }
        if !keywords.is_empty() {
            let has_schema = object.contains_key("schema") || object.contains_key("content");
            self.keywords_outside(owner, &keywords, has_schema);
            let outer = std::mem::replace(&mut self.owner, self.pointer.as_str().len());
            for (key, node) in keywords.into_iter().filter(|_| !has_schema) {
                entry(self, ObjectKind::Schema, key, node);
                self.repairs.nest(key.span, "schema");
            }
            self.owner = outer;
        }
    }

    /// Reports a parameter without `in` whose name the path of its operation contains in braces, and records the repair.
    ///
    /// Returns false if the location of the parameter is declared or unknown.
    pub(super) fn located_by_path(&mut self, object: &Object, anchor: Span) -> bool {
        let name = object.get("name").and_then(Node::as_str).filter(|_| !object.contains_key("in"));
        let path = self.pointer.as_str().strip_prefix("/paths/").and_then(|rest| rest.split('/').next()).map(unescape);
        let (Some(name), Some(key), Some(path)) = (name, object.key_span("name"), path) else { return false };
        if !path.contains(&format!("{{{name}}}")) {
            return false;
        }
        let problem = self.lax(false, "missing-field", anchor, "a parameter needs `in`".to_owned());
        let label = if self.strict { "`in` is missing" } else { "`in` is treated as `path`, which contains the name" };
        self.report(problem.label(label).help("add `in: path`"));
        let entries = [("name", name), ("in", "path")];
        let entries = entries.map(|(field, text)| (field.to_owned(), Value::String(text.to_owned())));
        self.repairs.add(key, Repair::Entries(entries.into()));
        true
    }

    /// Reports a parameter or header whose `content` has several media types, of which only the first is used.
    fn single_media_type(&mut self, owner: &Rule, object: &Object, content: Span) {
        let Some(media_types) = object.get("content").and_then(Node::as_object) else { return };
        let mut names = media_types.iter().map(|(key, _)| key);
        let (Some(first), Some(second)) = (names.next(), names.next()) else { return };
        let message = format!("`content` of {} must have one media type, not {}", owner.name, media_types.len());
        let problem = self.lax(false, "conflicting-fields", second.span, message);
        let problem = problem.label(match self.strict {
            true => "second media type".to_owned(),
            false => format!("ignored: treated as `{}` only", first.name),
        });
        self.report(problem.also(content, "declared here").help("keep one of them"));
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
        let problem = self.lax(false, "unknown-field", first.span, message);
        let problem = problem.label(match (self.strict, has_schema) {
            (true, _) => "belongs in `schema`",
            (false, true) => "ignored: `schema` describes the value",
            (false, false) => "treated as if it were in `schema`",
        });
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
