//! One effect a key: the record is written by the transaction that has the effect.
//!
//! ```ignore
//! let answer = once(cx, &self.orders, cx.principal().user_id, async |tx| {
//!     let order = store::insert(tx, request).await?;
//!     Ok(CreateOrderResponse::from(order))
//! });
//! answer.await
//! ```

use std::fmt::Display;

use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use writ_runtime::{Context, Idempotent, Recorded, Respond};

/// How long a record is kept where the contract does not say.
const RETENTION_SECONDS: f64 = 86_400.0;

/// `lock_not_available`: PostgreSQL gave up waiting (its Appendix A).
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// A key that cannot be honoured. It is not an error of ours, and must not become one: the handler
/// turns it into the statuses of its contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyConflict {
    /// The key was used with another request: 422.
    AnotherRequest,
    /// The first request with this key is still running: 409.
    StillRunning,
}

/// Does `work` in a transaction, at most once for the caller's `Idempotency-Key`.
///
/// Without a key the transaction is plain. With one, its record comes first: a second request with
/// the same key waits there for the first, and then sends the same bytes. An error of `work` undoes
/// the record with everything else, so that the caller may try again.
///
/// # Errors
/// Those of `work`, of the database, and [`KeyConflict`].
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
    if !record.claim(&mut transaction).await.map_err(refine::<E>)? {
        let recorded = record.find(&mut transaction).await?;
        return Ok(Idempotent::Recorded(recorded.map_err(E::from)?));
    }
    let response = work(&mut transaction).await?;
    let recorded = Recorded::of(response);
    record.complete(&mut transaction, &recorded).await?;
    transaction.commit().await?;
    Ok(Idempotent::Recorded(recorded))
}

/// Forgets records whose time is over; to be called now and then.
///
/// # Errors
/// Those of the database.
pub async fn purge(pool: &PgPool) -> Result<u64, sqlx::Error> {
    let purged = sqlx::query!("DELETE FROM idempotency_keys WHERE expires_at <= now()").execute(pool).await?;
    Ok(purged.rows_affected())
}

/// What names a record.
struct Record<'a> {
    principal: String,
    operation: &'static str,
    key: &'a str,
    request_hash: &'a [u8; 32],
    retention: f64,
}

impl Record<'_> {
    /// Writes the record, or waits for whoever has. False: somebody was first, and has committed.
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

    /// The answer of whoever was first.
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

    async fn complete(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        answer: &Recorded,
    ) -> Result<(), sqlx::Error> {
        let status = i16::try_from(answer.status).map_err(|error| sqlx::Error::Encode(error.into()))?;
        let completed = sqlx::query!(
            "UPDATE idempotency_keys SET status = $4, headers = $5, body = $6
             WHERE principal = $1 AND operation = $2 AND key = $3",
            self.principal,
            self.operation,
            self.key,
            status,
            Json(&answer.headers) as _,
            answer.body
        );
        completed.execute(&mut **transaction).await.map(drop)
    }
}

fn refine<E: From<sqlx::Error> + From<KeyConflict>>(error: sqlx::Error) -> E {
    let waited_in_vain =
        error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(LOCK_NOT_AVAILABLE));
    if waited_in_vain { KeyConflict::StillRunning.into() } else { error.into() }
}

#[cfg(test)]
mod tests;
