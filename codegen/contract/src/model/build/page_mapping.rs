//! The vendor field `x-pagination`, in the root of a contract, in an operation and in the schema of a page.

use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::document::Node;
use crate::model::schema::{PageMapping, PageParameter, PageRole, PageSetting};
use crate::source::Sources;

use super::builder::Builder;

/// The fields of `x-pagination` that are pointers into the response body.
const MEMBERS: [(&str, PageRole); 9] = [
    ("items", PageRole::Items),
    ("next", PageRole::Next),
    ("previous", PageRole::Previous),
    ("total", PageRole::Total),
    ("totalPages", PageRole::Pages),
    ("hasMore", PageRole::HasMore),
    ("number", PageRole::Number),
    ("start", PageRole::Offset),
    ("size", PageRole::Limit),
];

/// The fields of `x-pagination` that are names of query parameters.
const PARAMETERS: [(&str, PageParameter); 4] = [
    ("cursor", PageParameter::Cursor),
    ("page", PageParameter::Number),
    ("offset", PageParameter::Offset),
    ("limit", PageParameter::Limit),
];

/// The help of diagnostics about `x-pagination`.
const EXAMPLE: &str = "example: `x-pagination: { items: /data, next: /meta/nextCursor, cursor: cursor, limit: limit }`";

impl Builder<'_, '_> {
    /// Returns `x-pagination` of an operation or a schema, if it is valid.
    pub(super) fn page_setting(&mut self, owner: &Node) -> Option<PageSetting> {
        let written = owner.get("x-pagination")?;
        read_page_setting(written, &self.document.sources, self.diagnostics)
    }
}

/// Parses the value of `x-pagination`.
///
/// Reports each mistake, and returns `None` if there is one.
pub(in crate::model) fn read_page_setting(
    node: &Node,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Option<PageSetting> {
    if node.as_bool() == Some(false) {
        return Some(PageSetting::Off);
    }
    let error = |span, message: String| Diagnostic::error("bad-pagination", span, message);
    let Some(object) = node.as_object() else {
        let message = format!("`x-pagination` must be an object or false, not {}", node.kind_name());
        diagnostics.push(error(node.span, message).label("expected an object").help(EXAMPLE));
        return None;
    };
    let mut mapping = PageMapping { span: node.span, members: Vec::new(), parameters: Vec::new() };
    let mut mistakes = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !key.name.starts_with("x-")) {
        let member = MEMBERS.iter().find(|(name, _)| *name == key.name);
        let parameter = PARAMETERS.iter().find(|(name, _)| *name == key.name);
        let text = value.as_spanned_str();
        let is_pointer = |text: &str| text.is_empty() || text.starts_with('/');
        let is_header = |text: &str| key.name == "next" && text.eq_ignore_ascii_case("link");
        match (member, parameter, text) {
            (Some((_, role)), _, Some(text)) if is_pointer(&text.value) || is_header(&text.value) => {
                mapping.members.push((*role, text));
            }
            (Some(_), _, _) => {
                let message = format!("`{}` of `x-pagination` must be a JSON pointer such as `/data`", key.name);
                let report = error(value.span, message).label("must begin with `/`");
                mistakes.push(report.help("`next: Link` stands for the header `Link`"));
            }
            (_, Some((_, meaning)), Some(text)) => mapping.parameters.push((*meaning, text)),
            (_, Some(_), None) => {
                let message = format!("`{}` of `x-pagination` must be the name of a query parameter", key.name);
                mistakes.push(error(value.span, message).label("expected a string"));
            }
            (None, None, _) => {
                let report =
                    error(key.span, format!("`x-pagination` has no field `{}`", key.name)).label("unknown field");
                let known = || MEMBERS.iter().map(|(name, _)| *name).chain(PARAMETERS.iter().map(|(name, _)| *name));
                mistakes.push(match closest(&key.name, known()) {
                    Some(close) => report.suggest(sources.inside_quotes(key.span), close),
                    None => report.help(format!("the fields are `{}`", known().collect::<Vec<_>>().join("`, `"))),
                });
            }
        }
    }
    if mistakes.is_empty() && !object.contains_key("items") {
        let report = error(node.span, "`x-pagination` needs `items`".to_owned());
        mistakes.push(report.label("`items` is missing: the pointer to the array of elements").help(EXAMPLE));
    }
    let is_valid = mistakes.is_empty();
    mistakes.into_iter().for_each(|mistake| diagnostics.push(mistake));
    is_valid.then_some(PageSetting::Mapped(mapping))
}
