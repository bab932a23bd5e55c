//! The method of the request decoder that reads the pagination parameters of a list operation.

use super::Decoder;
use crate::json::Reader;
use crate::validate::rules::IntegerRule;
use crate::validate::violation::Violation;
use crate::values::page::{PageAt, PageRequest};

/// The pagination parameters of a list operation and their limits, as constant data in generated code.
/// Generated code uses this type; a service does not.
#[derive(Debug, Clone, Copy)]
pub struct PageRule {
    /// The index of the pagination parameter with the page number; `None` if the operation has none.
    pub page: Option<usize>,
    /// The index of the pagination parameter with the number of elements per page; `None` if the operation has none.
    pub limit: Option<usize>,
    /// The index of the pagination parameter with the cursor; `None` if the operation has none.
    pub cursor: Option<usize>,
    /// The number of elements per page if the caller does not specify one.
    pub default_limit: u32,
    /// The maximum number of elements per page that a caller may request.
    pub max_limit: u32,
    /// The maximum page number that a caller may request.
    pub max_page: u32,
    /// The function that reads and validates the pagination cursor.
    pub read_cursor: fn(&mut Reader<'_>) -> Option<String>,
}

impl Decoder<'_> {
    /// Reads the pagination parameters of the request. A page number and a cursor exclude each other; without
    /// both, the result is page 1.
    pub fn page(&mut self, rule: &PageRule) -> Option<PageRequest> {
        let integer = |max| IntegerRule { min: Some(1), max: Some(i128::from(max)), multiple_of: None };
        let limit = match self.sent(rule.limit) {
            Some((index, found)) => self.read(index, found, |r| r.uint32(&integer(rule.max_limit))),
            None => Some(rule.default_limit),
        };
        let (page, cursor) = (self.sent(rule.page), self.sent(rule.cursor));
        let at = match (page, cursor) {
            (Some(_), Some((index, _))) => {
                let message = "cannot be combined with a page number";
                self.violate(Violation { message: message.into(), ..self.violation_at(index) });
                None
            }
            (Some((index, found)), None) => {
                self.read(index, found, |r| r.uint32(&integer(rule.max_page))).map(PageAt::Number)
            }
            (None, Some((index, found))) => self.read(index, found, rule.read_cursor).map(PageAt::Cursor),
            (None, None) => Some(PageAt::Number(1)),
        };
        Some(PageRequest { limit: limit?, at: at? })
    }
}
