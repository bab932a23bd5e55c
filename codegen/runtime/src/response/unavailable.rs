//! The error of work that a service cannot do at the moment, and its conversion into a response with status 503.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use http::{StatusCode, header};

use crate::response::problem::Problem;

/// The error of work that a service cannot do at the moment, although the request is valid: a queue is full, or a
/// dependency is unavailable. The caller receives 503 with `Retry-After`.
///
/// A handler returns it with `?` in every operation, because any operation of a service can be unavailable. If the
/// contract declares 503 for the operation, the response has the error schema of this status. Errors of a service that
/// have it as their [`source`](Error::source) become the same response. As the cause of
/// [`Denied::Unavailable`](crate::Denied::Unavailable) it sets the `Retry-After` of this refusal.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use writ_runtime::{Internal, Unavailable};
///
/// fn enqueue(waiting: usize) -> Result<(), Internal> {
///     if waiting > 100 {
///         return Err(Unavailable::retry_after(Duration::from_secs(2)).because("the queue is full").into());
///     }
///     Ok(())
/// }
///
/// assert!(enqueue(101).is_err());
/// ```
#[derive(Debug)]
pub struct Unavailable {
    retry_after: Duration,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Unavailable {
    /// Creates the error of work that the caller can request again after this time. `Retry-After` is rounded up to
    /// seconds, and at least one second.
    pub fn retry_after(time: Duration) -> Unavailable {
        Unavailable { retry_after: time, cause: None }
    }

    /// Adds the cause of the error. It is logged and never sent.
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Unavailable {
        self.cause = Some(cause.into());
        self
    }

    /// Returns the value of the header `Retry-After`, in seconds.
    pub fn seconds(&self) -> u64 {
        (self.retry_after.as_secs() + u64::from(self.retry_after.subsec_nanos() > 0)).max(1)
    }

    /// Returns the first error of this type among an error and its sources.
    pub(crate) fn find<'a>(error: &'a (dyn Error + Send + Sync + 'static)) -> Option<&'a Unavailable> {
        let mut error: &'a (dyn Error + 'static) = error;
        loop {
            match error.downcast_ref::<Unavailable>() {
                Some(found) => return Some(found),
                None => error = error.source()?,
            }
        }
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "temporarily unavailable; try again in {} s", self.seconds())
    }
}

impl Error for Unavailable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// Returns the 503 problem of an error whose chain of sources contains [`Unavailable`], or else the error.
pub(crate) fn problem(error: Box<dyn Error + Send + Sync>) -> Result<Problem, Box<dyn Error + Send + Sync>> {
    let Some(seconds) = Unavailable::find(&*error).map(Unavailable::seconds) else { return Err(error) };
    let message = "the service is temporarily unavailable; try again later";
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, message).with_header(header::RETRY_AFTER, seconds);
    problem.cause = Some(error);
    Ok(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct SlowDisk(Unavailable);

    impl fmt::Display for SlowDisk {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the disk is slow")
        }
    }

    impl Error for SlowDisk {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_and_each_error_that_has_it_as_its_source_are_a_503() {
        let unavailable = || Unavailable::retry_after(Duration::from_millis(2001)).because("the disk is full");
        for error in [Box::from(unavailable()), Box::<dyn Error + Send + Sync>::from(SlowDisk(unavailable()))] {
            let problem = problem(error).unwrap();
            assert_eq!((problem.status.as_u16(), problem.header("retry-after")), (503, Some("3")));
            assert!(!problem.message.contains("disk") && problem.cause.is_some());
        }
        assert!(problem("another error".into()).is_err());
    }

    #[test]
    fn a_caller_waits_at_least_a_second() {
        assert_eq!(Unavailable::retry_after(Duration::ZERO).seconds(), 1);
    }

    #[test]
    fn the_time_and_the_cause_of_an_unavailable_service_are_shown() {
        let unavailable = Unavailable::retry_after(Duration::from_secs(5));
        assert_eq!(unavailable.to_string(), "temporarily unavailable; try again in 5 s");
        assert!(unavailable.source().is_none());
        let because = unavailable.because("the disk is full");
        assert_eq!(because.source().map(ToString::to_string).as_deref(), Some("the disk is full"));
    }
}
