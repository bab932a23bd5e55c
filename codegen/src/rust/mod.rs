//! The third stage: decides every name, type and expression of the generated code, and returns finished
//! views.
//!
//! [`views`] runs the stage. The folders import in one direction: first `code` and `mention`, then `names`,
//! `view`, `plan` (the schemas that become types) and `expr` (expressions over values), then `types` and
//! `operations`, then `client`, and last `root`, which combines all of them.

pub mod code;
pub mod mention;
pub mod view;

mod client;
mod comment;
mod events;
mod expr;
mod fallbacks;
pub(crate) mod names;
pub(crate) mod operations;
pub(crate) mod plan;
mod root;
mod servers;
pub(crate) mod services;
mod types;

pub use names::ident::is_keyword;
pub use root::{CrateViews, views};
