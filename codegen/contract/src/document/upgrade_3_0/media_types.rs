//! The media types of bodies: `consumes` and `produces` of a Swagger 2.0 document and of its operations.

use std::rc::Rc;

use crate::document::node::Node;
use crate::source::Span;

/// A media type that a list declares, or that is assumed since no list does.
#[derive(Debug, Clone)]
pub(super) struct MediaType {
    pub(super) name: String,
    /// The span of the media type in its list, or of the schema that it is assumed for.
    pub(super) span: Span,
}

/// Returns the media types that an object lists in `consumes` or `produces`; `None` if it has no such list.
///
/// The list of an operation replaces the one of the document, even if it is empty (Swagger 2.0, operation object).
pub(super) fn declared(owner: &Node, list: &str) -> Option<Rc<[MediaType]>> {
    let elements = owner.get(list)?.as_array()?.iter();
    let named =
        elements.filter_map(|element| Some(MediaType { name: element.as_str()?.to_owned(), span: element.span }));
    Some(named.collect())
}

/// Returns the media type without its parameters, in lower case.
pub(super) fn essence(name: &str) -> String {
    name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Returns true if a media type describes text in a syntax that can carry a value of any schema.
pub(super) fn is_structured(name: &str) -> bool {
    let essence = essence(name);
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    let suffix = subtype.rsplit('+').next().unwrap_or_default();
    matches!(suffix, "json" | "xml" | "yaml" | "x-yaml") || essence == "application/x-www-form-urlencoded"
}

/// Returns true if two lists contain the same media types in the same order.
pub(super) fn same(one: &[MediaType], other: &[MediaType]) -> bool {
    one.iter().map(|media| &media.name).eq(other.iter().map(|media| &media.name))
}
