//! Pagination: the request for a page of a list, and the page in the response.

use crate::json::{Checker, Conform, Read, Reader, Write, Writer};
use crate::validate::rules::{ArrayRule, IntegerRule, ObjectRule, StringRule};

/// A page of a list, as a response body contains it: `{"data": […], "pagination": {…}}`.
///
/// ```
/// use writ_runtime::{Page, PageAt, PageRequest};
///
/// /// Returns a page of the words, by number.
/// fn page_of(words: &[&str], request: &PageRequest) -> Page<String> {
///     let (offset, limit) = (request.offset() as usize, request.limit as usize);
///     let data: Vec<String> = words.iter().skip(offset).take(limit).map(|word| word.to_string()).collect();
///     request.page(data, words.len() as u64)
/// }
///
/// let second = PageRequest { limit: 2, at: PageAt::Number(2) };
/// let page = page_of(&["one", "two", "three"], &second);
/// assert_eq!(page.data, ["three"]);
/// assert!(!page.pagination.has_more);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The elements of the list that are on this page.
    pub data: Vec<T>,
    /// The position of this page in the complete list.
    pub pagination: Pagination,
}

impl<T> Page<T> {
    /// Returns the page with each element converted by `f`.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { data: self.data.into_iter().map(f).collect(), pagination: self.pagination }
    }
}

/// The position of a page in the complete list, as a response contains it. [`Page`] has an example.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pagination {
    /// The number of elements in the complete list, or `None` if it is unknown, for example because counting takes too long.
    pub total: Option<u64>,
    /// The number of this page, starting at 1, or `None` if the caller requested the page by cursor.
    pub page: Option<u32>,
    /// The maximum number of list elements on a page.
    pub limit: u32,
    /// True if the list has more elements after this page.
    pub has_more: bool,
    /// The cursor of the next page, which the caller sends as the parameter `cursor`, or `None`.
    pub next_cursor: Option<String>,
}

/// The page of a list that a caller requests, from the parameters `limit`, `page` and `cursor`.
///
/// The contract declares the limits and defaults of the parameters, and the request is already checked against
/// them.
///
/// ```
/// use writ_runtime::{PageAt, PageRequest};
///
/// let request = PageRequest { limit: 20, at: PageAt::Number(3) };
/// assert_eq!(request.offset(), 40);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The maximum number of list elements on a page.
    pub limit: u32,
    /// The start of the page in the list: a page number, an offset or a cursor.
    pub at: PageAt,
}

/// The start of a requested page in the list. [`Page`] has an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageAt {
    /// The page with this number. The first page has the number 1.
    Number(u32),
    /// The page after this number of elements.
    Offset(u64),
    /// The page that follows the position of this cursor, which is the `next_cursor` of an earlier page.
    Cursor(String),
}

impl PageRequest {
    /// Returns the number of list elements before the requested page, or 0 if it was requested by cursor.
    pub fn offset(&self) -> u64 {
        match self.at {
            PageAt::Number(number) => u64::from(number.saturating_sub(1)) * u64::from(self.limit),
            PageAt::Offset(offset) => offset,
            PageAt::Cursor(_) => 0,
        }
    }

    /// Returns the page with these elements of a list that has `total` elements. For a page that was requested by cursor,
    /// set `has_more` and `next_cursor` of its `pagination`.
    pub fn page<T>(&self, data: Vec<T>, total: u64) -> Page<T> {
        let end = self.offset().saturating_add(data.len() as u64);
        let (page, has_more) = match self.at {
            PageAt::Number(number) => (Some(number), end < total),
            PageAt::Offset(offset) => {
                let number = offset / u64::from(self.limit.max(1)) + 1;
                (Some(u32::try_from(number).unwrap_or(u32::MAX)), end < total)
            }
            PageAt::Cursor(_) => (None, false),
        };
        Page {
            data,
            pagination: Pagination { total: Some(total), page, limit: self.limit, has_more, next_cursor: None },
        }
    }
}

impl Reader<'_> {
    /// Reads a page of a list from JSON, and each element of the page by `element`.
    pub fn page<T>(&mut self, element: impl Fn(&mut Self) -> Option<T>) -> Option<Page<T>> {
        const RULE: &ObjectRule =
            &ObjectRule { fields: &["data", "pagination"], required: &["data", "pagination"], ..ObjectRule::NONE };
        let (mut data, mut pagination) = (None, None);
        let mut object = self.object(RULE)?;
        while let Some(field) = self.next_field(&mut object) {
            match field {
                0 => data = self.array(&ArrayRule::NONE, &element),
                _ => pagination = Pagination::read(self),
            }
        }
        self.end_object(object);
        Some(Page { data: data?, pagination: pagination? })
    }
}

