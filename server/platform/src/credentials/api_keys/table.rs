//! The table of API keys, as operators change it.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, Row as _};

use super::Hash;
use super::command::Grant;
use crate::BoxError;
use crate::operator::{Author, Note, explained};

/// Adds a key.
const ISSUE: &str = "\
INSERT INTO writ.api_keys (service, key_hash, name, scopes, expires_at, issued_by, issue_reason)
VALUES (current_schema(), $1, $2, $3, statement_timestamp() + make_interval(secs => $4), $5, $6)
RETURNING expires_at";

/// Revokes the key with this id.
const REVOKE: &str = r#"
UPDATE writ.api_keys
SET revoked_at = statement_timestamp(), revoked_by = $2, revoked_role = session_user, revoke_reason = $3
WHERE service = current_schema() COLLATE "default" AND encode(substring(key_hash FROM 1 FOR 6), 'hex') = $1
      AND revoked_at IS NULL
RETURNING name"#;

/// The maximum number of keys that are listed.
pub(super) const MAX_LISTED: usize = 1000;

/// Reads the latest keys of one caller or of all: those that are valid, or also those that are not.
const LIST: &str = r#"
SELECT count(*) OVER () AS total, encode(substring(key_hash FROM 1 FOR 6), 'hex') AS id,
       name, scopes, created_at, expires_at, revoked_at,
       issued_by, coalesce(issued_role, '') AS issued_role, issue_reason,
       revoked_by, coalesce(revoked_role, '') AS revoked_role, revoke_reason
FROM writ.api_keys
WHERE service = current_schema() COLLATE "default"
      AND ($1 OR (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > statement_timestamp())))
      AND ($2::text IS NULL OR name = $2)
ORDER BY created_at DESC, key_hash LIMIT $3"#;

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 3] = [ISSUE, REVOKE, LIST];

/// The latest keys of a table.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) keys: Vec<Key>,
    /// The number of keys, including those beyond [`MAX_LISTED`].
    pub(super) total: usize,
}

/// A key of the table.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) issued: Change,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) revoked: Option<Change>,
}

/// A change of a key by an operator.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) at: DateTime<Utc>,
    pub(super) author: Author,
    pub(super) reason: String,
}

/// Adds a key, and returns the time at which it expires.
pub(super) async fn issue(pool: &PgPool, hash: &Hash, grant: &Grant) -> Result<Option<DateTime<Utc>>, BoxError> {
    let issue = sqlx::query_scalar(ISSUE).bind(hash.as_slice()).bind(&grant.name).bind(&grant.scopes);
    let issue = issue.bind(grant.lifetime.map(|lifetime| lifetime.as_secs_f64()));
    issue.bind(&grant.note.operator).bind(&grant.note.reason).fetch_one(pool).await.map_err(explained)
}

/// Revokes the key with this id, and returns the name of its caller. Returns `None` if no valid key has the id.
pub(super) async fn revoke(pool: &PgPool, id: &str, note: &Note) -> Result<Option<String>, BoxError> {
    let revoke = sqlx::query_scalar(REVOKE).bind(id).bind(&note.operator).bind(&note.reason);
    revoke.fetch_optional(pool).await.map_err(explained)
}

/// Returns the latest keys of a caller or of all callers, those that are valid or all.
pub(super) async fn list(pool: &PgPool, all: bool, name: Option<&str>) -> Result<Listed, BoxError> {
    let rows = sqlx::query(LIST).bind(all).bind(name).bind(MAX_LISTED as i64);
    let rows = rows.fetch_all(pool).await.map_err(explained)?;
    let change = |row: &sqlx::postgres::PgRow, at, [by, role, reason]: [&str; 3]| {
        let author = Author { operator: row.try_get(by)?, role: row.try_get(role)? };
        Ok::<_, sqlx::Error>(Change { at, author, reason: row.try_get(reason)? })
    };
    let key = |row: &sqlx::postgres::PgRow| {
        let revoked_at: Option<DateTime<Utc>> = row.try_get("revoked_at")?;
        let revoked = revoked_at.map(|at| change(row, at, ["revoked_by", "revoked_role", "revoke_reason"]));
        Ok(Key {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            scopes: row.try_get("scopes")?,
            issued: change(row, row.try_get("created_at")?, ["issued_by", "issued_role", "issue_reason"])?,
            expires_at: row.try_get("expires_at")?,
            revoked: revoked.transpose()?,
        })
    };
    let total = rows.first().map_or(Ok(0), |row| row.try_get::<i64, _>("total"))?;
    let keys = rows.iter().map(key).collect::<Result<_, sqlx::Error>>()?;
    Ok(Listed { keys, total: usize::try_from(total)? })
}
