//! The conversion of a received response into the generated type that the contract declares for its status code.

use super::failure::{Failure, Received};
use super::incoming::Incoming;

/// A response or error type of the contract that a client can read. Generated types implement it.
///
/// # Examples
///
/// ```
/// use writ_runtime::Read;
/// use writ_runtime::client::{FromResponse, Incoming};
///
/// struct GetNameResponse {
///     body: String,
/// }
///
/// impl FromResponse for GetNameResponse {
///     fn read(response: &mut Incoming) -> Option<Self> {
///         match response.status() {
///             200 => Some(Self { body: response.json(&["application/json"], String::read)? }),
///             _ => response.undeclared(),
///         }
///     }
/// }
/// ```
pub trait FromResponse: Sized {
    /// Reads a received response as a value of this generated type.
    ///
    /// Returns `None` if this type does not declare the status code, if a violation was recorded, or if the
    /// body is needed and has not arrived yet.
    fn read(response: &mut Incoming) -> Option<Self>;
}

/// The result of one attempt to read a received response.
pub(super) enum Outcome<R, E> {
    /// The response is read completely: a success, a refusal, or a response that is not valid.
    Done(Result<R, Failure<E>>),
    /// The response is not read yet, because its complete body is needed and has not arrived.
    Body,
    /// The contract does not declare the status code of the response.
    Undeclared,
}

/// Reads a received response as an error type of the operation, and otherwise as its success type.
pub(super) fn outcome<R: FromResponse, E: FromResponse>(response: &mut Incoming) -> Outcome<R, E> {
    if let Some(error) = E::read(response).filter(|_| response.is_sound()) {
        return Outcome::Done(Err(Failure::Refused(error, Box::new(response.received()))));
    }
    if response.is_undeclared() {
        response.restart();
        if let Some(response) = R::read(response).filter(|_| response.is_sound()) {
            return Outcome::Done(Ok(response));
        }
    }
    if response.needs_body() {
        response.restart();
        return Outcome::Body;
    }
    if response.is_undeclared() {
        return Outcome::Undeclared;
    }
    let violations = response.violations();
    Outcome::Done(Err(Failure::Invalid(Box::new(response.received()), violations)))
}

impl Incoming {
    pub(super) fn received(&mut self) -> Received {
        Received { status: self.code, headers: self.headers.clone(), body: self.bytes_so_far() }
    }
}

/// Returns the failure of a call whose response has a status code that the contract does not declare.
pub(super) fn unexpected<E>(response: &mut Incoming) -> Failure<E> {
    Failure::Unexpected(Box::new(response.received()))
}
