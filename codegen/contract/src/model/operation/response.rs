//! The responses of an operation.

use super::content::Content;
use super::header::Header;
use crate::source::Span;

/// A declared response of an operation.
#[derive(Debug, Clone)]
pub struct Response {
    /// The span of the response object.
    pub span: Span,
    /// The status of the response.
    pub status: Status,
    /// The description of the response (`description`).
    pub description: Option<String>,
    /// The headers, without `Content-Type`, which OpenAPI ignores here.
    pub headers: Vec<Header>,
    /// The media types of the response.
    pub content: Vec<Content>,
}

/// The status of a response, as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// A single status code, such as `404`.
    Code(u16),
    /// A range of status codes by its first digit, such as `4XX`.
    Range(u8),
    /// All status codes that are not declared otherwise (`default`).
    Default,
}
