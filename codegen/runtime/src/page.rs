//! Pages of a list: what a caller asks for and what it gets.

use crate::json::{Write, Writer};

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
