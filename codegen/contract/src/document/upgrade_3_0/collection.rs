//! The separation of the elements of a list: `collectionFormat` of Swagger 2.0 as `style` and `explode`.

use super::Upgrade;
use super::create::{field, key, object, text, truth};
use crate::document::node::{Key, Node, Object};
use crate::source::Span;

/// The way in which OpenAPI 3.0 writes a list as Swagger 2.0 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// The value is not a list, or the default style of its location applies.
    Plain,
    /// The list has a style of its own, and an own `explode`.
    Styled(Option<&'static str>, bool),
    /// OpenAPI 3.0 has no such list, so the complete value is one string.
    OneString,
}

impl Written {
    /// Returns the fields `style` and `explode`; `None` if the defaults apply.
    pub(super) fn fields(self, span: Span) -> Option<Vec<(Key, Node)>> {
        let Written::Styled(style, explode) = self else { return None };
        let style = style.map(|style| (key(span, "style"), text(span, style)));
        Some(style.into_iter().chain([(key(span, "explode"), truth(span, explode))]).collect())
    }
}

impl<'d> Upgrade<'d, '_> {
    /// Returns the way in which the value of a parameter or header is written, and reports a list that OpenAPI 3.0
    /// cannot express.
    ///
    /// `location` is the `in` of a parameter, `multipart` for a field of a multipart form.
    pub(super) fn written(&mut self, owner: &'d Object, location: &str) -> Written {
        let Some(kind) = owner.get("type").filter(|kind| kind.as_str() == Some("array")) else { return Written::Plain };
        let declared = owner.get("collectionFormat");
        let format = declared.and_then(Node::as_str).unwrap_or("csv");
        let files = owner.get("items").and_then(|items| items.get("type")).and_then(Node::as_str) == Some("file");
        let written = match (format, location) {
            (_, "body") | ("csv", "path" | "header") => Written::Plain,
            // A part of a multipart body contains one value, so a list of files is a repeated part.
            ("multi", "multipart") => Written::Plain,
            (_, "multipart") if files => Written::Plain,
            ("csv", "query" | "formData") => Written::Styled(Some("form"), false),
            ("multi", "query" | "formData") => Written::Styled(Some("form"), true),
            ("ssv", "query" | "formData") => Written::Styled(Some("spaceDelimited"), false),
            ("pipes", "query" | "formData") => Written::Styled(Some("pipeDelimited"), false),
            ("multi", _) => {
                let span = declared.unwrap_or(kind).span;
                let message = "`collectionFormat: multi` is allowed only for query and form parameters";
                let problem = self.remark("collection-format", span, message);
                let problem = problem.label(if self.strict { "not allowed here" } else { "read as `csv`" });
                self.diagnostics.push(problem.help("write `collectionFormat: csv`"));
                return Written::Plain;
            }
            _ => Written::OneString,
        };
        if written == Written::OneString {
            let span = declared.unwrap_or(kind).span;
            let place = if location == "multipart" { "a multipart form" } else { location };
            let default = if declared.is_none() { " (the default)" } else { "" };
            let message = format!(
                "a list with `collectionFormat: {format}`{default} in {place} has no equivalent in OpenAPI 3.0"
            );
            let instead = if matches!(location, "path" | "header") { "csv" } else { "multi" };
            self.one_string(span, message, instead);
        }
        written
    }

    /// Reports a value that is read as one string instead of a list.
    fn one_string(&mut self, span: Span, message: String, instead: &str) {
        let problem = self.remark("collection-format", span, message);
        let problem = problem.label(if self.strict { "cannot be expressed" } else { "read as one string" });
        let advice = format!("split the string in the handler, or write `collectionFormat: {instead}`");
        self.diagnostics.push(problem.help(advice));
    }

    /// Returns the schema of the elements of a list outside of a body, and reports a list within the list, which
    /// OpenAPI 3.0 writes in no style.
    pub(super) fn elements(&mut self, items: &'d Node) -> Node {
        let Some(kind) = items.get("type").filter(|kind| kind.as_str() == Some("array")) else {
            return self.node(items);
        };
        let span = items.get("collectionFormat").unwrap_or(kind).span;
        let message = "a list within a list has no equivalent in OpenAPI 3.0 outside of a body";
        let problem = self.remark("collection-format", span, message);
        let problem = problem.label(if self.strict { "cannot be expressed" } else { "read as one string" });
        self.diagnostics.push(problem.help("split the string in the handler, or write the lists in a body"));
        object(items.span, [field(span, "type", "string")])
    }
}
