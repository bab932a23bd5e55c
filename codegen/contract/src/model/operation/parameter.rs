//! The parameters of an operation.

use crate::model::schema::SchemaId;
use crate::source::{Span, Spanned};

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The name of the parameter in requests.
    pub name: String,
    /// The span of the parameter object.
    pub span: Span,
    /// The location of the parameter in a request.
    pub location: ParameterLocation,
    /// True if the parameter is required. Path parameters always are.
    pub required: bool,
    /// The description of the parameter (`description`).
    pub description: Option<String>,
    /// True if the parameter is deprecated (`deprecated`).
    pub deprecated: bool,
    /// The serialization of arrays and objects (`style`).
    pub style: Style,
    /// True if each element or property is written as a separate parameter (`explode`).
    pub explode: bool,
    /// The schema of the parameter's value.
    pub schema: SchemaId,
    /// The name of the component, if the parameter is one.
    pub component: Option<String>,
    /// The Rust name of the parameter (`x-rust-name`).
    pub rust_name: Option<Spanned<String>>,
    /// True for a query parameter that may be sent without a value (`allowEmptyValue`).
    pub may_be_empty: bool,
    /// True if the parameter lists the sort order of the response (`x-sort`).
    pub sort: bool,
    /// True if the parameter selects the sparse fieldset of the response (`x-sparse`).
    pub sparse: bool,
}

/// The location of a parameter in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterLocation {
    /// A placeholder in the path (`in: path`).
    Path,
    /// The query string (`in: query`).
    Query,
    /// A header (`in: header`).
    Header,
    /// A cookie (`in: cookie`).
    Cookie,
}

impl ParameterLocation {
    /// Returns the value of `in` for the location.
    pub fn word(self) -> &'static str {
        match self {
            ParameterLocation::Path => "path",
            ParameterLocation::Query => "query",
            ParameterLocation::Header => "header",
            ParameterLocation::Cookie => "cookie",
        }
    }
}

/// The serialization of a parameter: a `style` of OpenAPI, or the media type of its `content`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `simple`: comma-separated values, in paths and headers.
    Simple,
    /// `label`: values after a dot, in paths.
    Label,
    /// `matrix`: `;name=value`, in paths.
    Matrix,
    /// `form`: `name=value`, in queries and cookies.
    Form,
    /// `spaceDelimited`: values separated by spaces, in queries.
    SpaceDelimited,
    /// `pipeDelimited`: values separated by `|`, in queries.
    PipeDelimited,
    /// `deepObject`: `name[property]=value`, in queries.
    DeepObject,
    /// The parameter has `content` with a JSON media type.
    Json,
    /// The parameter has `content` with another media type.
    Text,
}
