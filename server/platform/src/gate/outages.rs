//! The translation of temporary database failures from status 500 to 503, so that clients know that they can
//! retry.

use http::{HeaderValue, StatusCode, header};
use writ_runtime::problem::code_of;
use writ_runtime::{Entry, Reply, ReplyBody};

use super::exchange::Commands;
use super::policy::{Policy, Stage, Visit};

/// The prefixes of the PostgreSQL error codes that describe a temporary failure (PostgreSQL, Appendix A):
/// connection exceptions, insufficient resources, operator intervention, a lock that is not available,
/// transaction rollback.
const TRANSIENT: [&str; 5] = ["08", "53", "57", "55P03", "40"];

/// The [`Policy`] that changes a response to 503 with `Retry-After` if the handler failed with a temporary database
/// error.
///
/// Handlers can return database errors with `?` and need no code for outages. The response changes only if the
/// contract declares 503 for the operation.
#[derive(Debug, Clone, Copy)]
pub struct Outages;

/// The part of [`Outages`] in a request for an operation that declares 503.
#[derive(Debug)]
pub struct OutageVisit;

impl<P: Sync> Policy<P> for Outages {
    type Visit = OutageVisit;
    const STAGE: Stage = Stage::Outcome;

    fn visit(&self, entry: &Entry<'_, P>, _: &mut Commands) -> Option<OutageVisit> {
        entry.call.operation.declares(503).then_some(OutageVisit)
    }
}

impl<P: Sync> Visit<P> for OutageVisit {
    async fn leave(&mut self, _: &Entry<'_, P>, reply: &mut Reply) {
        translate_outage(reply);
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
        // The driver reports a connection that is cut while it is opened as a message that it does not know.
        sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| TRANSIENT.iter().any(|prefix| code.starts_with(prefix)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
    use writ_runtime::Problem;

    use super::*;
    use crate::testing::{self, TestDatabase};

    fn translated(error: sqlx::Error) -> Reply {
        let mut reply = Reply::from(Problem::internal(error));
        translate_outage(&mut reply);
        reply
    }

    #[tokio::test]
    async fn an_unavailable_database_is_a_503_with_retry_after() {
        let unavailable = testing::database_unavailable();
        let reply = translated(sqlx::query("SELECT 1").execute(&unavailable).await.unwrap_err());
        assert_eq!((reply.status.as_u16(), &reply.headers["retry-after"]), (503, &HeaderValue::from_static("1")));
        let ReplyBody::Problem(problem) = reply.body else { panic!("the body is not a problem") };
        assert_eq!((&*problem.code, problem.cause.is_some()), ("SERVICE_UNAVAILABLE", true));
    }

    #[tokio::test]
    async fn a_connection_that_is_cut_while_it_is_opened_is_a_503() {
        let proxy = testing::Proxy::postgres().await;
        proxy.set(testing::Flow::Closed);
        let options = proxy.url(&std::env::var(testing::DATABASE_URL).unwrap()).parse::<PgConnectOptions>().unwrap();
        for mode in [PgSslMode::Disable, PgSslMode::Prefer, PgSslMode::VerifyFull] {
            let pool = PgPoolOptions::new().connect_lazy_with(options.clone().ssl_mode(mode));
            let error = sqlx::query("SELECT 1").execute(&pool).await.unwrap_err();
            assert_eq!(translated(error).status.as_u16(), 503, "{mode:?}");
        }
    }

    #[tokio::test]
    async fn a_statement_timeout_is_a_503_and_a_faulty_statement_is_a_500() {
        let database = TestDatabase::with_things().await;
        for (sql, status) in [("SELECT pg_sleep(30)", 503), ("SELECT nothing", 500), ("SELECT 1 / 0", 500)] {
            let error = sqlx::query(sql).execute(&database.pool).await.unwrap_err();
            assert_eq!(translated(error).status.as_u16(), status, "{sql}");
        }
    }
}
