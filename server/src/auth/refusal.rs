//! The reasons for refusing to open or refresh a login session.

use generated::latest::{LoginError, RefreshError, Unauthorized};

/// The reason why a login session was not opened or refreshed.
///
/// A reason covers all cases that a client must not be able to distinguish, for example an unknown e-mail address
/// and a wrong password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The account of a sign-in request does not exist, or its password is wrong.
    WrongCredentials,
    /// The refresh token in the request is unknown, already used or expired, or its login session has ended.
    EndedSession,
}

impl From<Refusal> for Unauthorized {
    fn from(refusal: Refusal) -> Unauthorized {
        let message = match refusal {
            Refusal::WrongCredentials => "the e-mail address or the password is wrong",
            Refusal::EndedSession => "the session has ended; sign in again",
        };
        // A 401 response must have a challenge (RFC 9110 § 11.6.1).
        Unauthorized::new(message).header("www-authenticate", r#"Bearer realm="api""#)
    }
}

impl From<Refusal> for LoginError {
    fn from(refusal: Refusal) -> LoginError {
        LoginError::Unauthorized(refusal.into())
    }
}

impl From<Refusal> for RefreshError {
    fn from(refusal: Refusal) -> RefreshError {
        RefreshError::Unauthorized(refusal.into())
    }
}
