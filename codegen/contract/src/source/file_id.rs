//! The identifier by which spans and diagnostics refer to a source file.

/// The identifier of a source file among the [`Sources`](super::Sources) of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// The identifier of the entry file of a contract: the file that contains the `openapi` field.
    pub const ENTRY: FileId = FileId(0);

    /// The identifier of the settings file (`codegen.toml`), which is kept apart from the files of the contract.
    pub const SETTINGS: FileId = FileId(u32::MAX);

    /// The identifier of the command-line arguments, which are kept as a file so that diagnostics can point into them.
    pub const COMMAND_LINE: FileId = FileId(u32::MAX - 1);
}
