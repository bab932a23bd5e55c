//! The vendor field `x-pagination`: the members of a page and the parameters that select it, as the contract names them.

use crate::source::{Span, Spanned};

/// The value of `x-pagination`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageSetting {
    /// The list is not a page (`x-pagination: false`).
    Off,
    /// The contract names the members of the page.
    Mapped(PageMapping),
}

/// The members of a page and the parameters that select it, as `x-pagination` names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageMapping {
    /// The span of the value of `x-pagination`.
    pub span: Span,
    /// The JSON pointers into the response body, each with the part of the page that it leads to.
    pub members: Vec<(PageRole, Spanned<String>)>,
    /// The names of query parameters, each with its meaning.
    pub parameters: Vec<(PageParameter, Spanned<String>)>,
}

/// The part of a page that a member of the response body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageRole {
    /// The elements of the page, an array.
    Items,
    /// The token or the URL of the next page.
    Next,
    /// The token or the URL of the previous page.
    Previous,
    /// True if pages follow.
    HasMore,
    /// True if no page follows.
    IsLast,
    /// The number of elements on all pages.
    Total,
    /// The number of pages.
    Pages,
    /// The number of this page.
    Number,
    /// The number of elements before this page.
    Offset,
    /// The maximum number of elements on a page.
    Limit,
}

/// The meaning of a query parameter that selects a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PageParameter {
    /// The number of the page.
    Number,
    /// The number of elements before the page.
    Offset,
    /// The token of the page, from the page before it.
    Cursor,
    /// The maximum number of elements on the page.
    Limit,
}
