//! Answers of which the caller wants some fields only (`x-sparse`), and which their types cannot hold.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::failure::Received;
use super::incoming::Incoming;
use crate::json::Within;

/// A response that the service trims as the caller asks.
pub trait Sparse: Answer {
    /// The objects that are trimmed.
    const WITHIN: Within;
}

/// A response with the fields that the caller asked for: the answer as it came, of which everything that
/// is there is what the contract says.
pub struct Trimmed<R> {
    received: Received,
    whole: PhantomData<fn() -> R>,
}

impl<R> Trimmed<R> {
    /// The body. One that is not JSON, or is empty, is null.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The answer as it came.
    pub fn into_received(self) -> Received {
        self.received
    }
}

impl<R> Deref for Trimmed<R> {
    type Target = Received;

    fn deref(&self) -> &Received {
        &self.received
    }
}

impl<R> fmt::Debug for Trimmed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Trimmed").field(&self.received).finish()
    }
}

impl<R: Sparse> Answer for Trimmed<R> {
    fn read(answer: &mut Incoming) -> Option<Self> {
        // There is no whole where something is missing: what counts is that nothing is wrong.
        drop(answer.trimmed(R::WITHIN, R::read));
        let fits = answer.is_sound() && !answer.is_undeclared();
        fits.then(|| Trimmed { received: answer.received(), whole: PhantomData })
    }
}

impl<R: Sparse, E: Answer> Call<R, E> {
    /// For a request that names the fields that it wants: the answer with those fields alone.
    pub fn trimmed(self) -> Call<Trimmed<R>, E> {
        Call::new(self.into_outgoing())
    }
}
