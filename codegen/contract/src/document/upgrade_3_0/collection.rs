//! The separation of the elements of a list: `collectionFormat` of Swagger 2.0 as `style` and `explode`.

use super::Upgrade;
use super::create::{field, key, object, text, truth};
use crate::document::node::{Key, Node, Object};
use crate::source::Span;

/// The field by which the upgrade notes the collection format of a list that OpenAPI 3.0 cannot express.
///
/// It is a vendor field, so that the upgraded document is valid.
pub const COLLECTION_FORMAT: &str = "x-collectionFormat";

/// The way in which OpenAPI 3.0 writes a list as Swagger 2.0 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written<'d> {
    /// The value is not a list, or the default style of its location applies.
    Plain,
    /// The list has a style of its own, and an own `explode`.
    Styled(&'static str, bool),
    /// OpenAPI 3.0 has no style for the collection format of the list.
    Format(&'d str),
}

impl Written<'_> {
    /// Returns the fields that describe the list beside its schema.
    pub(super) fn fields(self, span: Span) -> Vec<(Key, Node)> {
        match self {
            Written::Plain => Vec::new(),
            Written::Styled(style, explode) => {
                vec![field(span, "style", style), (key(span, "explode"), truth(span, explode))]
            }
            Written::Format(format) => vec![(key(span, COLLECTION_FORMAT), text(span, format))],
        }
    }
}

impl<'d> Upgrade<'d, '_> {
    /// Returns the way in which the value of a parameter or header is written, and reports a collection format that
    /// Swagger 2.0 does not allow there.
    ///
    /// `location` is the `in` of a parameter, or `header` for a header of a response.
    pub(super) fn written(&mut self, owner: &'d Object, location: &str) -> Written<'d> {
        let Some(kind) = owner.get("type").filter(|kind| kind.as_str() == Some("array")) else { return Written::Plain };
        let declared = owner.get("collectionFormat");
        let format = declared.and_then(Node::as_str).unwrap_or("csv");
        // A part of a multipart body contains one file, so a list of files is a repeated part.
        let files = owner.get("items").and_then(|items| items.get("type")).and_then(Node::as_str) == Some("file");
        match (format, location) {
            _ if files || location == "body" => Written::Plain,
            ("csv", "path" | "header") | ("multi", "formData") => Written::Plain,
            ("csv", _) => Written::Styled("form", false),
            ("multi", "query") => Written::Styled("form", true),
            ("ssv", "query" | "formData") => Written::Styled("spaceDelimited", false),
            ("pipes", "query" | "formData") => Written::Styled("pipeDelimited", false),
            ("multi", _) => {
                let span = declared.unwrap_or(kind).span;
                let message = "`collectionFormat: multi` is allowed only for query and form parameters";
                let problem = self.remark("collection-format", span, message);
                let problem = problem.label(if self.strict { "not allowed here" } else { "read as `csv`" });
                self.diagnostics.push(problem.help("write `collectionFormat: csv`"));
                Written::Plain
            }
            _ => Written::Format(format),
        }
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
