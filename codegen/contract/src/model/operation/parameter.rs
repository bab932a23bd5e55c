//! The parameters of an operation: path, query, header and cookie, and the query string as one parameter.

use super::content::Encoding;
use super::style::Style;
use crate::model::schema::SchemaId;
use crate::source::{Span, Spanned};

/// A parameter of an operation, in the path, query string, headers or cookies.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name of the parameter in requests.
    pub name: String,
    /// The span of the parameter object.
    pub span: Span,
    /// The location of the parameter in a request: path, query string, header or cookie.
    pub location: ParameterLocation,
    /// True if the parameter is required. Path parameters always are.
    pub required: bool,
    /// The description of the parameter (`description`).
    pub description: Option<String>,
    /// True if the parameter is deprecated (`deprecated`).
    pub deprecated: bool,
    /// The serialization of the parameter's value (`style`, or the media type of `content`).
    pub style: Style,
    /// The encodings of the properties of a form, if the parameter is a complete query string (`encoding`).
    pub encoding: Vec<Encoding>,
    /// True if each element or property of the value is written as a separate parameter (`explode`).
    pub explode: bool,
    /// The schema of the parameter's value.
    pub schema: SchemaId,
    /// The name of the component that declares the parameter; `None` if it is declared inline.
    pub component: Option<String>,
    /// The Rust name of the parameter (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
    /// True if the query parameter may be sent without a value (`allowEmptyValue`).
    pub may_be_empty: bool,
    /// True if the parameter contains the sort order of the response (`x-sort`).
    pub sort: bool,
    /// The sort orders that a request can choose from, if the schema of the sort parameter lists them (`enum`). Otherwise
    /// every order of the keys is allowed.
    pub orders: Option<Vec<Vec<SortKey>>>,
    /// True if the parameter selects the sparse fieldset of the response (`x-sparse`).
    pub sparse: bool,
}

/// A key of a sort order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// The name of the key without its sign.
    pub name: String,
    /// True if the greatest value comes first (`-name`).
    pub descending: bool,
}

impl SortKey {
    /// Reads a sort key with its optional sign.
    pub fn read(text: &str) -> SortKey {
        let (name, descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text.strip_prefix('+').unwrap_or(text), false),
        };
        SortKey { name: name.to_owned(), descending }
    }
}

/// The location of a parameter in a request: path, query string, header or cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParameterLocation {
    /// The parameter is a placeholder in the path (`in: path`).
    Path,
    /// The parameter is in the query string (`in: query`).
    Query,
    /// The parameter is the complete query string (`in: querystring`).
    QueryString,
    /// The parameter is a header (`in: header`).
    Header,
    /// The parameter is a cookie (`in: cookie`).
    Cookie,
}

impl ParameterLocation {
    /// Returns the location that a value of `in` names; `None` for a word that is no location.
    pub(crate) fn named(word: &str) -> Option<ParameterLocation> {
        let all = [
            ParameterLocation::Path,
            ParameterLocation::Query,
            ParameterLocation::QueryString,
            ParameterLocation::Header,
            ParameterLocation::Cookie,
        ];
        all.into_iter().find(|location| location.word() == word)
    }

    /// Returns the location of a parameter as the value of `in`, such as `path` or `query`.
    pub fn word(self) -> &'static str {
        match self {
            ParameterLocation::Path => "path",
            ParameterLocation::Query => "query",
            ParameterLocation::QueryString => "querystring",
            ParameterLocation::Header => "header",
            ParameterLocation::Cookie => "cookie",
        }
    }
}
