//! Sessions: signing in, staying in and signing out.

mod api;
pub mod ending;
mod refresh_token;
mod refusal;
mod store;

use generated::v1;

use crate::platform::Platform;
use crate::platform::limiter::Limiter;
use crate::platform::password::{PasswordError, Passwords, Verdict};
use crate::platform::token::Tokens;
use store::{Account, SignedIn, Store};

/// Implements the contract's `auth`.
#[derive(Debug, Clone)]
pub struct AuthService {
    store: Store,
    passwords: Passwords,
    tokens: Tokens,
    limiter: Limiter,
}

impl AuthService {
    /// Sessions in the database of users.
    pub fn new(platform: &Platform) -> AuthService {
        AuthService {
            store: Store::new(platform),
            passwords: platform.passwords.clone(),
            tokens: platform.tokens.clone(),
            limiter: platform.limiter.clone(),
        }
    }

    /// Whether the password is that of the account. Without an account it takes as long to say no.
    async fn proves(&self, password: &str, account: Option<&Account>) -> Result<Verdict, PasswordError> {
        self.passwords.verify(password, account.map(|account| account.password_hash.as_str())).await
    }

    /// What somebody who is signed in is given.
    fn tokens(&self, session: SignedIn) -> Result<v1::Tokens, jsonwebtoken::errors::Error> {
        let access = self.tokens.issue(session.user_id, &session.email, session.role, session.id)?;
        Ok(v1::Tokens {
            access_token: access.token,
            refresh_token: session.refresh_token,
            token_type: v1::TokenType::Bearer,
            expires_in: i32::try_from(access.expires_in.as_secs()).unwrap_or(i32::MAX),
        })
    }
}
