//! The model: what a contract says, resolved and merged, in the words of no programming language.

mod build;
mod contract;
mod dedupe;
mod direction;
pub mod envelope;
mod object;
pub mod operation;
pub mod options;
pub mod outgoing;
mod overrides;
pub mod parts;
mod passes;
pub mod schema;
mod select;
mod settled;
pub mod sparse_fieldset;

pub use build::own_type::read_own_type;
pub use contract::{Contract, Server, ServerVariable, Tag};
pub use direction::Direction;
pub use envelope::{Envelope, EnvelopeField};
pub use operation::Operation;
pub use options::{NameOverride, NameTarget, Options};
pub use outgoing::{Callback, OutgoingCall, OutgoingOperation, Trigger};
pub use passes::resolve;
pub use schema::{Kind, Schema, SchemaId, Schemas};
