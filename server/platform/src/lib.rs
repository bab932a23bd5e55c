//! The platform of services whose code Writ generates from an OpenAPI contract.
//!
//! The generated code decodes requests, checks them and calls handlers. This crate is everything around it that
//! services of any contract need: settings, PostgreSQL and Redis, the policies that a contract declares (rate limits,
//! cached responses, idempotency), credentials, pages of lists, health checks, jobs, metrics, logs, and an HTTP
//! server with a graceful shutdown.
//!
//! A service implements [`Service`]: its constructor asks a [`Builder`] for the parts that it needs, and [`run`] is its
//! `main`. `docs/platform.md` of the repository describes each part with an example.
//!
//! # Parts
//!
//! | part | item | feature |
//! |---|---|---|
//! | settings from variables and a file | [`config::Source`], [`config::Config`] | |
//! | rate limits and cached responses of the contract | [`Store`], [`gate::PolicyGate`], [`gate::Policy`] | |
//! | pagination cursors | [`cursor::Cursors`] | |
//! | ended login sessions | [`revocation::Revocations`], [`revocation::Sessions`] | |
//! | API keys | [`credentials::ApiKeys`] | |
//! | health checks | [`health::Health`], [`health::Probe`] | |
//! | jobs | [`jobs::Job`] | |
//! | tasks that outlive their request | [`tasks::spawn`] | |
//! | policies that operators change at run time, load shedding | [`Platform::gate`] | |
//! | databases and migrations | `Database`, [`Builder`] | `postgres` |
//! | idempotency keys in memory | [`idempotency::MemoryRecords`] | |
//! | idempotency keys in the transaction of the effect | `idempotency::once` | `postgres` |
//! | pages of lists | `listing::List`, `keyset::Paging` | `postgres` |
//! | domain events, from the transaction that publishes them to their consumers | `events::Outbox`, [`Builder`] | `postgres`, `redis` |
//! | the age of a copy of the data of another service | `events::ConsumerProgress`, [`revocation::SessionCopy`] | `postgres`, `redis` |
//! | a store that processes share | `Redis` | `redis` |
//! | password hashes and HTTP Basic | `credentials::Passwords`, `credentials::BasicAccounts` | `passwords` |
//! | own access tokens | `credentials::Tokens` | `tokens` |
//! | access tokens of an external issuer, or of another service of the program | `credentials::Issuer`, [`Builder`] | `jwt` |
//! | several services in one program, of which a process can run one | [`Service::SERVICES`], [`Builder::runs`] | |
//! | calls of other services with deadlines, retries and circuit breakers | [`Builder`], `calls` | `calls` |
//! | tokens of other services | `credentials::TrustedServices` | `calls` |
//! | the contract as a web page, in one version or several | `docs::router`, `docs::versions_router` | `docs` |
//! | delivery of events to endpoints outside of the services | `webhooks` | `webhooks` |
//! | mimalloc as the allocator of the program | | `allocator` |
//! | test support | `testing` | `testing` |
//!
//! No feature is enabled by default. A service without stores links neither PostgreSQL nor Redis, and keeps its
//! limits and cached responses in memory.

pub mod browsers;
pub mod cache;
#[cfg(feature = "calls")]
pub mod calls;
pub mod client_address;
pub mod config;
pub mod conventions;
pub mod credentials;
pub mod cursor;
#[cfg(feature = "docs")]
pub mod docs;
#[cfg(all(feature = "postgres", feature = "redis"))]
pub mod events;
pub mod gate;
pub mod health;
pub mod idempotency;
pub mod jobs;
#[cfg(feature = "postgres")]
pub mod keyset;
pub mod limiter;
#[cfg(feature = "postgres")]
pub mod listing;
pub mod metrics;
pub mod random;
#[cfg(feature = "redis")]
pub mod redis;
pub mod revocation;
#[cfg(feature = "postgres")]
pub mod seed;
pub mod serve;
pub mod shutdown;
pub mod tasks;
pub mod telemetry;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(feature = "webhooks")]
pub mod webhooks;

mod around;
#[cfg(all(feature = "postgres", feature = "redis"))]
mod background;
mod builder;
mod compression;
#[cfg(feature = "postgres")]
mod database;
mod operator;
mod overrides;
mod parts;
mod platform;
mod principal;
#[cfg(any(feature = "calls", feature = "webhooks"))]
mod retry_after;
mod service;
mod shedding;
mod single_flight;
mod store;
#[cfg(any(feature = "calls", feature = "webhooks"))]
mod system_roots;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "postgres", feature = "redis"))]
mod tls;

#[cfg(feature = "redis")]
pub use crate::redis::Redis;
pub use builder::Builder;
#[cfg(any(feature = "tokens", feature = "jwt"))]
pub use credentials::FromClaims;
pub use credentials::FromKey;
#[cfg(feature = "postgres")]
pub use database::{Database, DatabaseConfig, Transaction};
pub use platform::{Platform, StartError};
pub use principal::{Principal, Roles};
pub use service::{Service, run};
pub use store::Store;

#[cfg(feature = "allocator")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An error of any type, as background work of a service returns it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
