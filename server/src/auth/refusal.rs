//! Why nobody is signed in.

use generated::v1::{LoginError, RefreshError, Unauthorized};

/// Why nobody is signed in. It says no more than whoever tries may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such account, or its password is another.
    WrongCredentials,
    /// The refresh token was never given out, is spent, too old, or its session has ended.
    EndedSession,
}

impl From<Refusal> for Unauthorized {
    fn from(refusal: Refusal) -> Unauthorized {
        let message = match refusal {
            Refusal::WrongCredentials => "the e-mail address or the password is wrong",
            Refusal::EndedSession => "the session has ended; sign in again",
        };
        // RFC 9110 § 11.6.1: every 401 says what it would take.
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
