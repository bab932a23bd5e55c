//! Writing of the generated files to a folder: all files or none, and only over files that an earlier run wrote.
//!
//! [`write()`] replaces the files of a folder, and [`check`] only compares them with the generated files. A
//! manifest in the folder lists each generated file with the hash of its content. Only listed files are
//! replaced or removed, and only while their content still has this hash. Every decision is made before the
//! first file is written.

mod changes;
mod error;
mod file_state;
mod files;
mod folder;
mod manifest;
mod stage;
mod state;
mod write;

pub use changes::Changes;
pub use error::{Conflict, WriteError};
pub use file_state::FileState;
pub use files::{Conflicts, HEADER, MANIFEST, Output, TOML_HEADER};
pub use write::{check, write};

#[cfg(test)]
mod tests;
