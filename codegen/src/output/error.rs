//! The errors of writing the generated files.

use std::path::PathBuf;
use std::{fmt, io};

use super::file_state::FileState;
use super::files::MANIFEST;

/// An error of writing the generated files. The folder is unchanged.
#[derive(Debug)]
pub enum WriteError {
    /// A file or folder cannot be read or written.
    Io {
        /// The file or folder that cannot be read or written.
        path: PathBuf,
        /// The error that the operating system returned for a file.
        source: io::Error,
    },
    /// Files that must not be replaced are in the way.
    Conflicts {
        /// The folder of the generated files.
        folder: PathBuf,
        /// Every file that must not be replaced or removed.
        conflicts: Vec<Conflict>,
    },
    /// The manifest of the folder is not valid.
    Manifest {
        /// The path of the invalid manifest.
        path: PathBuf,
        /// The number of the invalid line, starting at 1. It is neither a comment nor a hash and a path.
        line: usize,
    },
    /// The folder contains files of a crate that was generated in a parent folder.
    Inside {
        /// The folder that the generated files should be written to.
        folder: PathBuf,
        /// The parent folder of the other crate, which lists these files in its manifest.
        owner: PathBuf,
    },
}

/// A file that must not be replaced or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The path of the file, relative to the folder.
    pub path: String,
    /// The state of the file in the way.
    pub state: FileState,
}

impl WriteError {
    /// Returns true if the run would succeed with [`super::Conflicts::Overwrite`].
    pub fn can_be_overwritten(&self) -> bool {
        match self {
            WriteError::Conflicts { conflicts, .. } => {
                conflicts.iter().all(|conflict| conflict.state.can_be_overwritten())
            }
            WriteError::Manifest { .. } => true,
            WriteError::Io { .. } | WriteError::Inside { .. } => false,
        }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Io { path, .. } => write!(f, "cannot read or write `{}`", path.display()),
            WriteError::Conflicts { folder, conflicts } => {
                let files = if conflicts.len() == 1 { "file is" } else { "files are" };
                write!(f, "{} {files} in the way; nothing was written:", conflicts.len())?;
                for Conflict { path, state } in conflicts {
                    write!(f, "\n  {} {state}", folder.join(path).display())?;
                }
                Ok(())
            }
            WriteError::Manifest { path, line } => {
                write!(
                    f,
                    "cannot read `{}`: line {line} is not a hash and a path; restore the file as it was generated",
                    path.display()
                )
            }
            WriteError::Inside { folder, owner } => {
                write!(
                    f,
                    "`{}` holds files of the crate that was generated in `{}`, whose {MANIFEST} lists them: \
                     choose another folder",
                    folder.display(),
                    owner.display()
                )
            }
        }
    }
}

impl std::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WriteError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
