//! The gate of a service: the hooks around authentication and the handler, for revocation, rate limits and caching.

use std::future::Future;

use http::HeaderMap;

use crate::http::path::PathValues;
use crate::request::call_info::CallInfo;
use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// The hook of a service that admits a request before its body is read, and that sees its response.
///
/// The pipeline calls [`Gate::enter`] after authentication, so that one round trip can check revocation, rate
/// limits and the cache. Before credentials are verified it calls [`Gate::approach`], and [`Gate::deny`] if they are
/// refused, so that a gate can count and limit the attempts. After [`Admission::Proceed`] it calls [`Gate::begin`]
/// before the handler, and [`Gate::leave`] with the response, which may also be the refusal of a request that is not
/// valid. While the handler runs, [`Gate::interrupted`] can end it.
///
/// The pipeline does not call [`Gate::leave`] after [`Admission::Reply`], nor if the client disconnects or the
/// total time limit of the request ([`Timeouts`](crate::Timeouts)) elapses. In the last two cases it drops the
/// [`Gate::Pass`], so a gate that must release a resource does so in the `Drop` of this type.
///
/// # Examples
///
/// A gate that applies the rate limits of the contract and reports the limit in a header:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
/// use http::{HeaderValue, StatusCode, header};
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
///             let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "the rate limit is exceeded");
///             return Err(problem.with_header(header::RETRY_AFTER, limit.window.as_secs()));
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
    /// The data that [`Gate::enter`] passes to [`Gate::leave`]. If the client disconnects or the total time limit
    /// of the request elapses, it is dropped and `leave` is not called.
    type Pass: Send + 'static;

    /// Decides whether the credentials of a request are verified at all. The entry has no principal.
    ///
    /// The pipeline calls this method before each verification, so it should only look into memory. The default lets all
    /// credentials be verified.
    ///
    /// # Errors
    ///
    /// Returns a problem to refuse the request without a verification, for example because its address has sent many
    /// wrong credentials. No other method of the gate is called then.
    fn approach(&self, entry: &Entry<'_, P>) -> Result<(), Problem> {
        let _ = entry;
        Ok(())
    }

    /// Receives the refusal of a request by authentication: a 401, a 403, or a 503 if the credentials cannot be verified.
    /// Returns the refusal that the caller receives.
    ///
    /// A gate can add headers to the refusal, or replace it, for example by a 429. The entry has the principal if the
    /// caller is known but lacks a scope. The default returns the refusal unchanged.
    fn deny(&self, entry: &Entry<'_, P>, refusal: Problem) -> impl Future<Output = Problem> + Send {
        let _ = entry;
        std::future::ready(refusal)
    }

    /// Admits a request, refuses it, or responds to it without calling the handler.
    ///
    /// # Errors
    ///
    /// Returns a problem to refuse the request, for example with status 429 if a rate limit is exceeded.
    fn enter(&self, entry: &Entry<'_, P>) -> impl Future<Output = Result<Admission<Self::Pass>, Problem>> + Send;

    /// Lets the handler of an admitted request begin, after the body was received and decoded, or refuses the request.
    ///
    /// A gate that limits the number of running handlers counts them from here to [`Gate::leave`], so that clients
    /// which send their body slowly do not count. The default lets every handler begin.
    ///
    /// # Errors
    ///
    /// Returns a problem to refuse the request. The pipeline passes it to [`Gate::leave`] as a reply.
    fn begin(&self, pass: &mut Self::Pass, entry: &Entry<'_, P>) -> Result<(), Problem> {
        let _ = (pass, entry);
        Ok(())
    }

    /// Waits until a running handler must end before its time limit, for example because its database became
    /// unavailable. The pipeline then cancels the handler and passes the returned problem to [`Gate::leave`].
    ///
    /// The future is created when the handler begins, and dropped when the handler ends. The default never completes.
    fn interrupted(&self, entry: &Entry<'_, P>) -> impl Future<Output = Problem> + Send {
        let _ = entry;
        std::future::pending()
    }

    /// Receives the reply to a request after [`Admission::Proceed`], and may store it or add headers to it.
    ///
    /// The reply may be the refusal of a request that is not valid. This method is not called after
    /// [`Admission::Reply`], nor if the client disconnects or the total time limit of the request elapses.
    fn leave(&self, pass: Self::Pass, entry: &Entry<'_, P>, reply: &mut Reply) -> impl Future<Output = ()> + Send;
}

/// The decision of a gate about a request that it does not refuse. [`Entry`] has an example.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "the value is taken apart at once, so a box would only be opened again")]
pub enum Admission<T> {
    /// The gate admits the request, and the pipeline continues. The contained data is passed to [`Gate::leave`] later.
    Proceed(T),
    /// The gate has the response, for example from a cache. The handler and [`Gate::leave`] are not called.
    Reply {
        /// The response of the gate. A request with a header that is not valid, such as a malformed condition, is
        /// refused instead.
        reply: Reply,
        /// The headers that the response has in both cases, such as those of a rate limit.
        headers: HeaderMap,
    },
}

/// The data of a request that a gate receives to decide about it.
///
/// # Examples
///
/// A gate that stores responses that all callers share, and sends them again without calling the handler:
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::RwLock;
/// use http::{HeaderMap, StatusCode};
/// use writ_runtime::{Admission, Entry, Gate, Problem, Recorded, Reply, ReplyBody};
///
/// #[derive(Default)]
/// struct CacheGate {
///     /// The stored responses by cache key. A real gate also applies `ttl` and `tags` of the contract.
///     responses: RwLock<HashMap<String, Recorded>>,
/// }
///
/// /// Returns true if all callers share the response. A response of one caller needs the caller in its key.
/// fn is_shared<P>(entry: &Entry<'_, P>) -> bool {
///     entry.call.operation.cache.as_ref().is_some_and(|cache| cache.shared)
/// }
///
/// impl<P: Sync> Gate<P> for CacheGate {
///     type Pass = ();
///
///     async fn enter(&self, entry: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
///         let cached = match is_shared(entry) {
///             true => self.responses.read().unwrap().get(entry.cache_key).cloned(),
///             false => None,
///         };
///         match cached.and_then(Recorded::reply) {
///             Some(reply) => Ok(Admission::Reply { reply, headers: HeaderMap::new() }),
///             None => Ok(Admission::Proceed(())),
///         }
///     }
///
///     async fn leave(&self, (): (), entry: &Entry<'_, P>, reply: &mut Reply) {
///         let ReplyBody::Bytes(body) = &reply.body else { return };
///         if is_shared(entry) && reply.status == StatusCode::OK {
///             let headers = reply.headers.iter().filter_map(|(name, value)| {
///                 Some((name.to_string(), value.to_str().ok()?.to_owned()))
///             });
///             let recorded = Recorded { status: 200, headers: headers.collect(), body: body.to_vec() };
///             self.responses.write().unwrap().insert(entry.cache_key.to_owned(), recorded);
///         }
///     }
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

/// The gate that admits every request, for tests and for services without rate limits or caches. The
/// [documentation of the crate](crate) has an example.
///
/// The policies of the contract (`x-rate-limit`, `x-cache`, `x-cache-invalidates`) have no effect with this gate.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

impl<P: Sync> Gate<P> for OpenGate {
    type Pass = ();

    async fn enter(&self, _: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
        Ok(Admission::Proceed(()))
    }

    async fn leave(&self, (): (), _: &Entry<'_, P>, _: &mut Reply) {}
}
