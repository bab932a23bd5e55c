//! The errors of writing the generated files to a folder.

use std::path::PathBuf;
use std::{fmt, io};

use super::file_state::FileState;
use super::files::MANIFEST;

/// An error of writing the generated files to a folder. The folder is unchanged.
///
/// ```
/// use writ_codegen::output::{Conflicts, Output, WriteError, write};
/// # let folder = std::env::temp_dir().join(format!("writ-write-error-example-{}", std::process::id()));
/// # std::fs::create_dir_all(folder.join("src"))?;
///
/// // A file that the generator did not write is in the way.
/// std::fs::write(folder.join("src/lib.rs"), "mod mine;\n")?;
/// let output = Output { files: [("src/lib.rs".to_owned(), "mod pets;\n".to_owned())].into() };
/// let error = write(&folder, &output, Conflicts::Refuse).unwrap_err();
/// assert!(matches!(&error, WriteError::Conflicts { conflicts, .. } if conflicts[0].path == "src/lib.rs"));
///
/// // The user can decide to lose the file.
/// assert!(error.can_be_overwritten());
/// let changes = write(&folder, &output, Conflicts::Overwrite)?;
/// assert_eq!(changes.overwritten, ["src/lib.rs"]);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub enum WriteError {
    /// A file or folder cannot be read or written.
    Io {
        /// The file or folder that cannot be read or written.
        path: PathBuf,
        /// The error that the operating system returned for the file or folder.
        source: io::Error,
    },
    /// The folder contains files that must not be replaced or removed, such as generated files that were edited by
    /// hand.
    Conflicts {
        /// The folder of the generated files.
        folder: PathBuf,
        /// All files that must not be replaced or removed.
        conflicts: Vec<Conflict>,
    },
    /// The manifest in the folder, the list of generated files with their hashes, is not valid.
    Manifest {
        /// The path of the invalid manifest.
        path: PathBuf,
        /// The number of the invalid line in the manifest, starting at 1. The line is neither a comment nor a
        /// hash and a path.
        line: usize,
    },
    /// The folder contains files of another generated crate, whose manifest (its list of files) is in a parent
    /// folder.
    Inside {
        /// The folder to which the generated files should be written.
        folder: PathBuf,
        /// The parent folder of `folder` with the manifest of the other generated crate.
        owner: PathBuf,
    },
}

/// A file that a run of the generator must not replace or remove, such as a file that was edited by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The path of the conflicting file, relative to the folder of generated files.
    pub path: String,
    /// The state of the conflicting file, which is the reason for the conflict.
    pub state: FileState,
}

impl WriteError {
    /// Returns true if the files could be written with [`super::Conflicts::Overwrite`] despite this error.
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
