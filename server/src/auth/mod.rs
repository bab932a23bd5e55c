//! The service of the tag `auth`: signing in, refreshing the tokens of a session and signing out.

mod api;
pub mod authenticator;
pub mod caller;
pub mod ended;
pub mod ending;
mod refusal;
pub mod sessions;
mod store;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use generated::latest;
use uuid::Uuid;
use writ_platform::BoxError;
use writ_platform::config::{Source, parse};
use writ_platform::credentials::{IssueError, LoginSession, PasswordError, Passwords, RefreshToken, Tokens, Verdict};
use writ_platform::limiter::Limiter;

use crate::UserParts;
use caller::{Caller, Claims, subject};
use store::{Account, Holder, Store};

/// The lifetimes of login sessions and their refresh tokens.
#[derive(Debug, Clone, Copy)]
pub struct SessionLifetimes {
    /// The time after which an unused refresh token expires. Default: 14 days.
    pub refresh: Duration,
    /// The lifetime of a login session. Refreshing its tokens does not extend it. Default: 90 days.
    pub session: Duration,
}

impl SessionLifetimes {
    /// Reads the lifetimes from the settings of the server.
    pub fn read(from: &mut Source) -> SessionLifetimes {
        SessionLifetimes {
            refresh: from.setting("REFRESH_LIFETIME").or(Duration::from_secs(14 * 86400), parse::time_limit),
            session: from.setting("SESSION_LIFETIME").or(Duration::from_secs(90 * 86400), parse::time_limit),
        }
    }

    /// Returns a new login session, which begins now.
    fn begin(&self) -> LoginSession {
        let ends_at = TimeDelta::from_std(self.session).ok().and_then(|time| Utc::now().checked_add_signed(time));
        LoginSession { id: Uuid::now_v7(), ends_at: ends_at.unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }
}

/// The implementation of the generated trait [`Auth`](latest::Auth): signing in, refreshing tokens and signing out.
#[derive(Debug, Clone)]
pub struct AuthService {
    store: Store,
    passwords: Passwords,
    tokens: Tokens<Caller>,
    lifetimes: SessionLifetimes,
    limiter: Limiter,
}

impl AuthService {
    /// Creates the service for signing in and out.
    pub fn new(parts: &UserParts) -> AuthService {
        AuthService {
            store: Store::new(parts),
            passwords: parts.passwords.clone(),
            tokens: parts.tokens.clone(),
            lifetimes: parts.lifetimes,
            limiter: parts.limiter.clone(),
        }
    }

    /// Checks the password of a sign-in request against the stored hash of the account.
    ///
    /// If the account does not exist, the check fails after the time of a real check, so that the response time
    /// does not reveal which e-mail addresses have an account.
    async fn verify_password(&self, password: &str, account: Option<&Account>) -> Result<Verdict, PasswordError> {
        self.passwords.verify(password, account.map(|account| account.password_hash.as_str())).await
    }

    /// Replaces the weak hash of a password by a stronger one.
    async fn strengthen_hash(&self, account: &Account, password: &str) -> Result<(), BoxError> {
        let hash = self.passwords.hash(password).await?;
        Ok(self.store.strengthen(account, &hash).await?)
    }

    /// Issues a refresh token for a login session of a user.
    fn refresh_token(&self, user: Uuid, session: LoginSession) -> Result<RefreshToken, IssueError> {
        self.tokens.issue_refresh(&subject(user), session, self.lifetimes.refresh)
    }

    /// Returns the access token and refresh token of an open session, in the form of the response body. Returns `None`
    /// if the session has just ended.
    fn tokens(
        &self,
        holder: &Holder,
        session: LoginSession,
        refresh: RefreshToken,
    ) -> Result<Option<latest::Tokens>, IssueError> {
        let claims = Claims::new(&holder.email, holder.role);
        let access = self.tokens.issue(&subject(holder.id), Some(session), &claims)?;
        let tokens = latest::Tokens {
            access_token: access.token,
            refresh_token: refresh.token,
            token_type: latest::TokenType::Bearer,
            expires_in: i32::try_from(access.expires_in.as_secs()).unwrap_or(i32::MAX),
        };
        Ok((tokens.expires_in > 0).then_some(tokens))
    }
}
