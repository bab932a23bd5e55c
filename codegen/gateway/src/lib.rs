//! Renders the configuration of a gateway from OpenAPI contracts.
//!
//! A gateway stands in front of the services of an API. It sends each request to the service that owns the operation
//! (`x-service` of its tag), and verifies tokens, limits and retries before a service has any work. [`collect`] creates
//! the [`Routes`] of a gateway from the contracts of an API, and two renderers write them: [`envoy::render`] as the static
//! configuration of Envoy, and [`kubernetes::render`] as `HTTPRoute`s of the Kubernetes Gateway API.
//!
//! ```
//! use std::path::Path;
//! use writ_contract::diagnostic::Diagnostics;
//! use writ_contract::document::{LoadOptions, load};
//! use writ_contract::model::{Options, resolve};
//! use writ_gateway::{Member, Settings, collect, envoy};
//!
//! let mut diagnostics = Diagnostics::new();
//! let document = load(Path::new("../contract/examples/pets.yaml"), &LoadOptions::default(), &mut diagnostics)
//!     .ok_or("not an OpenAPI document")?;
//! let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
//! let mut members = [Member { name: "v1", contract: &contract, diagnostics: &mut diagnostics }];
//! let routes = collect(&mut members, "");
//! let settings = Settings::default();
//! let configuration = envoy::render(&routes, &settings)?;
//! assert!(configuration.contains("name: getPet"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod collect;
pub mod envoy;
mod error_body;
mod flow;
pub mod kubernetes;
mod render;
mod routes;
mod settings;
mod template;

pub use collect::{Member, collect};
pub use routes::{Access, Body, ErrorReplies, Resource, Response, Retry, Route, Routes};
pub use settings::{FILE, Kubernetes, Limits, Settings, Tls, TokenSource, Upstream};
pub use template::Template;
