//! Idempotency keys: a repeated request with the same key has no second effect.
//!
//! The handler passes its work to [`once`]. The transaction of this work also writes the record of the key, so
//! that effect and record are committed together.

use std::fmt::Display;

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use writ_runtime::{Context, Idempotent, Recorded, Respond};

/// The time in seconds for which an idempotency record is kept if the contract declares no retention.
const RETENTION_SECONDS: f64 = 86_400.0;

/// The PostgreSQL error code `lock_not_available`: the wait for a lock timed out (PostgreSQL, Appendix A).
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// The reason why the idempotency key of a request is refused.
///
/// The type does not implement `std::error::Error`, because every `Error` converts into a response with 500. The
/// service converts this reason into the status codes of its contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyConflict {
    /// The idempotency key was used with a different request. The response should be 422.
    AnotherRequest,
    /// The first request with this idempotency key is still running. The response should be 409.
    StillRunning,
}

/// Runs `work` in a transaction, at most once for the `Idempotency-Key` of the request.
///
/// Without a key, `work` runs in an ordinary transaction. With a key, the transaction first writes the record
/// of the key. A second request with the key waits for the first and then returns its recorded response. If
/// `work` fails, the record is rolled back too, so that the caller can try again.
///
/// Keys are separate for each `principal` and operation.
///
/// ```no_run
/// # use server::platform::idempotency::{KeyConflict, once};
/// # use writ_runtime::{Context, Idempotent, Respond};
/// # async fn example<T: Respond, E: From<sqlx::Error> + From<KeyConflict>>(
/// #     cx: &Context<String>,
/// #     pool: &sqlx::PgPool,
/// #     respond: impl FnOnce(i64) -> T,
/// # ) -> Result<Idempotent<T>, E> {
/// once(cx, pool, cx.principal(), async |connection| {
///     let insert = sqlx::query_scalar("INSERT INTO orders DEFAULT VALUES RETURNING id");
///     let id: i64 = insert.fetch_one(connection).await?;
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
    principal: impl Display,
    work: impl AsyncFnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<Idempotent<T>, E>
where
    T: Respond,
    E: From<sqlx::Error> + From<KeyConflict>,
{
    let mut transaction = pool.begin().await?;
    let Some(key) = cx.idempotency() else {
        let response = work(&mut transaction).await?;
        transaction.commit().await?;
        return Ok(Idempotent::Fresh(response));
    };
    let retention =
        cx.operation().idempotency.as_ref().map_or(RETENTION_SECONDS, |policy| policy.retention.as_secs_f64());
    let record = Record {
        principal: principal.to_string(),
        operation: cx.operation().id,
        key: &key.key,
        request_hash: &key.request_hash,
        retention,
    };
    if !record.claim(&mut transaction).await.map_err(claim_error::<E>)? {
        let recorded = record.find(&mut transaction).await?;
        return Ok(Idempotent::Recorded(recorded.map_err(E::from)?));
    }
    let response = work(&mut transaction).await?;
    let recorded = Recorded::of(response);
    record.complete(&mut transaction, &recorded).await?;
    transaction.commit().await?;
    Ok(Idempotent::Recorded(recorded))
}

/// Deletes expired idempotency records and returns the number of deleted records.
///
/// # Errors
/// Returns the error of the database.
pub async fn purge(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let purged = sqlx::query!("DELETE FROM idempotency_keys WHERE expires_at <= now()").execute(pool).await?;
    Ok(purged.rows_affected())
}

/// An idempotency record: the identity of the key, and the values to write when the record is new.
struct Record<'a> {
    principal: String,
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
    async fn claim(&self, transaction: &mut Transaction<'_, Postgres>) -> Result<bool, sqlx::Error> {
        let claimed = sqlx::query!(
            "INSERT INTO idempotency_keys AS kept (principal, operation, key, request_hash, expires_at)
             VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
             ON CONFLICT (principal, operation, key) DO UPDATE
             SET request_hash = excluded.request_hash, status = NULL, headers = NULL, body = NULL,
                 created_at = now(), expires_at = excluded.expires_at
             WHERE kept.expires_at <= now()",
            self.principal,
            self.operation,
            self.key,
            self.request_hash,
            self.retention
        );
        Ok(claimed.execute(&mut **transaction).await?.rows_affected() == 1)
    }

    /// Returns the response of the first request with this idempotency key, as the record contains it.
    async fn find(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
    ) -> Result<Result<Recorded, KeyConflict>, sqlx::Error> {
        let found = sqlx::query!(
            r#"SELECT request_hash, status AS "status!", headers AS "headers!: Json<Vec<(String, String)>>", body AS "body!"
               FROM idempotency_keys WHERE principal = $1 AND operation = $2 AND key = $3"#,
            self.principal,
            self.operation,
            self.key
        );
        let found = found.fetch_one(&mut **transaction).await?;
        if found.request_hash != self.request_hash {
            return Ok(Err(KeyConflict::AnotherRequest));
        }
        let status = u16::try_from(found.status).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Ok(Recorded { status, headers: found.headers.0, body: found.body }))
    }

    /// Adds the response of the first request to its idempotency record.
    async fn complete(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        response: &Recorded,
    ) -> Result<(), sqlx::Error> {
        let status = i16::try_from(response.status).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let completed = sqlx::query!(
            "UPDATE idempotency_keys SET status = $4, headers = $5, body = $6
             WHERE principal = $1 AND operation = $2 AND key = $3",
            self.principal,
            self.operation,
            self.key,
            status,
            Json(&response.headers) as _,
            response.body
        );
        completed.execute(&mut **transaction).await.map(drop)
    }
}

/// Converts the database error of writing an idempotency record into the error of the operation. A lock timeout
/// becomes [`KeyConflict::StillRunning`], because it means that the first request is still running.
fn claim_error<E: From<sqlx::Error> + From<KeyConflict>>(error: sqlx::Error) -> E {
    let timed_out = error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(LOCK_NOT_AVAILABLE));
    if timed_out { KeyConflict::StillRunning.into() } else { error.into() }
}

#[cfg(test)]
mod tests;
