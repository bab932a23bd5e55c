//! The identity of a file.

/// A file among the [`Sources`](super::Sources).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// The entry of a contract.
    pub const ENTRY: FileId = FileId(0);

    /// The settings file that stands beside the contract, apart from the files of the contract.
    pub const SETTINGS: FileId = FileId(u32::MAX);

    /// The arguments of the command line, as if they were a file.
    pub const COMMAND_LINE: FileId = FileId(u32::MAX - 1);
}
