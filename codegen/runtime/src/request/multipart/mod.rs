//! Bodies of several parts (RFC 7578, RFC 2046 § 5.1), handed to the handler as they arrive.

mod body;
mod error;
mod file;
mod form;
mod intake;
mod part;
mod rule;

pub use body::Multipart;
pub use error::MultipartError;
pub use file::{FilePart, FileStream};
pub use form::{FormPart, Held, Parts};
pub(crate) use intake::Intake;
pub use part::Part;
pub use rule::{FormRule, PartHeader, PartKind, PartRule};
