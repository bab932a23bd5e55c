//! From a response to the type that the contract declares for its status.

use super::failure::{Failure, Received};
use super::incoming::Incoming;

/// A response or error type of the contract that a client receives.
pub trait FromResponse: Sized {
    /// Reads an answer. `None` where the status is none of this type's, or after it was recorded what
    /// is wrong.
    fn read(answer: &mut Incoming) -> Option<Self>;
}

/// The result of reading a response.
pub(super) enum Outcome<R, E> {
    /// It is read, for better or worse.
    Done(Result<R, Failure<E>>),
    /// The whole body is needed first.
    Body,
    /// The contract does not declare its status.
    Undeclared,
}

/// Reads an answer as a failure of the contract, else as a success.
pub(super) fn outcome<R: FromResponse, E: FromResponse>(answer: &mut Incoming) -> Outcome<R, E> {
    if let Some(error) = E::read(answer).filter(|_| answer.is_sound()) {
        return Outcome::Done(Err(Failure::Refused(error, Box::new(answer.received()))));
    }
    if answer.is_undeclared() {
        answer.begin_again();
        if let Some(response) = R::read(answer).filter(|_| answer.is_sound()) {
            return Outcome::Done(Ok(response));
        }
    }
    if answer.wants_body() {
        answer.begin_again();
        return Outcome::Body;
    }
    if answer.is_undeclared() {
        return Outcome::Undeclared;
    }
    let violations = answer.violations();
    Outcome::Done(Err(Failure::Invalid(Box::new(answer.received()), violations)))
}

impl Incoming {
    pub(super) fn received(&mut self) -> Received {
        Received { status: self.code, headers: self.headers.clone(), body: self.bytes_so_far() }
    }
}

/// An answer that the contract knows nothing of.
pub(super) fn unexpected<E>(answer: &mut Incoming) -> Failure<E> {
    Failure::Unexpected(Box::new(answer.received()))
}
