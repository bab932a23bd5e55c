//! The third stage: every decision that Rust asks for, made before a template is opened.

pub mod code;
mod comment;
pub mod view;

mod answers;
mod bodies;
mod branch;
mod calls;
mod codecs;
mod cycles;
mod declarations;
mod declare;
mod default;
mod depth;
mod envelope;
mod errors;
mod explicit;
mod facts;
mod fallbacks;
mod fields;
mod forms;
mod ident;
mod names;
mod operation_docs;
mod operation_names;
mod operation_views;
mod parts;
mod pattern;
mod patterns;
mod read;
mod request_body;
mod requests;
mod responses;
mod root;
mod sent;
mod serde_types;
mod servers;
mod status;
mod tagged;
mod type_views;
mod types;
mod usage;
mod uses;
mod variants;

pub use root::{CrateViews, views};
