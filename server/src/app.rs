//! The whole application: every service behind the one way in, and the contract beside them.

use axum::Router;

use crate::platform::Platform;

/// Everything that is served on the public port.
pub fn router(_platform: &Platform) -> Router {
    Router::new()
}
