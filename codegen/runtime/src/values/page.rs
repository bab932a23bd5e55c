//! Pages of a list: what a caller asks for and what it gets.

use crate::json::{Read, Reader, Write, Writer};
use crate::validate::rules::{ArrayRule, IntegerRule, ObjectRule, StringRule};

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The elements.
    pub data: Vec<T>,
    /// Where the page stands in the list.
    pub pagination: Pagination,
}

/// Where a page stands in its list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pagination {
    /// How many elements there are in all.
    pub total: u64,
    /// The page's number from 1, where pages are numbered.
    pub page: Option<u32>,
    /// How many elements a page holds at most.
    pub limit: u32,
    /// Whether more follow.
    pub has_more: bool,
    /// What to send as `cursor` for the next page.
    pub next_cursor: Option<String>,
}

/// Which page a caller wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// How many elements at most.
    pub limit: u32,
    /// From where.
    pub at: PageAt,
}

/// From where a page starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageAt {
    /// The page of this number, from 1.
    Number(u32),
    /// After what an earlier answer's `next_cursor` stands for.
    Cursor(String),
}

impl PageRequest {
    /// How many elements stand before the page, for numbered pages; 0 for a cursor.
    pub fn offset(&self) -> u64 {
        match self.at {
            PageAt::Number(number) => u64::from(number.saturating_sub(1)) * u64::from(self.limit),
            PageAt::Cursor(_) => 0,
        }
    }
}

impl Reader<'_> {
    /// Reads a page whose elements are read by `element`.
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
        const RULE: &ObjectRule = &ObjectRule { fields: NAMES, required: NAMES, ..ObjectRule::NONE };
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
        Some(Pagination { total: total?, page: page?, limit: limit?, has_more: has_more?, next_cursor: next_cursor? })
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

impl Write for Pagination {
    fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        writer.field("total", &self.total);
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
    fn a_page_comes_back_from_its_text() {
        let pagination = Pagination { total: 3, page: None, limit: 2, has_more: true, next_cursor: Some("x".into()) };
        let page = Page { data: vec![1_i64, 2], pagination };
        let mut writer = Writer::new();
        page.write(&mut writer);
        let text = writer.finish();
        assert_eq!(Reader::json(&text).page(i64::read), Some(page));
        let mut reader = Reader::json(br#"{"data": [1], "pagination": {"total": -1}}"#);
        assert_eq!(reader.page(i64::read), None);
        assert_eq!(reader.into_violations().list.len(), 5);
    }
}
