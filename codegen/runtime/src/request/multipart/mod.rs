//! Multipart request bodies (RFC 7578, RFC 2046 § 5.1), which a handler reads while they arrive.
//!
//! `scanner` splits the body at its boundaries, `head` and `disposition` parse the headers of a part, and `arriving`
//! connects them to the body that arrives. [`Multipart`] is a body with arbitrary parts. [`Parts`] is a form whose parts the contract describes, with
//! one variant of a generated enum for each part. A [`FileStream`] is the content of a file.

mod arriving;
mod body;
mod disposition;
mod error;
mod file;
mod form;
mod head;
mod intake;
mod media_check;
mod part;
mod pending;
mod rule;
mod scanner;
mod styled;
mod tally;
#[cfg(test)]
mod tests;

pub use body::Multipart;
pub use error::MultipartError;
pub use file::{FilePart, FileStream};
pub use form::{FormPart, Held, Parts};
pub(crate) use intake::Intake;
pub use part::Part;
pub use rule::{FormRule, PartHeader, PartKind, PartRule, PartStyle};
