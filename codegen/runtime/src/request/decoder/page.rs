//! The parameters of lists that come in pages.

use super::Decoder;
use crate::json::Reader;
use crate::validate::rules::IntegerRule;
use crate::validate::violation::Violation;
use crate::values::page::{PageAt, PageRequest};

/// Which parameters make a page of a list, and how large it may be.
#[derive(Debug, Clone, Copy)]
pub struct PageRule {
    /// The index of the parameter that holds the page's number.
    pub page: Option<usize>,
    /// The index of the parameter that holds the number of elements.
    pub limit: Option<usize>,
    /// The index of the parameter that holds a cursor.
    pub cursor: Option<usize>,
    /// How many elements a page has where the caller does not say.
    pub default_limit: u32,
    /// How many elements a caller may ask for.
    pub max_limit: u32,
    /// The greatest number of a page that a caller may ask for.
    pub max_page: u32,
    /// How a cursor is read.
    pub read_cursor: fn(&mut Reader<'_>) -> Option<String>,
}

impl Decoder<'_> {
    /// Reads the parameters of a list that comes in pages. `page` and `cursor` exclude each other;
    /// without both it is the first page.
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
                self.violate(Violation { message: message.into(), ..self.at(index) });
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
