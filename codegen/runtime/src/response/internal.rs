//! Internal errors of a service, and their conversion into a response with status 500.

use std::error::Error;

use crate::response::not_written::{self, NotWritten};
use crate::response::problem::Problem;
use crate::response::reply::{Reply, Respond, Responder};
use crate::response::unavailable;

/// An internal error of a handler: a response with status 500 and a general message. Its cause is logged and not sent.
/// With the cause [`Unavailable`](crate::Unavailable) it is a response with status 503 instead.
///
/// # Examples
///
/// ```
/// use writ_runtime::Internal;
///
/// fn read_settings(text: &str) -> Result<u16, Internal> {
///     Ok(text.parse::<u16>()?)
/// }
///
/// assert!(read_settings("not a number").is_err());
/// ```
#[derive(Debug)]
pub struct Internal(pub Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for Internal {
    fn from(cause: E) -> Internal {
        Internal(cause.into())
    }
}

impl Respond for Internal {
    fn respond(self, _: &Responder) -> Reply {
        if self.0.is::<NotWritten>() {
            return Reply::from(not_written::problem());
        }
        Reply::from(unavailable::problem(self.0).unwrap_or_else(Problem::internal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::reply::ReplyBody;

    #[test]
    fn an_internal_cause_is_not_part_of_the_message() {
        let reply = Internal::from(std::io::Error::other("disk")).respond(&Responder::default());
        let ReplyBody::Problem(problem) = reply.body else { panic!("no problem") };
        assert!(!problem.message.contains("disk"));
        assert!(problem.cause.is_some());
    }

    #[test]
    fn work_that_is_unavailable_is_a_503() {
        let cause = crate::Unavailable::retry_after(std::time::Duration::from_secs(7));
        let reply = Internal::from(cause).respond(&Responder::default());
        assert_eq!((reply.status.as_u16(), &reply.headers["retry-after"]), (503, &http::HeaderValue::from_static("7")));
    }
}
