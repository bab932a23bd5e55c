//! The page of a list that an operation returns.

use crate::model::schema::{PageParameter, PageRole, SchemaId};

/// The page of a list in the successful response of an operation, and the parameters that select it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// The index of the response in the operation.
    pub response: usize,
    /// The schema of the response body.
    pub body: SchemaId,
    /// The schema of an element.
    pub element: SchemaId,
    /// The names of the properties that lead from the body to the elements; empty if the body is the array.
    pub items: Vec<String>,
    /// The members of the body that describe the page, each with its role. A role has at most one member.
    pub members: Vec<PageMember>,
    /// The parameters that select a page, by their index in the operation.
    pub parameters: Vec<(PageParameter, usize)>,
    /// True if the response declares the header `Link`, whose relation `next` is the next page (RFC 8288 § 3.3).
    pub link: bool,
    /// The header of the response with the number of elements on all pages, if it declares one.
    pub total_header: Option<String>,
}

/// A member of a response body that describes a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageMember {
    /// The part of the page that the member holds.
    pub role: PageRole,
    /// The names of the properties that lead from the body to the member.
    pub path: Vec<String>,
    /// True if the member is a URL and not a token.
    pub is_url: bool,
    /// The parameter that takes the token of the next page, by its index in the operation.
    pub parameter: Option<usize>,
}

impl ListPage {
    /// Returns the member of the page with a role.
    pub fn member(&self, role: PageRole) -> Option<&PageMember> {
        self.members.iter().find(|member| member.role == role)
    }

    /// Returns the index of the parameter with a meaning.
    pub fn parameter(&self, meaning: PageParameter) -> Option<usize> {
        self.parameters.iter().find(|(known, _)| *known == meaning).map(|(_, index)| *index)
    }
}
