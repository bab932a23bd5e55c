//! A fault that passes is a 503: a database that is unavailable or out of patience is no error of ours.

use http::{HeaderValue, StatusCode, header};
use writ_runtime::problem::code_of;
use writ_runtime::{Admission, Entry, Gate, Problem, Reply, ReplyBody};

use crate::platform::caller::Caller;

/// Classes and codes of PostgreSQL (its Appendix A) that say "not now": connections, resources,
/// intervention of an operator, a lock that was waited for too long, a deadlock.
const PASSING: [&str; 5] = ["08", "53", "57", "55P03", "40"];

/// A gate that lets out a 503 with `Retry-After` where a handler met an outage. Handlers say `?`.
#[derive(Debug, Clone)]
pub struct ErrorTranslation<G>(pub G);

impl<G: Gate<Caller>> Gate<Caller> for ErrorTranslation<G> {
    type Pass = G::Pass;

    async fn enter(&self, entry: &Entry<'_, Caller>) -> Result<Admission<G::Pass>, Problem> {
        self.0.enter(entry).await
    }

    async fn leave(&self, pass: G::Pass, entry: &Entry<'_, Caller>, reply: &mut Reply) {
        if entry.call.operation.declares(503) {
            excuse(reply);
        }
        self.0.leave(pass, entry, reply).await;
    }
}

/// Turns a 500 into a 503 where its cause passes.
fn excuse(reply: &mut Reply) {
    let ReplyBody::Problem(problem) = &mut reply.body else { return };
    let cause = problem.cause.as_ref().and_then(|cause| cause.downcast_ref::<sqlx::Error>());
    if problem.status != StatusCode::INTERNAL_SERVER_ERROR || !cause.is_some_and(passes) {
        return;
    }
    problem.status = StatusCode::SERVICE_UNAVAILABLE;
    problem.code = code_of(problem.status).into();
    problem.message = "the service is not available now".into();
    reply.status = problem.status;
    reply.headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
}

fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| PASSING.iter().any(|passing| code.starts_with(passing)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, TestDatabases};

    fn answer(error: sqlx::Error) -> Reply {
        let mut reply = Reply::from(Problem::internal(error));
        excuse(&mut reply);
        reply
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_a_503_that_says_when_to_come_again() {
        let away = testing::databases_unavailable();
        let reply = answer(sqlx::query("SELECT 1").execute(&away.orders).await.unwrap_err());
        assert_eq!((reply.status.as_u16(), &reply.headers["retry-after"]), (503, &HeaderValue::from_static("1")));
        let ReplyBody::Problem(problem) = reply.body else { panic!("no problem") };
        assert_eq!((&*problem.code, problem.cause.is_some()), ("SERVICE_UNAVAILABLE", true));
    }

    #[tokio::test]
    async fn a_statement_that_takes_too_long_passes_and_a_wrong_one_does_not() {
        let database = TestDatabases::migrated().await;
        for (sql, status) in [("SELECT pg_sleep(30)", 503), ("SELECT nothing", 500), ("SELECT 1 / 0", 500)] {
            let error = sqlx::query(sql).execute(&database.pools.orders).await.unwrap_err();
            assert_eq!(answer(error).status.as_u16(), status, "{sql}");
        }
    }
}
