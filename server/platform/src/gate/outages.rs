//! The translation of temporary database failures from status 500 to 503, so that clients know that they can
//! retry.

use http::{HeaderValue, StatusCode, header};
use writ_runtime::problem::code_of;
use writ_runtime::{Entry, Reply, ReplyBody};

use super::exchange::Commands;
use super::policy::{Policy, Stage, Visit};
use crate::metrics::{self, OutageCause};

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
    let Some(cause) = cause.and_then(cause_of).filter(|_| problem.status == StatusCode::INTERNAL_SERVER_ERROR) else {
        return;
    };
    metrics::record(|metrics| metrics.observe_outage(cause));
    problem.status = StatusCode::SERVICE_UNAVAILABLE;
    problem.code = code_of(problem.status).into();
    problem.message = "the service is temporarily unavailable; try again later".into();
    reply.status = problem.status;
    reply.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
}

/// Returns the cause of a temporary failure, after which a client can retry. Returns `None` if the error describes
/// another failure.
fn cause_of(error: &sqlx::Error) -> Option<OutageCause> {
    match error {
        sqlx::Error::PoolTimedOut => Some(OutageCause::PoolTimeout),
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed => Some(OutageCause::Connection),
        // The driver reports a connection that is cut while it is opened as a message that it does not know.
        sqlx::Error::Protocol(_) => Some(OutageCause::Connection),
        sqlx::Error::Database(error) => {
            let code = error.code()?;
            let is_transient = TRANSIENT.iter().any(|prefix| code.starts_with(prefix));
            // `query_canceled` is the end of a statement; the other codes of its class are the end of the connection.
            let is_connection = code.starts_with("08") || code.starts_with("53") || code.starts_with("57P");
            is_transient.then_some(if is_connection { OutageCause::Connection } else { OutageCause::Statement })
        }
        _ => None,
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

    #[tokio::test]
    async fn the_cause_of_an_outage_follows_from_the_code_of_the_database() {
        let database = TestDatabase::with_things().await;
        for (code, expected) in [
            ("08006", Some(OutageCause::Connection)),
            ("53300", Some(OutageCause::Connection)),
            ("57P01", Some(OutageCause::Connection)),
            ("57014", Some(OutageCause::Statement)),
            ("55P03", Some(OutageCause::Statement)),
            ("40001", Some(OutageCause::Statement)),
            ("55006", None),
            ("23505", None),
        ] {
            let sql = format!("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$");
            let error = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&database.pool).await.unwrap_err();
            assert_eq!(cause_of(&error), expected, "{code}");
        }
        for (error, expected) in [
            (sqlx::Error::PoolTimedOut, Some(OutageCause::PoolTimeout)),
            (sqlx::Error::PoolClosed, Some(OutageCause::Connection)),
            (sqlx::Error::Io(std::io::Error::other("cut")), Some(OutageCause::Connection)),
            (sqlx::Error::Protocol("cut".to_owned()), Some(OutageCause::Connection)),
            (sqlx::Error::RowNotFound, None),
        ] {
            assert_eq!(cause_of(&error), expected, "{error}");
        }
    }
}
