//! Clients of a contract: calling the operations of another service with the types that its server implements.
//!
//! Generated code contains a `Client` with a method for each operation. This module sends the requests of that
//! client and reads the responses: styles of parameters, media types, credentials, timeouts and streams. It
//! reads the [`Operation`](crate::Operation) table of the contract, as the server does.
//!
//! - A [`Connection`] is a service to call: base URL, transport, credentials and limits.
//! - A [`Call`] is a request that `.await` sends. Until then, headers and timeout can be changed.
//! - A [`Failure`] is the error of a call: a declared refusal, an unexpected response, or a transport error.
//! - A [`Transport`] sends requests: over HTTP, or to an axum router of the same process.
//!
//! # Examples
//!
//! A call as the generated client makes it. The types of the contract, written by hand here, are hidden:
//!
//! ```
//! use writ_runtime::Router;
//! use writ_runtime::client::{Connection, Failure};
//! # use writ_runtime::client::{Call, FromResponse, Incoming};
//! # use writ_runtime::{Method, Operation, Parameter, Problem, Read, Write};
//! # static GET_USER: Operation = Operation {
//! #     id: "getUser",
//! #     method: Method::GET,
//! #     path: "/users/{userId}",
//! #     parameters: &[Parameter::path("userId")],
//! #     statuses: &[200, 404],
//! #     produces: &["application/json"],
//! #     ..Operation::NONE
//! # };
//! # struct GetUserRequest { user_id: String }
//! # #[derive(Debug)]
//! # struct GetUserResponse { body: String }
//! # writ_runtime::statuses! { NotFound = 404 }
//! # #[derive(Debug)]
//! # enum GetUserError { NotFound(NotFound) }
//! # impl FromResponse for GetUserResponse {
//! #     fn read(response: &mut Incoming) -> Option<Self> {
//! #         match response.status() {
//! #             200 => Some(Self { body: response.json(&["application/json"], String::read)? }),
//! #             _ => response.undeclared(),
//! #         }
//! #     }
//! # }
//! # impl FromResponse for GetUserError {
//! #     fn read(response: &mut Incoming) -> Option<Self> {
//! #         match response.status() {
//! #             404 => Some(Self::NotFound(NotFound::received(response.problem()?))),
//! #             _ => response.undeclared(),
//! #         }
//! #     }
//! # }
//! # struct Users(Connection);
//! # impl Users {
//! #     fn get_user(&self, request: &GetUserRequest) -> Call<GetUserResponse, GetUserError> {
//! #         let mut out = self.0.begin(&GET_USER);
//! #         out.required(0, &request.user_id);
//! #         out.call()
//! #     }
//! # }
//! # struct Client { users: Users }
//! # impl Client {
//! #     fn new(connection: Connection) -> Client { Client { users: Users(connection) } }
//! # }
//!
//! async fn name_of(client: &Client, id: &str) -> Result<Option<String>, Failure<GetUserError>> {
//!     let request = GetUserRequest { user_id: id.to_owned() };
//!     match client.users.get_user(&request).await {
//!         Ok(response) => Ok(Some(response.body)),
//!         Err(Failure::Refused(GetUserError::NotFound(_), _)) => Ok(None),
//!         Err(failure) => Err(failure),
//!     }
//! }
//!
//! // A service of the same process, as in a test. `Connection::new("https://…")` calls one over HTTP.
//! let service = Router::new().route("/users/7", axum::routing::get(|| async {
//!     ([("content-type", "application/json")], "\"Ada\"")
//! }));
//! # let service = service.fallback(|| async { http::StatusCode::NOT_FOUND });
//! let client = Client::new(Connection::in_process(service).bearer("a token"));
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
//! # assert_eq!(runtime.block_on(name_of(&client, "7")).unwrap().as_deref(), Some("Ada"));
//! # assert_eq!(runtime.block_on(name_of(&client, "8")).unwrap(), None);
//! ```

mod body;
mod call;
mod check;
mod connection;
mod credentials;
mod expression;
mod failure;
mod from_response;
mod incoming;
mod links;
mod outgoing;
mod page_layout;
mod pages;
#[cfg(feature = "multipart")]
mod parts;
mod sparse_fieldset;
mod target;
mod transport;

pub use call::{Call, Conditional};
pub use connection::{Connection, InvalidUrl};
pub use failure::{Failure, Received};
pub use from_response::FromResponse;
pub use incoming::Incoming;
pub use outgoing::Outgoing;
pub use page_layout::{NextPage, PageLayout};
pub use pages::{Items, Listed, Pages};
#[cfg(feature = "multipart")]
pub use parts::{Form, SendPart};
pub use sparse_fieldset::{SparseResponse, SupportsSparseFieldset};
pub use transport::{CallDetails, Sending, Transport, TransportError};

pub use crate::json::SparseObjects;
