//! The highest total that paginated lists of the API report. It is equal for all lists.

/// The highest value of `total` in the response of a paginated list. The server counts no further, because page
/// numbers end there: the contract allows 10,000 pages of 100 elements.
pub const MAX_TOTAL: i64 = 1_000_000;
