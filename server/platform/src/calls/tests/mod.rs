//! Tests of calls: in memory with a paused clock, and of a generated client whose service fails in every way.

mod carried;
mod deadlines;
mod outages;
mod refusals;
mod retries;
mod support;
mod unreliable;
