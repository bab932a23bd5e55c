//! Idempotency keys in PostgreSQL: the transaction of the effect also writes the record of the key, so that effect and
//! record are committed together.

use std::borrow::Cow;

use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, Row as _};
use writ_runtime::{Context, Idempotent, KeyConflict, Recorded, Respond};

use crate::Transaction;
use crate::jobs::Expired;
use crate::metrics::KeyResult;
use crate::principal::Principal;

/// Claims a key, unless an unexpired record of it exists. The schema of the service separates the keys of services that
/// share a database.
const CLAIM: &str = "\
INSERT INTO writ.idempotency_keys AS kept (service, principal, operation, key, request_hash, expires_at)
VALUES (current_schema(), $1, $2, $3, $4, now() + make_interval(secs => $5))
ON CONFLICT (service, principal, operation, key) DO UPDATE
SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL,
    created_at = now(), expires_at = excluded.expires_at
WHERE kept.expires_at <= now()";

/// Finds the record of a key. The schema has the collation "C". PostgreSQL looks it up in the index only with the collation of
/// the column, and would otherwise read all records.
const FIND: &str = r#"
SELECT request_hash, status, headers, body FROM writ.idempotency_keys
WHERE service = current_schema() COLLATE "default" AND principal = $1 AND operation = $2 AND key = $3"#;

/// Adds the response to the record of a key.
const COMPLETE: &str = r#"
UPDATE writ.idempotency_keys SET status = $4, headers = $5, body = $6
WHERE service = current_schema() COLLATE "default" AND principal = $1 AND operation = $2 AND key = $3"#;

/// The records of keys whose retention has passed.
pub(crate) const EXPIRED: Expired =
    Expired::new("writ.idempotency_keys", "expires_at").only(r#"service = current_schema() COLLATE "default""#);

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[CLAIM, FIND, COMPLETE];

/// The PostgreSQL error code `lock_not_available`: the wait for a lock timed out (PostgreSQL, Appendix A).
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Runs `work` in a transaction, at most once for the `Idempotency-Key` of the request.
///
/// Without a key, `work` runs in an ordinary transaction. With a key, the transaction first writes the record
/// of the key. A second request with the key waits for the first and then returns its recorded response. If
/// `work` fails, the record is rolled back too, so that the caller can try again.
///
/// Keys are separate for each caller and operation. The pool must belong to a [`Database`](crate::Database) of the
/// platform, whose schema has the table of the records.
///
/// ```no_run
/// # use writ_platform::Principal;
/// # use writ_platform::idempotency::once;
/// # use writ_runtime::{Context, Idempotent, KeyConflict, Respond};
/// # async fn example<P: Principal, T: Respond, E: From<sqlx::Error> + From<KeyConflict>>(
/// #     cx: &Context<P>,
/// #     pool: &sqlx::PgPool,
/// #     respond: impl FnOnce(i64) -> T,
/// # ) -> Result<Idempotent<T>, E> {
/// once(cx, pool, async |transaction| {
///     let insert = sqlx::query_scalar("INSERT INTO tickets DEFAULT VALUES RETURNING id");
///     let id: i64 = insert.fetch_one(&mut **transaction).await?;
///     Ok(respond(id))
/// })
/// .await
/// # }
/// ```
///
/// # Errors
/// Returns the error of `work` or of the database, or a [`KeyConflict`].
pub async fn once<P, T, E>(
    cx: &Context<P>,
    pool: &PgPool,
    work: impl AsyncFnOnce(&mut Transaction) -> Result<T, E>,
) -> Result<Idempotent<T>, E>
where
    P: Principal,
    T: Respond,
    E: From<sqlx::Error> + From<KeyConflict>,
{
    let mut transaction = Transaction::begin(pool).await?;
    let Some(key) = cx.idempotency() else {
        let response = work(&mut transaction).await?;
        transaction.commit().await?;
        return Ok(Idempotent::Fresh(response));
    };
    let record = Record {
        principal: super::bounded(cx.principal().id()),
        operation: cx.operation().id,
        key: &key.key,
        request_hash: &key.request_hash,
        retention: super::retention(cx.operation()).as_secs_f64(),
    };
    let claimed = match record.claim(&mut transaction).await {
        Err(error) if is_lock_timeout(&error) => {
            super::count(cx, KeyResult::InProgress);
            return Err(KeyConflict::StillRunning.into());
        }
        claimed => claimed?,
    };
    if !claimed {
        let recorded = record.find(&mut transaction).await?;
        super::count_known(cx, &recorded);
        return Ok(Idempotent::Recorded(recorded.map_err(E::from)?));
    }
    let response = work(&mut transaction).await?;
    let recorded = Recorded::of(response);
    record.complete(&mut transaction, &recorded).await?;
    transaction.commit().await?;
    super::count(cx, KeyResult::Recorded);
    Ok(Idempotent::Recorded(recorded))
}

/// An idempotency record: the identity of the key, and the values to write when the record is new.
struct Record<'a> {
    principal: Cow<'a, str>,
    operation: &'static str,
    key: &'a str,
    request_hash: &'a [u8; 32],
    retention: f64,
}

impl Record<'_> {
    /// Writes the idempotency record. If another transaction has written this record, waits until that
    /// transaction ends.
    ///
    /// Returns false if that transaction has committed, so that its response must be returned instead.
    async fn claim(&self, connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        let claimed = self.bound(CLAIM).bind(self.request_hash.as_slice()).bind(self.retention);
        Ok(claimed.execute(connection).await?.rows_affected() == 1)
    }

    /// Returns the response of the first request with this idempotency key, as the record contains it.
    async fn find(&self, connection: &mut PgConnection) -> Result<Result<Recorded, KeyConflict>, sqlx::Error> {
        let found = self.bound(FIND).fetch_one(connection).await?;
        if found.try_get::<&[u8], _>("request_hash")? != self.request_hash {
            return Ok(Err(KeyConflict::AnotherRequest));
        }
        let status = u16::try_from(found.try_get::<i16, _>("status")?);
        Ok(Ok(Recorded {
            status: status.map_err(|error| sqlx::Error::Decode(error.into()))?,
            headers: found.try_get::<Json<Vec<(String, String)>>, _>("headers")?.0,
            body: found.try_get("body")?,
        }))
    }

    /// Adds the response of the first request to its idempotency record.
    async fn complete(&self, connection: &mut PgConnection, response: &Recorded) -> Result<(), sqlx::Error> {
        let status = i16::try_from(response.status).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let completed = self.bound(COMPLETE).bind(status).bind(Json(&response.headers)).bind(&response.body);
        completed.execute(connection).await.map(drop)
    }

    /// Returns a statement whose first three parameters are bound to the identity of the key.
    fn bound(&self, statement: &'static str) -> Query<'_, Postgres, PgArguments> {
        sqlx::query(statement).bind(&*self.principal).bind(self.operation).bind(self.key)
    }
}

/// Returns true if writing an idempotency record failed because the first request with its key is still running.
fn is_lock_timeout(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(LOCK_NOT_AVAILABLE))
}

#[cfg(test)]
#[path = "postgres_tests.rs"]
mod tests;
