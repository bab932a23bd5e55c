//! Documents: the files of a contract as trees, in which every value has its span.
//!
//! [`load`](fn@load) reads the files of a contract into a [`Document`]: one [`Node`] tree per file, checked against
//! the grammar of Swagger 2.0, OpenAPI 3.0 and 3.1. Swagger 2.0 is then upgraded to OpenAPI 3.0 in memory. [`Document::resolve`] and [`Document::follow`] follow references
//! between the trees. Further functions produce documents for other tools: [`bundle`](fn@bundle) combines the files into
//! one tree, [`upgrade_3_1`](fn@upgrade_3_1) converts OpenAPI 3.0 to 3.1, and [`to_json`] and [`to_yaml`]
//! write a tree as text. [`model::resolve`](crate::model::resolve) is the next stage.

mod anchors;
mod bundle;
mod check;
mod files;
mod grammar;
mod load;
mod located;
pub mod node;
mod number;
mod options;
mod overlay;
mod parse;
mod reference;
mod remote;
mod repair;
mod resolve;
mod trees;
mod upgrade_3_0;
mod upgrade_3_1;
mod version;
mod walk;
mod write;

pub use bundle::bundle;
pub use files::{display_path, remote_references};
pub use grammar::vocabulary;
pub use load::load;
pub use located::Located;
pub use node::{Key, Node, Object, Value};
pub(crate) use number::Decimal;
pub use options::LoadOptions;
pub use parse::STDIN;
pub use reference::RefError;
pub(crate) use reference::is_plain_name;
pub use remote::{
    LOCK, Lock, LockError, LockedDocument, REMOTE_FOLDER, RemoteDocument, RemoteDocuments, RemoteError, hash,
    resolve_url,
};
pub use trees::Document;
pub use upgrade_3_0::COLLECTION_FORMAT;
pub use upgrade_3_1::upgrade_3_1;
pub use version::Version;
pub use write::{to_json, to_yaml};
