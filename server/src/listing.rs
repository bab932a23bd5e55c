//! The limit that all lists share.

/// The highest value of `total` in a list. Counting stops there, because page numbers cannot reach further: the
/// contract allows 10,000 pages of 100 elements.
pub const MAX_TOTAL: i64 = 1_000_000;
