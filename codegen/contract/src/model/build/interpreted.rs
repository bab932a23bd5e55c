//! Interpreted schemas: schemas as plain JSON Schema, for the keywords that the JSON Schema interpreter (crate
//! `jsonschema`) checks at run time.

use serde_json::{Map, Value as Json, json};

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::direction::Direction;
use crate::model::schema::InterpretedSchema;
use crate::source::Span;

use super::builder::Builder;
use super::facets::Facets;
use super::json_schema::Definitions;

/// The longest value of a keyword that a diagnostic quotes, in bytes.
const LONGEST_VALUE: usize = 40;

/// The largest number of definitions in all schemas of a contract for the JSON Schema interpreter.
///
/// The largest known published contract needs a hundredth of this number.
const MOST_DEFINITIONS: usize = 100_000;

impl<'d> Builder<'d, '_> {
    /// Returns the values that match all schema nodes as one schema for the JSON Schema interpreter.
    ///
    /// Returns `None`, with a diagnostic, if the interpreter cannot compile the schema.
    pub(super) fn interpreted(&mut self, nodes: &[&'d Node]) -> Option<InterpretedSchema> {
        let (inbound, directed) = self.combined(nodes, Direction::Inbound);
        self.interpreter(&inbound, nodes)?;
        let outbound = directed.then(|| self.combined(nodes, Direction::Outbound).0);
        Some(InterpretedSchema {
            draft4: self.version() == Version::V30,
            outbound: outbound.filter(|outbound| *outbound != inbound).map(|outbound| outbound.to_string()),
            inbound: inbound.to_string(),
        })
    }

    /// Keeps the enum values that satisfy the other constraints of their schema, and reports the others.
    pub(super) fn keep_fitting(&mut self, nodes: &[&'d Node], facets: &mut Facets<'d>) {
        let Some(values) = facets.values.take() else { return };
        let ends = values.first().zip(values.last()).map(|(first, last)| (first.span, last.span));
        let (fitting, violations) = self.fitting(nodes, values);
        let none_left = fitting.is_empty();
        facets.values = Some(fitting);
        if let (Some((first, last)), true) = (ends, none_left) {
            let span = Span { end: last.end.max(first.end), ..first };
            let report = Diagnostic::error("contradiction", span, "no value of this enum is allowed");
            let mut keywords: Vec<&str> = violations.iter().map(|(_, keyword)| keyword.as_str()).collect();
            keywords.sort_unstable();
            keywords.dedup();
            let written: Vec<String> = keywords.iter().map(|keyword| self.written(nodes, keyword)).collect();
            let subject = if violations.len() == 1 { "violates" } else { "each violates" };
            facets.contradictions.push(
                report
                    .label(format!("{subject} {}", written.join(" or ")))
                    .help(format!("change the enum or `{}`", keywords.join("`, `"))),
            );
            return;
        }
        for (value, keyword) in violations {
            let message = format!("the enum value {} violates {}", value.to_json(), self.written(nodes, &keyword));
            let report = self
                .remark("enum-value", value.span, message)
                .label("never valid")
                .help(format!("remove the value, or change `{keyword}`"));
            self.report(report);
        }
    }

    /// Returns a keyword with its value as the nodes write it, as in `minimum: 3`, or alone if its value is long.
    fn written(&self, nodes: &[&'d Node], keyword: &str) -> String {
        let value = nodes.iter().find_map(|node| node.get(keyword));
        let text = value.map(|value| self.document.sources.slice(value.span));
        match text.filter(|text| !text.is_empty() && text.len() <= LONGEST_VALUE && !text.contains('\n')) {
            Some(text) => format!("`{keyword}: {text}`"),
            None => format!("`{keyword}`"),
        }
    }

    /// Returns the enum values that satisfy the other constraints of their schema, and the others, each with the
    /// keyword that it violates.
    fn fitting(&mut self, nodes: &[&'d Node], values: Vec<&'d Node>) -> (Vec<&'d Node>, Vec<(&'d Node, String)>) {
        let (schema, _) = self.combined(nodes, Direction::Inbound);
        let Some(interpreter) = self.interpreter(&schema, nodes) else { return (values, Vec::new()) };
        // An enum value of a wrong type is reported elsewhere.
        let fits =
            |value: &&Node| interpreter.iter_errors(&value.to_json()).all(|error| error.kind().keyword() == "type");
        let (fitting, others): (Vec<&Node>, Vec<&Node>) = values.into_iter().partition(fits);
        let violated = |value: &'d Node| {
            let json = value.to_json();
            let mut keywords = interpreter.iter_errors(&json).map(|error| error.kind().keyword().to_owned());
            (value, keywords.find(|keyword| keyword != "type").unwrap_or_default())
        };
        let violations = others.into_iter().map(violated).collect();
        (fitting, violations)
    }

    /// Returns several schema nodes as one JSON Schema for the values of a direction, with all schemas that they
    /// refer to under `definitions`. Also returns true if the schema of the other direction may differ.
    fn combined(&mut self, nodes: &[&'d Node], direction: Direction) -> (Json, bool) {
        let mut definitions = Definitions::new(direction);
        let mut omitted = Vec::new();
        for node in nodes {
            self.add_omitted(node, &mut omitted, &mut definitions);
        }
        let omitted = Some(omitted);
        let parts: Vec<Json> = nodes.iter().map(|node| self.plain(node, &omitted, &mut definitions)).collect();
        let mut schema = match <[Json; 1]>::try_from(parts) {
            Ok([one]) => one,
            Err(several) => json!({ "allOf": several }),
        };
        // Each definition may append further ones to the list, so deep and recursive schemas need no recursion here.
        let mut all = Map::new();
        while let Some((node, omitted)) = definitions.nodes.get(all.len()).cloned() {
            if self.is_crowded(nodes) {
                break;
            }
            let plain = self.plain(node, &omitted, &mut definitions);
            all.insert(format!("d{}", all.len()), plain);
        }
        // A boolean schema refers to nothing, so a schema with definitions is an object.
        if !all.is_empty()
            && let Some(object) = schema.as_object_mut()
        {
            object.insert("definitions".to_owned(), Json::Object(all));
        }
        (schema, definitions.directed)
    }

    fn interpreter(&mut self, schema: &Json, nodes: &[&'d Node]) -> Option<jsonschema::Validator> {
        let draft4 = self.version() == Version::V30;
        let draft = if draft4 { jsonschema::Draft::Draft4 } else { jsonschema::Draft::Draft202012 };
        match jsonschema::options().with_draft(draft).should_validate_formats(false).build(schema) {
            Ok(interpreter) => Some(interpreter),
            // The failure may be the consequence of an error that is reported already.
            Err(_) if self.diagnostics.has_errors() => None,
            Err(error) => {
                let span = nodes.first().map_or(Span::start_of(self.document.root), |node| node.span);
                self.report(
                    Diagnostic::error("bad-schema", span, format!("this schema is not valid JSON Schema: {error}"))
                        .label("invalid schema"),
                );
                None
            }
        }
    }

    /// Counts a definition in a schema for the JSON Schema interpreter. Returns true if the contract has too
    /// many; this is reported once.
    fn is_crowded(&mut self, nodes: &[&'d Node]) -> bool {
        self.definitions += 1;
        if self.definitions == MOST_DEFINITIONS {
            let span = nodes.first().map_or(Span::start_of(self.document.root), |node| node.span);
            let message =
                format!("schemas with `not`, `if` and similar keywords refer to more than {MOST_DEFINITIONS} others");
            self.report(
                Diagnostic::error("too-many-definitions", span, message)
                    .label("one of these schemas")
                    .help("use `not`, `if` and similar keywords only in schemas that refer to few others"),
            );
        }
        self.definitions >= MOST_DEFINITIONS
    }
}
