//! The issuer of the tokens with which this service calls others.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use http::HeaderValue;
use serde::Serialize;
use tokio::time::Instant;
use uuid::Uuid;
use writ_runtime::Operation;
use writ_runtime::client::TransportError;

use super::{MEDIA_TYPE, ServiceCaller, requirement};
use crate::credentials::TokenKeys;

/// The lifetime of a token.
const LIFETIME: Duration = Duration::from_secs(60);

/// The time before the end of a token at which a new one is issued. A token must be valid when it arrives, after the retries
/// of a call.
const RENEWAL: Duration = Duration::from_secs(20);

/// The issuer of service tokens. Clones share the issued tokens.
#[derive(Clone)]
pub(crate) struct ServiceTokens(Arc<Inner>);

struct Inner {
    keys: TokenKeys,
    /// The name of this service.
    name: String,
    /// The issued tokens by audience and scopes, whose number follows from the contracts.
    issued: Mutex<BTreeMap<(&'static str, String), Issued>>,
}

struct Issued {
    header: HeaderValue,
    renewed_at: Instant,
}

/// The claims of a service token.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    scope: &'a str,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

impl fmt::Debug for ServiceTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTokens").field("name", &self.0.name).finish_non_exhaustive()
    }
}

impl ServiceTokens {
    pub(crate) fn new(name: String, keys: TokenKeys) -> ServiceTokens {
        ServiceTokens(Arc::new(Inner { keys, name, issued: Mutex::default() }))
    }

    /// Returns the header `Authorization` of a call of an operation of the service `audience`, with the scopes that the
    /// operation requires. Returns `None` if the operation accepts no service token.
    pub(crate) fn for_operation(
        &self,
        audience: &'static str,
        operation: &Operation,
    ) -> Option<Result<HeaderValue, TransportError>> {
        let scopes = requirement(operation)?.scopes;
        Some(self.header(audience, scopes))
    }

    /// Returns the header with a token for a set of scopes, which is issued anew shortly before it expires.
    fn header(&self, audience: &'static str, scopes: &[&str]) -> Result<HeaderValue, TransportError> {
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        let key = (audience, scopes.join(" "));
        let now = Instant::now();
        if let Some(issued) = self.lock().get(&key).filter(|issued| issued.renewed_at > now) {
            return Ok(issued.header.clone());
        }
        let mut header = HeaderValue::try_from(format!("Bearer {}", self.issue(audience, &key.1)?))?;
        header.set_sensitive(true);
        let issued = Issued { header: header.clone(), renewed_at: now + LIFETIME - RENEWAL };
        self.lock().insert(key, issued);
        Ok(header)
    }

    /// Issues a token.
    fn issue(&self, audience: &str, scope: &str) -> Result<String, TransportError> {
        let now = Utc::now().timestamp();
        let claims = Claims {
            iss: &self.0.name,
            sub: ServiceCaller::subject(&self.0.name),
            aud: audience,
            scope,
            jti: Uuid::now_v7(),
            iat: now,
            exp: now.saturating_add_unsigned(LIFETIME.as_secs()),
        };
        Ok(self.0.keys.sign(MEDIA_TYPE, &claims)?)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(&'static str, String), Issued>> {
        self.0.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
