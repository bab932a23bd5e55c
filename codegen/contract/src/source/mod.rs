//! Sources: the text of files, and the places in it, as bytes and as JSON pointers.

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
