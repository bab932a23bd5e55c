//! Documents: the files of a contract, read into one spanned tree each, references within reach.

mod anchors;
mod bundle;
mod check;
mod files;
mod grammar;
mod load;
mod located;
pub mod node;
mod number;
mod parse;
mod reference;
mod repair;
mod resolve;
mod trees;
mod upgrade_3_1;
mod version;
mod walk;
mod write;

pub use bundle::bundle;
pub use files::display_path;
pub use grammar::vocabulary;
pub use load::{LoadOptions, load};
pub use located::Located;
pub use node::{Key, Node, Object, Value};
pub use reference::RefError;
pub use trees::Document;
pub use upgrade_3_1::upgrade_3_1;
pub use version::Version;
pub use write::{to_json, to_yaml};
