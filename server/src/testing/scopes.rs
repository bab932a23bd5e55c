//! The sample with callers who have any scopes, for tests of the scopes that each operation requires.

use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use generated::latest::Authenticator;
use uuid::Uuid;
use writ_platform::{Builder, Platform, Principal as _, Service};
use writ_runtime::{BearerToken, Denied, Operation, Scheme};

use crate::Shop;
use crate::auth::caller::{Caller, Role, SignedIn};

/// The program of the sample, in which a token of [`ScopedShop::token`] is the list of its scopes.
///
/// The roles of users do not contain every set of scopes, so that no access token of the sample lacks only one of them.
#[derive(Debug, Clone)]
pub struct ScopedShop(Shop);

/// The authentication of callers whose tokens are their scopes.
struct Scopes;

impl ScopedShop {
    /// Returns the token of a caller with these scopes.
    pub fn token(scopes: &[&str]) -> String {
        URL_SAFE_NO_PAD.encode(scopes.join(" "))
    }
}

impl Service for ScopedShop {
    const PREFIX: &'static str = Shop::PREFIX;
    const SERVICES: &'static [&'static str] = Shop::SERVICES;

    fn new(platform: &mut Builder) -> ScopedShop {
        ScopedShop(Shop::new(platform))
    }

    fn router(&self, platform: &Platform) -> Router {
        self.0.router_with(platform, Scopes)
    }
}

impl Authenticator for Scopes {
    type Principal = Caller;

    async fn bearer(&self, token: BearerToken<'_>, _: &'static Operation) -> Result<Caller, Denied> {
        let text = URL_SAFE_NO_PAD.decode(token.as_str()).expect("the token is that of a test");
        let text = String::from_utf8_lossy(&text);
        let is_held = |scope: &&'static str| text.split(' ').any(|held| held == *scope);
        let scopes: Vec<&'static str> = Role::Admin.scopes().iter().copied().filter(is_held).collect();
        Ok(Caller::User(SignedIn {
            user_id: Uuid::now_v7(),
            email: "user@example.com".to_owned(),
            role: Role::Admin,
            // A test has few tokens.
            scopes: scopes.leak(),
            session_id: Uuid::now_v7(),
        }))
    }

    async fn service(&self, token: BearerToken<'_>, operation: &'static Operation) -> Result<Caller, Denied> {
        self.bearer(token, operation).await
    }

    fn holds_scope(&self, caller: &Caller, _: &'static Scheme, scope: &str) -> bool {
        caller.may(scope)
    }
}
