//! The services whose tokens this service accepts, and the verification of these tokens.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use jsonwebtoken::Validation;
use serde::Deserialize;
use serde_json::Value;
use writ_runtime::{BearerToken, Denied, Unavailable};

use super::{MEDIA_TYPE, ServiceCaller};
use crate::credentials::remote_keys::{COOLDOWN, Found, Jwk, KeyLocation, Keys};
use crate::credentials::verified::{Verified, VerifiedTokens};
use crate::credentials::{claims, jose};

/// The maximum length of a service token in bytes. A longer text is rejected without parsing it.
const MAX_LENGTH: usize = 4096;

/// The tolerated difference between the clocks of two services, in seconds.
const LEEWAY: u64 = 5;

/// The longest time for which a token may still be valid, in seconds. So a token that was stolen is of no use for long.
const LONGEST_LIFETIME: i64 = 300;

/// The longest time for which a verified token is kept in memory.
const REMEMBERED: Duration = Duration::from_secs(60);

/// The services that this service trusts, and the verifier of their tokens. Clones share the keys of the services and the
/// cache of verified tokens.
///
/// The generated trait `Authenticator` has a method for the security scheme `service`, which calls
/// [`TrustedServices::caller`].
#[derive(Clone)]
pub struct TrustedServices(Arc<Inner>);

/// A service whose tokens are accepted.
///
/// ```
/// use writ_platform::credentials::{TrustedService, TrustedServices};
///
/// let orders = TrustedService {
///     name: "orders".to_owned(),
///     key_set: "https://orders.internal/.well-known/jwks.json".to_owned(),
///     scopes: Some(vec!["users:read".to_owned()]),
/// };
/// let trusted = TrustedServices::new("users", [orders]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedService {
    /// The name of the service, as its tokens have it in `iss`.
    pub name: String,
    /// The URL of the JSON Web Key Set of the service.
    pub key_set: String,
    /// The scopes that the tokens of the service can have here; other scopes in a token have no effect. `None`: all scopes.
    pub scopes: Option<Vec<String>>,
}

struct Inner {
    /// The name of this service, which is the audience of the tokens.
    name: String,
    services: BTreeMap<String, Known>,
    verified: VerifiedTokens<ServiceCaller>,
}

/// The keys and the permitted scopes of a trusted service.
struct Known {
    keys: Keys,
    scopes: Option<Vec<String>>,
}

/// The claim that selects the key of a token, before the token is verified.
#[derive(Deserialize)]
struct Unverified {
    iss: String,
}

impl fmt::Debug for TrustedServices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let services: Vec<_> = self.0.services.keys().collect();
        f.debug_struct("TrustedServices").field("name", &self.0.name).field("services", &services).finish()
    }
}

impl TrustedServices {
    /// Creates the verifier of a service with this name. The key set of a trusted service is fetched on first use.
    pub fn new(name: impl Into<String>, services: impl IntoIterator<Item = TrustedService>) -> TrustedServices {
        jose::install();
        let known = |TrustedService { name, key_set, scopes }| {
            (name.clone(), Known { keys: Keys::new(name, KeyLocation::Url(key_set)), scopes })
        };
        let (name, services) = (name.into(), services.into_iter().map(known).collect());
        TrustedServices(Arc::new(Inner { name, services, verified: VerifiedTokens::new(REMEMBERED) }))
    }

    /// Returns the service to which a token belongs.
    ///
    /// # Errors
    /// Returns [`Denied::Unauthenticated`] if no trusted service has signed the token, if it has expired or is for another
    /// service, and [`Denied::Unavailable`] if the keys of the calling service cannot be fetched.
    pub async fn caller(&self, token: BearerToken<'_>) -> Result<ServiceCaller, Denied> {
        let token = token.as_str();
        let denied = || Denied::Unauthenticated(Cow::Borrowed("the service token is not valid or has expired"));
        if token.len() > MAX_LENGTH {
            return Err(denied());
        }
        if let Some(caller) = self.0.verified.get(token) {
            return Ok(caller);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| denied())?;
        // Without a key id, a token would be verified with whatever key the service has.
        let (Some(MEDIA_TYPE), Some(id)) = (header.typ.as_deref(), header.kid.as_deref()) else {
            return Err(denied());
        };
        let issuer = issuer(token).ok_or_else(denied)?;
        let service = self.0.services.get(&issuer).ok_or_else(denied)?;
        let key = match service.keys.find(Some(id)).await {
            Found::Key(key) => key,
            Found::Unknown => return Err(denied()),
            Found::Unavailable(cause) => {
                return Err(Denied::Unavailable(Unavailable::retry_after(COOLDOWN).because(cause).into()));
            }
        };
        let mut verified = self.verify(token, &issuer, &key).ok_or_else(denied)?;
        if let Some(allowed) = &service.scopes {
            verified.caller.scopes.retain(|scope| allowed.contains(scope));
        }
        self.0.verified.insert(token, verified.clone());
        Ok(verified.caller)
    }

    /// Verifies a token with a key of its issuer. Returns `None` if the token is not valid.
    fn verify(&self, token: &str, issuer: &str, key: &Jwk) -> Option<Verified<ServiceCaller>> {
        let mut validation = Validation::new(key.algorithm);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[&self.0.name]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.leeway = LEEWAY;
        let verified = claims::caller(jsonwebtoken::decode::<Value>(token, &key.key, &validation).ok()?.claims);
        verified
            .filter(|verified: &Verified<ServiceCaller>| verified.expires <= Utc::now().timestamp() + LONGEST_LIFETIME)
    }
}

/// Returns the claim `iss` of a token that is not verified yet.
fn issuer(token: &str) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    Some(serde_json::from_slice::<Unverified>(&payload).ok()?.iss)
}
