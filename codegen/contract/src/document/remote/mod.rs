//! The remote documents of a contract: copies of the documents that its references name by a URL.
//!
//! The copies and their list, `remote.lock`, are in a folder beside the contract. [`RemoteDocuments`] reads them; nothing
//! in this crate accesses the network.

mod address;
mod documents;
mod lock;

pub use address::resolve_url;
pub(super) use address::{Address, address, is_remote};
pub use documents::{RemoteDocument, RemoteDocuments, RemoteError};
pub use lock::{LOCK, Lock, LockError, LockedDocument, hash};

/// The default name of the folder that contains the copies of a contract's remote documents.
pub const REMOTE_FOLDER: &str = "remote";
