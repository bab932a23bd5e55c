//! The one hook between authentication and the handler: revocation, rate limit and cache.

use std::future::Future;

use http::HeaderMap;

use crate::http::path::PathValues;
use crate::request::call_info::CallInfo;
use crate::response::problem::Problem;
use crate::response::reply::Reply;

/// Decides whether a request goes on, and sees its answer.
///
/// `enter` is asked after authentication and before the body is read, so that one round trip can
/// answer revocation, rate limits and cache; `leave` is told every answer of what `enter` let in,
/// also refusals for bad input.
pub trait Gate<P>: Send + Sync + 'static {
    /// What `enter` remembers for `leave`. It is dropped, not left, when the client goes away.
    type Pass: Send + 'static;

    /// Lets the request in, answers it, or refuses it.
    fn enter(&self, entry: &Entry<'_, P>) -> impl Future<Output = Result<Admission<Self::Pass>, Problem>> + Send;

    /// Sees the answer and may add headers to it.
    fn leave(&self, pass: Self::Pass, entry: &Entry<'_, P>, reply: &mut Reply) -> impl Future<Output = ()> + Send;
}

/// What the gate says.
#[derive(Debug)]
pub enum Admission<T> {
    /// Go on.
    Proceed(T),
    /// The answer is known.
    Reply(Reply),
}

/// What the gate is told of a request.
#[derive(Debug)]
pub struct Entry<'a, P> {
    /// Operation, request id, address.
    pub call: &'a CallInfo,
    /// Who calls, `None` on public operations and where optional credentials were not sent.
    pub principal: Option<&'a P>,
    /// The path's parameters, in the order of the template.
    pub path: PathValues<'a>,
    /// What tells two answers of this operation apart, the principal excepted: path, the declared
    /// parameters in the order of the contract, and the media type that was negotiated. Headers
    /// that steer one exchange only (conditions, `Idempotency-Key`) are not in it. Empty where the
    /// contract lets nothing be kept.
    pub cache_key: &'a str,
    /// The headers of the request.
    pub headers: &'a HeaderMap,
}

impl<P> Entry<'_, P> {
    /// Fills a tag's `{parameter}` places; `{principal}` becomes `principal`.
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

/// Lets everything in: for services without policies, and for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenGate;

impl<P: Sync> Gate<P> for OpenGate {
    type Pass = ();

    async fn enter(&self, _: &Entry<'_, P>) -> Result<Admission<()>, Problem> {
        Ok(Admission::Proceed(()))
    }

    async fn leave(&self, (): (), _: &Entry<'_, P>, _: &mut Reply) {}
}
