//! The service of the tag `auth`: signing in, refreshing the tokens of a session and signing out.

mod api;
mod authenticator;
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

/// The implementation of the generated trait [`Auth`](v1::Auth): signing in, refreshing tokens and signing out.
#[derive(Debug, Clone)]
pub struct AuthService {
    store: Store,
    passwords: Passwords,
    tokens: Tokens,
    limiter: Limiter,
}

impl AuthService {
    /// Creates the service for signing in and out from the infrastructure of the server ([`Platform`]).
    pub fn new(platform: &Platform) -> AuthService {
        AuthService {
            store: Store::new(platform),
            passwords: platform.passwords.clone(),
            tokens: platform.tokens.clone(),
            limiter: platform.limiter.clone(),
        }
    }

    /// Checks the password of a sign-in request against the stored hash of the account.
    ///
    /// If the account does not exist, the check fails after the time of a real check, so that the response time
    /// does not reveal which e-mail addresses have an account.
    async fn verify_password(&self, password: &str, account: Option<&Account>) -> Result<Verdict, PasswordError> {
        self.passwords.verify(password, account.map(|account| account.password_hash.as_str())).await
    }

    /// Returns the access token and refresh token of an open session, in the form of the response body.
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
