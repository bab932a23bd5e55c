//! The state of one file in the folder of generated files, compared with the generated content and the manifest.

use std::fmt;

/// The state of a file in the folder of generated files, compared with the generated content and the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// The generated file does not exist on disk.
    Missing,
    /// The file on disk has exactly the generated content.
    Fresh,
    /// An earlier run wrote the file, and its generated content has changed since. Holds the number of the
    /// first line that differs, starting at 1.
    Stale(usize),
    /// An earlier run wrote the file, and it was edited by hand since. It is a conflict.
    Edited,
    /// The file exists, but no earlier run wrote it. It is a conflict.
    NotGenerated,
    /// An earlier run wrote the file, and it is no longer generated. It is removed.
    Leftover,
    /// An earlier run wrote the file, it was edited by hand since, and it is no longer generated. It is a conflict.
    EditedLeftover,
    /// The file belongs to another generated crate, whose manifest is in a subfolder. The file cannot be overwritten.
    OtherCrate,
    /// A folder on the path of the file is a symbolic link. The file cannot be overwritten.
    Link,
}

impl FileState {
    /// Returns true if a file in this state is a conflict: it is replaced or removed on request only, or never.
    pub fn is_conflict(self) -> bool {
        self.can_be_overwritten() || matches!(self, FileState::OtherCrate | FileState::Link)
    }

    /// Returns true if a file in this state is replaced or removed on request, see [`super::Conflicts::Overwrite`].
    pub fn can_be_overwritten(self) -> bool {
        matches!(self, FileState::Edited | FileState::NotGenerated | FileState::EditedLeftover)
    }
}

impl fmt::Display for FileState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FileState::Missing => write!(f, "is missing"),
            FileState::Fresh => write!(f, "is up to date"),
            FileState::Stale(line) => write!(f, "differs from the generated file, first in line {line}"),
            FileState::Edited => write!(f, "was edited by hand"),
            FileState::NotGenerated => write!(f, "was not generated"),
            FileState::Leftover => write!(f, "is no longer generated"),
            FileState::EditedLeftover => write!(f, "was edited by hand, and is no longer generated"),
            FileState::OtherCrate => write!(f, "belongs to another generated crate"),
            FileState::Link => write!(f, "is behind a symbolic link"),
        }
    }
}
