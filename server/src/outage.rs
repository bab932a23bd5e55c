//! The translation of temporary database failures from status 500 to 503, so that clients know that they can
//! retry.

use http::{HeaderValue, StatusCode, header};
use writ_runtime::problem::code_of;
use writ_runtime::{Admission, Entry, Gate, Problem, Reply, ReplyBody};

use crate::platform::caller::Caller;

/// The prefixes of the PostgreSQL error codes that describe a temporary failure (PostgreSQL, Appendix A):
/// connection exceptions, insufficient resources, operator intervention, a lock that is not available,
/// transaction rollback.
const TRANSIENT: [&str; 5] = ["08", "53", "57", "55P03", "40"];

/// A [`Gate`], a hook before and after the handlers of a service, that wraps another gate. It changes a response
/// to 503 with `Retry-After` if the handler failed with a temporary database error.
///
/// Handlers can return database errors with `?` and need no code for outages. The response changes only if the
/// contract declares 503 for the operation.
#[derive(Debug, Clone)]
pub struct ErrorTranslation<G>(pub G);

impl<G: Gate<Caller>> Gate<Caller> for ErrorTranslation<G> {
    type Pass = G::Pass;

    async fn enter(&self, entry: &Entry<'_, Caller>) -> Result<Admission<G::Pass>, Problem> {
        self.0.enter(entry).await
    }

    async fn leave(&self, pass: G::Pass, entry: &Entry<'_, Caller>, reply: &mut Reply) {
        if entry.call.operation.declares(503) {
            translate_outage(reply);
        }
        self.0.leave(pass, entry, reply).await;
    }
}

/// Changes a response with status 500 to status 503 if its cause is a temporary database error.
fn translate_outage(reply: &mut Reply) {
    let ReplyBody::Problem(problem) = &mut reply.body else { return };
    let cause = problem.cause.as_ref().and_then(|cause| cause.downcast_ref::<sqlx::Error>());
    if problem.status != StatusCode::INTERNAL_SERVER_ERROR || !cause.is_some_and(is_transient) {
        return;
    }
    problem.status = StatusCode::SERVICE_UNAVAILABLE;
    problem.code = code_of(problem.status).into();
    problem.message = "the service is temporarily unavailable; try again later".into();
    reply.status = problem.status;
    reply.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
}

/// Returns true if a database error describes a temporary failure, after which a client can retry.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| TRANSIENT.iter().any(|prefix| code.starts_with(prefix)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, TestDatabases};

    fn translated(error: sqlx::Error) -> Reply {
        let mut reply = Reply::from(Problem::internal(error));
        translate_outage(&mut reply);
        reply
    }

    #[tokio::test]
    async fn an_unavailable_database_is_a_503_with_retry_after() {
        let unavailable = testing::databases_unavailable();
        let reply = translated(sqlx::query("SELECT 1").execute(&unavailable.orders).await.unwrap_err());
        assert_eq!((reply.status.as_u16(), &reply.headers["retry-after"]), (503, &HeaderValue::from_static("1")));
        let ReplyBody::Problem(problem) = reply.body else { panic!("the body is not a problem") };
        assert_eq!((&*problem.code, problem.cause.is_some()), ("SERVICE_UNAVAILABLE", true));
    }

    #[tokio::test]
    async fn a_statement_timeout_is_a_503_and_a_faulty_statement_is_a_500() {
        let database = TestDatabases::migrated().await;
        for (sql, status) in [("SELECT pg_sleep(30)", 503), ("SELECT nothing", 500), ("SELECT 1 / 0", 500)] {
            let error = sqlx::query(sql).execute(&database.pools.orders).await.unwrap_err();
            assert_eq!(translated(error).status.as_u16(), status, "{sql}");
        }
    }
}
