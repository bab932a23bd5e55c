//! The conversion of refusals by the infrastructure of the server into the status codes of the contract: bad
//! cursors, conflicts of idempotency keys, exhausted rate limits.
//!
//! The infrastructure in `platform` does not depend on a contract. Its refusals do not implement
//! `std::error::Error`, because every `Error` converts into a 500. This module alone assigns a status code to
//! each refusal.

use generated::v1::{BadRequest, Conflict, CreateOrderError, TooManyRequests, UnprocessableEntity};

use crate::platform::cursor::BadCursor;
use crate::platform::idempotency::KeyConflict;
use crate::platform::limiter::Limited;

impl From<BadCursor> for BadRequest {
    fn from(cursor: BadCursor) -> BadRequest {
        BadRequest::new("the request is not valid").code("VALIDATION_ERROR").detail("cursor", cursor.message())
    }
}

impl From<Limited> for TooManyRequests {
    fn from(limited: Limited) -> TooManyRequests {
        let refusal = TooManyRequests::new("too many requests; try again later");
        limited.0.headers().fold(refusal, |refusal, (name, value)| refusal.header(name.as_str(), value))
    }
}

impl From<KeyConflict> for CreateOrderError {
    fn from(conflict: KeyConflict) -> CreateOrderError {
        match conflict {
            KeyConflict::AnotherRequest => {
                UnprocessableEntity::new("the idempotency key was used with another request").code("KEY_REUSED").into()
            }
            KeyConflict::StillRunning => Conflict::new("a request with this idempotency key is still running").into(),
        }
    }
}
