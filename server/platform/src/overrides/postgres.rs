//! The store of overrides in a database, and the register of the processes that apply them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};
use uuid::Uuid;

use super::active::Clock;
use super::change::{Change, Kind};
use super::command::Setting;
use super::{Accepted, LogEntry, Override, Process};
use crate::BoxError;
use crate::jobs::Expired;
use crate::operator::{Author, Note, explained};

/// Increments the version of the service's overrides. The row stays locked until the transaction ends, so versions
/// become visible in their order.
const NEXT_VERSION: &str = "\
INSERT INTO writ.policy_versions AS known (service, version) VALUES (current_schema(), 1)
ON CONFLICT (service) DO UPDATE SET version = known.version + 1
RETURNING version";

/// Reads the version of the service's overrides, and the clock.
const VERSION: &str = r#"
SELECT coalesce((SELECT version FROM writ.policy_versions WHERE service = current_schema() COLLATE "default"), 0),
       clock_timestamp()"#;

/// Sets an override. The time limit begins after the wait for the lock of the version.
const SET: &str = "\
INSERT INTO writ.policy_overrides (service, operation, kind, change, set_at, until, operator, reason)
VALUES (current_schema(), $1, $2, $3, statement_timestamp(), statement_timestamp() + make_interval(secs => $4), $5, $6)
ON CONFLICT (service, operation, kind) DO UPDATE
SET change = excluded.change, set_at = excluded.set_at, until = excluded.until, operator = excluded.operator,
    role = session_user, reason = excluded.reason
RETURNING until";

/// Ends the overrides of an operation, or that of one kind.
const CLEAR: &str = r#"
DELETE FROM writ.policy_overrides
WHERE service = current_schema() COLLATE "default" AND operation = $1 AND ($2::text IS NULL OR kind = $2)
      AND until > statement_timestamp()
RETURNING change"#;

/// Adds an entry to the log.
const LOG: &str = "\
INSERT INTO writ.policy_log (service, version, action, operation, change, until, operator, reason)
VALUES (current_schema(), $1, $2, $3, $4, $5, $6, $7)";

/// Reads the overrides that have not ended.
const LIST: &str = r#"
SELECT operation, change, until, operator, role, reason FROM writ.policy_overrides
WHERE service = current_schema() COLLATE "default" AND until > statement_timestamp()
ORDER BY operation, kind LIMIT 1000"#;

/// Reads the latest entries of the log.
const READ_LOG: &str = r#"
SELECT at, action, operation, change, until, operator, role, reason FROM writ.policy_log
WHERE service = current_schema() COLLATE "default" ORDER BY id DESC LIMIT $1"#;

/// Registers a process with the version that it applies, or confirms that it still runs.
const REGISTER: &str = "\
INSERT INTO writ.policy_processes (service, id, name, version, seen_at)
VALUES (current_schema(), $1, $2, $3, statement_timestamp())
ON CONFLICT (service, id) DO UPDATE SET version = excluded.version, seen_at = excluded.seen_at";

/// Deletes the processes that have not confirmed for a minute that they run.
const FORGET: &str = r#"
DELETE FROM writ.policy_processes
WHERE service = current_schema() COLLATE "default" AND seen_at < statement_timestamp() - interval '1 minute'"#;

/// Deletes a process that ends.
const LEAVE: &str =
    r#"DELETE FROM writ.policy_processes WHERE service = current_schema() COLLATE "default" AND id = $1"#;

/// Reads the processes that run. Each confirms it every two seconds.
const PROCESSES: &str = r#"
SELECT name, version FROM writ.policy_processes
WHERE service = current_schema() COLLATE "default" AND seen_at > statement_timestamp() - interval '8 seconds'
ORDER BY name LIMIT 1000"#;

/// The policies whose end has passed.
pub(crate) const ENDED: Expired =
    Expired::new("writ.policy_overrides", "until").only(r#"service = current_schema() COLLATE "default""#);

/// The log entries of more than 90 days ago.
pub(crate) const OLD_ENTRIES: Expired = Expired::new("writ.policy_log", "at")
    .after(Duration::from_secs(90 * 24 * 3600))
    .only(r#"service = current_schema() COLLATE "default""#);

/// The log entries with 10,000 later ones.
pub(crate) const SURPLUS_ENTRIES: Expired = Expired::new("writ.policy_log", "at").only(
    r#"service = current_schema() COLLATE "default" AND id <= (
        SELECT id FROM writ.policy_log WHERE service = current_schema() COLLATE "default"
        ORDER BY id DESC OFFSET 10000 LIMIT 1
    )"#,
);

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] =
    &[NEXT_VERSION, VERSION, SET, CLEAR, LOG, LIST, READ_LOG, REGISTER, FORGET, LEAVE, PROCESSES];

/// The store of overrides in a database.
#[derive(Debug)]
pub(crate) struct PostgresBoard(PgPool);

impl PostgresBoard {
    pub(super) fn new(pool: PgPool) -> PostgresBoard {
        PostgresBoard(pool)
    }

