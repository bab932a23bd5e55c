//! The gate of a service: the hook between authentication and the handler, for revocation, rate limits and caching.

use std::future::Future;

use http::HeaderMap;

use crate::http::path::PathValues;
use crate::request::call_info::CallInfo;
use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// The hook of a service that admits a request before its body is read, and that sees its response.
///
/// The pipeline calls [`Gate::enter`] after authentication, so that one round trip can check revocation, rate
/// limits and the cache. It calls [`Gate::leave`] with the response of every admitted request, including
/// refusals of requests that are not valid.
///
/// # Examples
///
/// A gate that applies the rate limits of the contract and reports the limit in a header:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
/// use http::{HeaderValue, StatusCode};
/// use writ_runtime::{Admission, Entry, Gate, LimitBy, Problem, Reply};
///
/// #[derive(Default)]
/// struct Limits {
///     /// The requests of each address. A real gate counts them per window.
///     requests: Mutex<HashMap<String, u32>>,
/// }
///
/// impl<P: Sync> Gate<P> for Limits {
///     type Pass = u32;
///
///     async fn enter(&self, entry: &Entry<'_, P>) -> Result<Admission<u32>, Problem> {
///         let Some(limit) = entry.call.operation.rate_limit(LimitBy::Address) else {
///             return Ok(Admission::Proceed(0));
///         };
///         let key = format!("{}:{:?}", entry.call.operation.id, entry.call.address);
///         let mut requests = self.requests.lock().unwrap();
///         let count = requests.entry(key).or_default();
///         *count += 1;
///         if *count > limit.requests {
///             return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "the rate limit is exceeded"));
///         }
///         Ok(Admission::Proceed(limit.requests))
///     }
///
///     async fn leave(&self, limit: u32, _: &Entry<'_, P>, reply: &mut Reply) {
///         if limit > 0 {
///             reply.headers.insert("x-ratelimit-limit", HeaderValue::from(limit));
///         }
///     }
/// }
/// ```
pub trait Gate<P>: Send + Sync + 'static {
    /// The data that [`Gate::enter`] passes to [`Gate::leave`]. If the client disconnects, it is dropped and
    /// `leave` is not called.
    type Pass: Send + 'static;

    /// Admits a request, refuses it, or responds to it without calling the handler.
    ///
    /// # Errors
    ///
    /// Returns a problem to refuse the request, for example with status 429 if a rate limit is exceeded.
    fn enter(&self, entry: &Entry<'_, P>) -> impl Future<Output = Result<Admission<Self::Pass>, Problem>> + Send;

    /// Receives the reply to an admitted request, and may add headers to it.
    fn leave(&self, pass: Self::Pass, entry: &Entry<'_, P>, reply: &mut Reply) -> impl Future<Output = ()> + Send;
}

/// The decision of a gate about a request that it does not refuse.
#[derive(Debug)]
pub enum Admission<T> {
    /// The gate admits the request, and the pipeline continues. The contained data is passed to [`Gate::leave`] later.
    Proceed(T),
    /// The gate has the response, for example from a cache. The handler and [`Gate::leave`] are not called.
    Reply(Reply),
}

/// The data of a request that a gate receives to decide about it.
///
/// # Examples
///
/// A gate that sends cached responses. The handler is not called for them:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::RwLock;
/// use writ_runtime::{Admission, Entry, Gate, Problem, Recorded, Reply};
///
/// #[derive(Default)]
/// struct CacheGate {
///     responses: RwLock<HashMap<String, Recorded>>,
/// }
///
/// impl<P: Sync> Gate<P> for CacheGate {
///     type Pass = ();
///
///     async fn enter(&self, entry: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
///         // The key is empty if the operation does not declare `x-cache`.
///         let shared = entry.call.operation.cache.as_ref().is_some_and(|cache| cache.shared);
///         let cached = match shared {
///             true => self.responses.read().unwrap().get(entry.cache_key).cloned(),
///             false => None,
///         };
///         match cached.and_then(Recorded::reply) {
///             Some(reply) => Ok(Admission::Reply(reply)),
///             None => Ok(Admission::Proceed(())),
///         }
///     }
///
///     async fn leave(&self, (): (), _: &Entry<'_, P>, _: &mut Reply) {}
/// }
/// ```
#[derive(Debug)]
pub struct Entry<'a, P> {
    /// The operation that the request calls, the request id and the client's address.
    pub call: &'a CallInfo,
    /// The authenticated caller. It is `None` on a public operation, and if optional credentials are absent.
    pub principal: Option<&'a P>,
    /// The path parameters of the request, in the order of the path template.
    pub path: PathValues<'a>,
    /// The key under which a gate caches the response, without the principal: the path, the declared parameters
    /// in the order of the contract, and the negotiated media type.
    ///
    /// Headers that concern a single exchange, such as conditions and `Idempotency-Key`, do not belong to the
    /// key. The key is empty if the contract does not allow caching.
    pub cache_key: &'a str,
    /// The headers of the request that the gate admits or refuses.
    pub headers: &'a HeaderMap,
}

impl<P> Entry<'_, P> {
    /// Fills in a cache tag of the contract: replaces each `{parameter}` by the value of that path parameter,
    /// and `{principal}` by `principal`.
    pub fn interpolate(&self, tag: &str, principal: &str) -> String {
        let mut out = String::with_capacity(tag.len() + 32);
        let mut rest = tag;
        while let Some(open) = rest.find('{') {
            let Some(length) = rest[open..].find('}') else {
                break;
            };
            out.push_str(&rest[..open]);
            let name = &rest[open + 1..open + length];
            match self.path.get(name) {
                Some(value) => out.push_str(&value),
                None if name == "principal" => out.push_str(principal),
                None => out.push_str(&rest[open..=open + length]),
            }
            rest = &rest[open + length + 1..];
        }
        out.push_str(rest);
        out
    }
}

/// The gate that admits every request, for tests and for services without rate limits or caches.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

impl<P: Sync> Gate<P> for OpenGate {
    type Pass = ();

    async fn enter(&self, _: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
        Ok(Admission::Proceed(()))
    }

    async fn leave(&self, (): (), _: &Entry<'_, P>, _: &mut Reply) {}
}
