//! Responses of a client call that are limited to a sparse fieldset (`x-sparse`), which the generated types
//! cannot represent.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde_json::Value;

use super::call::Call;
use super::failure::Received;
use super::from_response::FromResponse;
use super::incoming::Incoming;
use crate::json::SparseObjects;

/// A response type that supports a sparse fieldset, the caller's choice of fields. Generated types implement it.
pub trait SupportsSparseFieldset: FromResponse {
    /// The objects of the response body whose fields a sparse fieldset limits.
    const OBJECTS: SparseObjects;
}

/// The received response of a call with a sparse fieldset. Each field that the response has is valid.
///
/// # Examples
///
/// ```
/// use writ_runtime::Value;
/// use writ_runtime::client::{Call, Failure, FromResponse, SupportsSparseFieldset};
///
/// /// Sends a call whose request names the fields to return.
/// async fn some_fields<R, E>(call: Call<R, E>) -> Result<Value, Failure<E>>
/// where
///     R: SupportsSparseFieldset + 'static,
///     E: FromResponse + 'static,
/// {
///     Ok(call.sparse_fieldset().await?.json())
/// }
/// ```
pub struct SparseResponse<R> {
    received: Received,
    response: PhantomData<fn() -> R>,
}

impl<R> SparseResponse<R> {
    /// Returns the response body as JSON, or null if it is empty or not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the raw response: status code, headers and body.
    pub fn into_received(self) -> Received {
        self.received
    }
}

impl<R> Deref for SparseResponse<R> {
    type Target = Received;

    fn deref(&self) -> &Received {
        &self.received
    }
}

impl<R> fmt::Debug for SparseResponse<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SparseResponse").field(&self.received).finish()
    }
}

impl<R: SupportsSparseFieldset> FromResponse for SparseResponse<R> {
    fn read(incoming: &mut Incoming) -> Option<Self> {
        // The value that was read may be incomplete, so only the recorded violations tell if the response is valid.
        drop(incoming.sparse_fieldset(R::OBJECTS, R::read));
        let valid = incoming.is_sound() && !incoming.is_undeclared();
        valid.then(|| SparseResponse { received: incoming.received(), response: PhantomData })
    }
}

impl<R: SupportsSparseFieldset, E: FromResponse> Call<R, E> {
    /// Changes this call of a client so that `.await` returns a [`SparseResponse`], in which the fields that the
    /// request's sparse fieldset omits may be absent.
    pub fn sparse_fieldset(self) -> Call<SparseResponse<R>, E> {
        Call::new(self.into_outgoing())
    }
}