    pub(super) async fn set(&self, setting: &Setting) -> Result<Accepted, BoxError> {
        let Setting { operation, changes, duration, note } = setting;
        let mut transaction = self.0.begin().await.map_err(explained)?;
        let version = next_version(&mut transaction).await?;
        let mut until = None;
        for change in changes {
            let end: DateTime<Utc> = sqlx::query_scalar(SET)
                .bind(operation)
                .bind(change.kind().as_str())
                .bind(change.to_string())
                .bind(duration.as_secs_f64())
                .bind(&note.operator)
                .bind(&note.reason)
                .fetch_one(&mut *transaction)
                .await?;
            until = Some(end);
            log(&mut transaction, version, "set", operation, &change.to_string(), until, note).await?;
        }
        transaction.commit().await?;
        Ok(Accepted { version, changes: changes.iter().map(ToString::to_string).collect(), until })
    }

    pub(super) async fn clear(
        &self,
        operation: &str,
        kind: Option<Kind>,
        note: &Note,
    ) -> Result<Option<Accepted>, BoxError> {
        let mut transaction = self.0.begin().await.map_err(explained)?;
        let version = next_version(&mut transaction).await?;
        let kind = kind.map(Kind::as_str);
        let changes: Vec<String> =
            sqlx::query_scalar(CLEAR).bind(operation).bind(kind).fetch_all(&mut *transaction).await?;
        if changes.is_empty() {
            return Ok(None);
        }
        for change in &changes {
            log(&mut transaction, version, "clear", operation, change, None, note).await?;
        }
        transaction.commit().await?;
        Ok(Some(Accepted { version, changes, until: None }))
    }

    pub(super) async fn list(&self) -> Result<Vec<Override>, BoxError> {
        let rows = sqlx::query(LIST).fetch_all(&self.0).await.map_err(explained)?;
        Ok(overrides(&rows)?)
    }

    pub(super) async fn log(&self, entries: u32) -> Result<Vec<LogEntry>, BoxError> {
        let rows = sqlx::query(READ_LOG).bind(i64::from(entries)).fetch_all(&self.0).await.map_err(explained)?;
        let entry = |row: &PgRow| {
            Ok(LogEntry {
                at: row.try_get("at")?,
                action: row.try_get("action")?,
                operation: row.try_get("operation")?,
                change: row.try_get("change")?,
                until: row.try_get("until")?,
                author: author(row)?,
                reason: row.try_get("reason")?,
            })
        };
        Ok(rows.iter().map(entry).collect::<Result<_, sqlx::Error>>()?)
    }

    pub(super) async fn processes(&self) -> Result<Vec<Process>, BoxError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(PROCESSES).fetch_all(&self.0).await.map_err(explained)?;
        Ok(rows.into_iter().map(|(name, version)| Process { name, version }).collect())
    }
}

/// Reads the version of the overrides and the clock of the database.
pub(super) async fn version(pool: &PgPool) -> Result<(i64, Clock), sqlx::Error> {
    let asked_at = Instant::now();
    let (version, time): (i64, DateTime<Utc>) = sqlx::query_as(VERSION).fetch_one(pool).await?;
    Ok((version, Clock::new(asked_at, time)))
}

/// Reads the overrides that have not ended.
pub(super) async fn load(pool: &PgPool) -> Result<Vec<Override>, sqlx::Error> {
    overrides(&sqlx::query(LIST).fetch_all(pool).await?)
}

/// Confirms that a process runs, and the version that it applies.
pub(super) async fn register(pool: &PgPool, id: Uuid, name: &str, version: i64) -> Result<(), sqlx::Error> {
    sqlx::query(REGISTER).bind(id).bind(name).bind(version).execute(pool).await?;
    sqlx::query(FORGET).execute(pool).await?;
    Ok(())
}

/// Deletes a process that ends.
pub(super) async fn leave(pool: &PgPool, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query(LEAVE).bind(id).execute(pool).await?;
    Ok(())
}

async fn next_version(connection: &mut PgConnection) -> Result<i64, BoxError> {
    sqlx::query_scalar(NEXT_VERSION).fetch_one(connection).await.map_err(explained)
}

async fn log(
    connection: &mut PgConnection,
    version: i64,
    action: &str,
    operation: &str,
    change: &str,
    until: Option<DateTime<Utc>>,
    note: &Note,
) -> Result<(), sqlx::Error> {
    let entry = sqlx::query(LOG).bind(version).bind(action).bind(operation).bind(change).bind(until);
    entry.bind(&note.operator).bind(&note.reason).execute(connection).await?;
    Ok(())
}

/// Decodes overrides. A row that this version of the program cannot read, because a later one has written it, is
/// skipped.
fn overrides(rows: &[PgRow]) -> Result<Vec<Override>, sqlx::Error> {
    let mut overrides = Vec::with_capacity(rows.len());
    for row in rows {
        let (operation, change): (String, String) = (row.try_get("operation")?, row.try_get("change")?);
        match Change::parse(&change) {
            Ok(change) => overrides.push(Override {
                operation,
                change,
                until: row.try_get("until")?,
                author: author(row)?,
                reason: row.try_get("reason")?,
            }),
            Err(fault) => tracing::warn!(operation, change, fault, "a policy cannot be read and has no effect"),
        }
    }
    Ok(overrides)
}

fn author(row: &PgRow) -> Result<Author, sqlx::Error> {
    Ok(Author { operator: row.try_get("operator")?, role: row.try_get("role")? })
}