impl Read for Pagination {
    fn read(r: &mut Reader<'_>) -> Option<Pagination> {
        const NAMES: &[&str] = &["total", "page", "limit", "hasMore", "nextCursor"];
        const REQUIRED: &[&str] = &["page", "limit", "hasMore", "nextCursor"];
        const RULE: &ObjectRule = &ObjectRule { fields: NAMES, required: REQUIRED, ..ObjectRule::NONE };
        let (mut total, mut page, mut limit, mut has_more, mut next_cursor) = (None, None, None, None, None);
        let mut object = r.object(RULE)?;
        while let Some(field) = r.next_field(&mut object) {
            match field {
                0 => total = r.uint64(&IntegerRule::NONE),
                1 => page = r.nullable(|r| r.uint32(&IntegerRule::NONE)),
                2 => limit = r.uint32(&IntegerRule::NONE),
                3 => has_more = r.bool(),
                _ => next_cursor = r.nullable(|r| r.string(&StringRule::NONE)),
            }
        }
        r.end_object(object);
        Some(Pagination { total, page: page?, limit: limit?, has_more: has_more?, next_cursor: next_cursor? })
    }
}

impl<T: Write> Write for Page<T> {
    fn write(&self, writer: &mut Writer) {
        writer.begin_page("data");
        writer.field("data", &self.data);
        writer.field("pagination", &self.pagination);
        writer.end_object();
    }
}

/// The rules of the list of a page.
#[derive(Debug, Clone, Copy)]
pub struct PageOf<R>(pub R);

impl<R, T> Conform<PageOf<R>> for Page<T>
where
    Vec<T>: Conform<R>,
{
    fn conform(&self, rule: &PageOf<R>, checker: &mut Checker<'_>) {
        checker.begin_page("data");
        checker.field("data", &self.data, &rule.0);
    }
}

impl Write for Pagination {
    fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        if let Some(total) = &self.total {
            writer.field("total", total);
        }
        writer.field("page", &self.page);
        writer.field("limit", &self.limit);
        writer.field("hasMore", &self.has_more);
        writer.field("nextCursor", &self.next_cursor);
        writer.end_object();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_round_trips_through_json() {
        for total in [Some(3), None] {
            let pagination = Pagination { total, page: None, limit: 2, has_more: true, next_cursor: Some("x".into()) };
            let page = Page { data: vec![1_i64, 2], pagination };
            let mut writer = Writer::new();
            page.write(&mut writer);
            let text = writer.finish().unwrap();
            assert_eq!(String::from_utf8_lossy(&text).contains("total"), total.is_some());
            assert_eq!(Reader::json(&text).page(i64::read), Some(page));
        }
        let mut reader = Reader::json(br#"{"data": [1], "pagination": {"total": -1}}"#);
        assert_eq!(reader.page(i64::read), None);
        assert_eq!(reader.into_violations().list.len(), 5);
    }

    #[test]
    fn a_page_counts_the_elements_before_it() {
        let at = |at| PageRequest { limit: 20, at };
        assert_eq!(at(PageAt::Number(1)).offset(), 0);
        assert_eq!(at(PageAt::Number(3)).offset(), 40);
        assert_eq!(at(PageAt::Offset(7)).offset(), 7);
        assert_eq!(at(PageAt::Cursor("x".into())).offset(), 0);
    }

    #[test]
    fn a_page_has_more_elements_after_it_until_the_end_of_the_list() {
        let page = |at, length, total| {
            let Pagination { page, has_more, .. } =
                PageRequest { limit: 4, at }.page(vec![(); length], total).pagination;
            (page, has_more)
        };
        assert_eq!(page(PageAt::Number(1), 4, 9), (Some(1), true));
        assert_eq!(page(PageAt::Number(2), 4, 8), (Some(2), false));
        assert_eq!(page(PageAt::Number(3), 1, 9), (Some(3), false));
        assert_eq!(page(PageAt::Offset(3), 4, 8), (Some(1), true));
        assert_eq!(page(PageAt::Offset(4), 4, 8), (Some(2), false));
        assert_eq!(page(PageAt::Offset(u64::MAX), 0, 8), (Some(u32::MAX), false));
        assert_eq!(page(PageAt::Cursor("x".into()), 4, 8), (None, false));
    }
}
