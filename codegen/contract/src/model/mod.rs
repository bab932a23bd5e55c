//! The model: a contract with references followed and compositions merged, independent of any language.
//!
//! [`resolve`] turns a [`Document`](crate::document::Document) into a [`Contract`]: it builds
//! [`Operation`]s and [`Schemas`], and then runs the passes for overrides, moments, selection and deduplication.
//! [`Options`] control both. The code generator reads the model and never the document.

mod build;
mod contract;
mod dedupe;
mod direction;
pub mod envelope;
mod event;
mod inline_role;
mod moments;
mod object;
pub mod operation;
pub mod options;
pub mod outgoing;
mod overrides;
mod pagination;
pub mod parameter_shape;
pub mod parts;
mod passes;
pub mod schema;
mod select;
mod settled;
pub mod sparse_fieldset;
pub mod stream;
pub mod versions;

pub use build::error_pointers::{ErrorEnvelopeForm, read_error_pointers};
pub use build::own_type::read_own_type;
pub use build::quantity::parse_size;
pub use contract::{Contract, Server, ServerVariable, Tag};
pub use direction::Direction;
pub use envelope::{ErrorBody, Errors};
pub use event::Event;
pub use operation::Operation;
pub use options::{Enums, NameOverride, NameTarget, OperationOptions, Options, SchemaOptions, UnknownFields};
pub use outgoing::{Callback, OutgoingCall, OutgoingOperation, Trigger};
pub use passes::resolve;
pub use schema::{Kind, Schema, SchemaId, Schemas};
pub use versions::{VersionDates, Versions, version_number};
