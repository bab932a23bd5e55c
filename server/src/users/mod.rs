//! The service of the tag `users`: registration, profiles and passwords.

mod announce;
mod api;
mod change;
mod list;
mod name;
#[cfg(test)]
pub(crate) mod plans;
mod purge;
mod refusal;
mod seed;
mod store;
mod v1;

use writ_platform::credentials::Passwords;
use writ_platform::cursor::Cursors;

pub use announce::register_announcement;
pub use purge::register_purge;
pub use seed::register_administrator;
pub use v1::V1;

use crate::UserParts;
use store::Store;

/// The implementation of the generated trait [`Users`](generated::latest::Users): registration, profiles and
/// passwords.
#[derive(Debug, Clone)]
pub struct UserService {
    store: Store,
    passwords: Passwords,
    cursors: Cursors,
}

impl UserService {
    /// Creates the service for users.
    pub fn new(parts: &UserParts) -> UserService {
        UserService { store: Store::new(parts), passwords: parts.passwords.clone(), cursors: parts.cursors.clone() }
    }
}
