//! The third stage: every decision that Rust asks for, made before a template is opened.
//!
//! The folders import one way, each from those before it: `code` and `mention`, `names`, `view`, `plan`,
//! `expr`, then `types` and `operations` beside each other, `client`, and `root`, which runs them in order.

pub mod code;
pub mod mention;
pub mod view;

mod client;
mod comment;
mod expr;
mod fallbacks;
mod names;
mod operations;
mod plan;
mod root;
mod servers;
mod types;

pub use root::{CrateViews, views};
