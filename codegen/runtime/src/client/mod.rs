//! Calling the operations of a contract: the other end of the pipeline, over the same types.
//!
//! Generated code says what each operation sends and what its answers are; how parameters, bodies,
//! credentials and answers go over the wire is here, from the same [`Operation`](crate::Operation)
//! that the server goes by.
//!
//! ```no_run
//! use writ_runtime::client::Connection;
//!
//! let connection = Connection::new("https://api.example.com").unwrap().bearer("a token");
//! // let got = v1::client::Client::new(connection).users.get_user(&request).await?;
//! ```

mod body;
mod call;
mod connection;
mod credentials;
mod expression;
mod failure;
mod from_response;
mod incoming;
mod lines;
mod outgoing;
#[cfg(feature = "multipart")]
mod parts;
mod refusal;
mod sparse_fieldset;
mod target;
mod transport;

pub use call::{Call, Conditional};
pub use connection::{Connection, InvalidUrl};
pub use failure::{Failure, Received};
pub use from_response::FromResponse;
pub use incoming::Incoming;
pub use outgoing::Outgoing;
#[cfg(feature = "multipart")]
pub use parts::{Form, SendPart};
pub use refusal::Envelope;
pub use sparse_fieldset::{SparseResponse, SupportsSparseFieldset};
pub use transport::{Sending, Transport, TransportError};

pub use crate::json::SparseObjects;
