//! What all lists have in common beside their order.

/// The most elements that a list counts: as many as numbered pages reach, 10 000 pages of 100.
pub const MOST_COUNTED: i64 = 1_000_000;
