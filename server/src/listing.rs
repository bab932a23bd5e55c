//! The limit of the total that all paginated lists of the API share.

/// The highest value of `total` in the response of a paginated list. Counting stops there, because page numbers
/// cannot reach further: the contract allows 10,000 pages of 100 elements.
pub const MAX_TOTAL: i64 = 1_000_000;
