//! The settings that apply to one schema, and the settings that decide what the contract leaves open.

use crate::diagnostic::{Diagnostic, closest};
use crate::document::Node;
use crate::model::options::{Enums, SchemaOptions, UnknownFields};
use crate::model::{Kind, SchemaId};
use crate::source::{Span, Spanned};

use super::builder::Builder;
use super::node_fields::entries;

impl<'d, 'o> Builder<'d, 'o> {
    /// Finds the schemas that the settings name, by the name of a component or by a JSON pointer. Reports names without a
    /// schema.
    pub(super) fn find_chosen(&mut self) {
        for (name, chosen) in &self.options.schemas {
            let reference = match name.value.starts_with("#/") {
                true => name.value.clone(),
                false => format!("#/components/schemas/{}", name.value.replace('~', "~0").replace('/', "~1")),
            };
            let located = self.document.resolve(self.document.root, &reference).ok();
            let node = located.and_then(|located| self.follow_schema(located.node));
            match node.filter(|node| node.as_object().is_some()) {
                Some(node) => drop(self.chosen.insert(node.span, (name, chosen))),
                None => self.unknown_schema(name),
            }
        }
    }

    /// Reports settings of a schema that have no effect on a schema of its kind.
    pub(super) fn check_chosen(&mut self) {
        let mut chosen: Vec<_> = self.chosen.values().copied().collect();
        chosen.sort_by_key(|(name, _)| name.span);
        for (name, options) in chosen {
            let found = self.schemas.ids().filter(|id| {
                let span = self.schemas.get(*id).span;
                self.chosen.get(&span).is_some_and(|(known, _)| known.span == name.span)
            });
            let kinds: Vec<SchemaId> = found.collect();
            let has = |fits: fn(&Kind) -> bool| kinds.iter().any(|id| fits(self.schemas.kind(*id)));
            let is_enum = has(|kind| matches!(kind, Kind::Strings(_)));
            let is_object = has(|kind| matches!(kind, Kind::Object(_)));
            let wrong = [
                (options.enums.is_some() && !is_enum, "enums", "an enum of strings"),
                (options.unknown_fields.is_some() && !is_object, "unknown_fields", "an object"),
            ];
            for (_, setting, kind) in wrong.into_iter().filter(|(wrong, ..)| *wrong) {
                let message = format!("`{setting}` has no effect on `{}`, which is not {kind}", name.value);
                let report = Diagnostic::error("bad-setting", name.span, message).label(format!("not {kind}"));
                self.report(report.help("remove the setting, or name the schema that it is meant for"));
            }
        }
    }

    fn unknown_schema(&mut self, name: &Spanned<String>) {
        let message = format!("the contract has no schema `{}`", name.value);
        let report = Diagnostic::error("unknown-name", name.span, message).label("unknown name");
        let components = self.document.root_node().get("components").and_then(|all| all.get("schemas"));
        let known = entries(components).map(|(known, _)| known.as_str());
        self.report(match closest(&name.value, known) {
            Some(close) => report.suggest(self.options.sources.inside_quotes(name.span), close),
            None => {
                report.help("use the name of a schema under `components/schemas`, or a pointer such as `\"#/paths/…\"`")
            }
        });
    }

    /// Returns the settings of the schema at a document node, if there are any.
    pub(super) fn chosen(&self, node: &Node) -> Option<&'o SchemaOptions> {
        // Nearly every contract has none, and this function is called for every schema.
        if self.chosen.is_empty() {
            return None;
        }
        self.chosen.get(&node.span).map(|(_, options)| *options)
    }

    /// Returns true if strings outside the enum of a schema are valid, because the schema or the settings say so.
    pub(super) fn is_open_enum(&self, node: &Node) -> bool {
        if let Some(chosen) = self.chosen(node).and_then(|chosen| chosen.enums) {
            return chosen == Enums::Open;
        }
        if let Some(written) = node.get("x-extensible-enum").and_then(Node::as_bool) {
            return written;
        }
        let values = node.get("enum").and_then(Node::as_array).unwrap_or_default();
        let is_text = |value: &Node| value.as_str().is_some() || value.is_null();
        // A single value identifies the schema, for example as a branch of a union.
        self.options.enums == Enums::Open
            && values.len() > 1
            && (node.get("type").and_then(Node::as_str) == Some("string") || values.iter().all(is_text))
    }

    /// Returns true if `additionalProperties: false` of a schema applies; the settings can lift it.
    pub(super) fn is_closed(&self, node: &Node) -> bool {
        let lifted = self.chosen(node).and_then(|chosen| chosen.unknown_fields);
        !matches!(lifted, Some(UnknownFields::Ignore | UnknownFields::Keep))
    }

    /// Returns true if values are not checked against a format, and it selects no type, because the settings list it.
    pub(super) fn is_plain_format(&mut self, name: &str, span: Span) -> bool {
        let listed = self.options.unchecked_formats.iter().any(|format| format.value == name);
        if listed {
            self.plain_formats.insert(name.to_owned());
            self.known_format(span);
        }
        listed
    }

    /// Reports formats in the settings that no schema of the contract has.
    pub(super) fn check_plain_formats(&mut self) {
        for format in &self.options.unchecked_formats {
            if self.plain_formats.contains(&format.value) {
                continue;
            }
            let message = format!("no schema of the contract has the format `{}`", format.value);
            let report = Diagnostic::error("unknown-name", format.span, message).label("has no effect");
            self.report(report.help("remove it from `unchecked_formats`, or correct its spelling"));
        }
    }
}
