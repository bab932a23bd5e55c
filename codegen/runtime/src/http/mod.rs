//! The HTTP layer: the parts of the protocol that both the server and the client need.
//!
//! [`accept::Accept`] chooses a media type for a response, and [`any_media::AnyMedia`] is a body with a chosen
//! media type. [`path::PathValues`] are the path parameters of a request, [`request_id::RequestId`] identifies
//! a request in logs, and [`address::ClientAddress`] is the address of the client. Private modules parse media
//! types, path templates, queries and percent-encoding.

pub mod accept;
pub mod address;
pub mod any_media;
pub(crate) mod link_query;
mod location;
pub(crate) mod media;
pub mod path;
pub(crate) mod percent;
pub(crate) mod query;
pub mod request_id;
pub(crate) mod template;
pub(crate) mod timeout;
