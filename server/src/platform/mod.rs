//! The infrastructure that services of any contract can use: configuration, databases, Redis, credentials,
//! policies and the HTTP server. It does not depend on the contract of the sample.

pub mod authenticator;
pub mod browsers;
pub mod cache;
pub mod caller;
pub mod client_address;
pub mod config;
pub mod cursor;
pub mod database;
pub mod docs;
pub mod gate;
pub mod health;
pub mod housekeeping;
pub mod idempotency;
pub mod keyset;
pub mod limiter;
pub mod metrics;
pub mod network;
pub mod password;
pub mod random;
pub mod redis;
pub mod revocation;
pub mod seed;
pub mod serve;
pub mod shutdown;
pub mod start;
pub mod telemetry;
pub mod token;

pub use start::{Platform, StartError};
