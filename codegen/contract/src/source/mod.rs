//! The text of the contract's files, and locations in it as byte ranges and as JSON pointers.
//!
//! [`Sources`] holds the text of each file under a [`FileId`]. A [`Span`] is a range of bytes in one file;
//! every node, diagnostic and object of the model keeps the span that it was read from. A [`NodePath`] is a
//! file and a JSON pointer in it, and identifies a node regardless of its text. This layer only stores text:
//! [`document`](crate::document) reads the files from the disk and parses them.

mod file_id;
mod node_path;
mod pointer;
mod sources;
mod span;

pub use file_id::FileId;
pub use node_path::NodePath;
pub(crate) use pointer::{Pointer, Step, unescape};
pub use sources::Sources;
pub use span::{Span, Spanned};
