//! Credentials of callers, for each kind of security scheme that a contract declares.
//!
//! A service implements the generated trait `Authenticator` of its contract, which has a method for each security
//! scheme. The body of each method is one call of a verifier of this module:
//!
//! | security scheme | verifier | feature |
//! |---|---|---|
//! | `http`, `bearer`: tokens of the service | `Tokens::caller` | `tokens` |
//! | `http`, `bearer`; `oauth2`; `openIdConnect`: tokens of another issuer | `Issuer::caller` | `jwt` |
//! | `apiKey` | [`ApiKeys::caller`] | |
//! | `http`, `basic` | `BasicAccounts::caller` | `passwords` |
//! | `http`, `bearer`, with the name `service`: tokens of other services | `TrustedServices::caller` | `calls` |
//! | none (anonymous callers) | [`NoAuthentication`](writ_runtime::NoAuthentication) | |
//!
//! ```text
//! impl Authenticator for Credentials {
//!     type Principal = Visitor;
//!
//!     async fn key(&self, key: ApiKey<'_>, _: &'static Operation) -> Result<Visitor, Denied> {
//!         self.keys.caller(&key).await
//!     }
//! }
//! ```

mod api_keys;
#[cfg(feature = "passwords")]
mod basic;
#[cfg(any(feature = "tokens", feature = "jwt"))]
mod claims;
mod granted;
#[cfg(feature = "jwt")]
mod issuer;
#[cfg(any(feature = "tokens", feature = "jwt"))]
mod jose;
#[cfg(feature = "passwords")]
mod password;
#[cfg(any(feature = "calls", feature = "jwt"))]
mod remote_keys;
#[cfg(feature = "calls")]
mod service;
#[cfg(feature = "tokens")]
mod tokens;
#[cfg(any(feature = "tokens", feature = "jwt"))]
mod verified;

pub use api_keys::{ApiKeys, KeySource};
pub(crate) use api_keys::{USAGE as KEYS_USAGE, run as run_keys};
#[cfg(feature = "passwords")]
pub use basic::BasicAccounts;
#[cfg(feature = "passwords")]
pub(crate) use basic::basic_accounts;
#[cfg(any(feature = "tokens", feature = "jwt"))]
pub use claims::{FromClaims, Registered};
pub use granted::{FromKey, Granted};
#[cfg(feature = "jwt")]
pub use issuer::{Issuer, IssuerConfig};
#[cfg(feature = "tokens")]
pub use jsonwebtoken::errors::Error as IssueError;
#[cfg(feature = "passwords")]
pub use password::{PasswordError, Passwords, Verdict};
#[cfg(feature = "calls")]
pub(crate) use remote_keys::is_trustworthy;
#[cfg(feature = "calls")]
pub use service::{ServiceCaller, TrustedService, TrustedServices};
#[cfg(feature = "calls")]
pub(crate) use service::{ServiceTokens, accepts_service_tokens};
#[cfg(feature = "tokens")]
pub(crate) use tokens::TokenKeys;
#[cfg(feature = "tokens")]
pub use tokens::{AccessToken, BadKey, LoginSession, RefreshToken, TokenConfig, Tokens};

#[cfg(all(test, feature = "postgres"))]
pub(crate) use api_keys::STATEMENTS;
