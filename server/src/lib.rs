//! The sample product: users, authentication, orders. Each service implements the traits that the
//! generator made from `spec/`; the platform is what they stand on.

pub mod app;
pub mod platform;
mod refusals;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
