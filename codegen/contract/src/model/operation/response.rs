//! The responses that an operation declares.

use super::content::Content;
use super::header::Header;
use crate::source::Span;

/// A response that an operation declares for a status code or a range of them.
#[derive(Debug, Clone)]
pub struct Response {
    /// The span of the response object.
    pub span: Span,
    /// The status code of the response, or a range of them.
    pub status: Status,
    /// The description of the response (`description`).
    pub description: Option<String>,
    /// The headers of the response, without `Content-Type`, which OpenAPI ignores here.
    pub headers: Vec<Header>,
    /// The media types of the response body, each with its schema; empty if there is no body.
    pub content: Vec<Content>,
}

/// The status of a response, as the contract declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The response has a single status code, such as `404`.
    Code(u16),
    /// The response has the status codes of a range, given by its first digit, such as `4XX`.
    Range(u8),
    /// The response has every status code that is not declared otherwise (`default`).
    Default,
}
