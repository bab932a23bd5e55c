//! Errors from inside, and the conversions into the error of an operation.

use std::error::Error;

use crate::response::not_written::{self, NotWritten};
use crate::response::problem::Problem;
use crate::response::reply::{Reply, Respond, Responder};

/// Any error from inside: a 500, with the cause in the log and a general message outside.
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
        Reply::from(Problem::internal(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::reply::ReplyBody;

    #[test]
    fn a_cause_from_inside_goes_no_further_than_the_problem() {
        let reply = Internal::from(std::io::Error::other("disk")).respond(&Responder::default());
        let ReplyBody::Problem(problem) = reply.body else { panic!("no problem") };
        assert!(!problem.message.contains("disk"));
        assert!(problem.cause.is_some());
    }
}
