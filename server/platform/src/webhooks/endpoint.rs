//! The endpoints of a service in its database.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, PgPool, Row as _};
use uuid::Uuid;

/// The greatest number of endpoints of a service.
pub const MAX_ENDPOINTS: usize = 50;

/// Lets the endpoints of a service be counted and added by one transaction at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('webhook endpoints'), hashtext(current_schema()))";

/// Counts the endpoints.
const COUNT: &str =
    "SELECT count(*) FROM writ.webhook_endpoints WHERE service = current_schema() AND deleted_at IS NULL";

/// Adds an endpoint.
const ADD: &str = "\
INSERT INTO writ.webhook_endpoints (service, id, url, description, event_types, secret)
VALUES (current_schema(), $1, $2, $3, $4, $5)
RETURNING id, url, description, event_types, created_at, succeeded_at, disabled_at, disabled_reason";

/// Reads all endpoints, or one.
const READ: &str = "\
SELECT id, url, description, event_types, created_at, succeeded_at, disabled_at, disabled_reason
FROM writ.webhook_endpoints
WHERE service = current_schema() AND deleted_at IS NULL AND ($1::uuid IS NULL OR id = $1)
ORDER BY id";

/// Enables or disables an endpoint. Deliveries that wait are due again once it is enabled.
const SWITCH: &str = "\
UPDATE writ.webhook_endpoints
SET disabled_at = CASE WHEN $2 THEN NULL ELSE coalesce(disabled_at, now()) END,
    disabled_reason = CASE WHEN $2 THEN NULL ELSE coalesce(disabled_reason, $3) END
WHERE service = current_schema() AND id = $1 AND deleted_at IS NULL
RETURNING id, url, description, event_types, created_at, succeeded_at, disabled_at, disabled_reason";

/// Replaces the secret of an endpoint. The previous one signs for another day.
const ROTATE: &str = "\
UPDATE writ.webhook_endpoints
SET previous_secret = secret, previous_until = now() + interval '24 hours', secret = $2
WHERE service = current_schema() AND id = $1 AND deleted_at IS NULL";

/// Delays all deliveries to an endpoint by a number of seconds.
const PAUSE: &str = "\
UPDATE writ.webhook_endpoints SET paused_until = greatest(paused_until, now() + make_interval(secs => $2))
WHERE service = current_schema() AND id = $1";

/// Deletes an endpoint. Its deliveries are purged later.
const DELETE: &str = "\
UPDATE writ.webhook_endpoints SET deleted_at = now()
WHERE service = current_schema() AND id = $1 AND deleted_at IS NULL";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 8] = [LOCK, COUNT, ADD, READ, SWITCH, ROTATE, PAUSE, DELETE];

/// An endpoint outside of the services, to which events are delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The identifier of the endpoint.
    pub id: Uuid,
    /// The URL to which events are sent.
    pub url: String,
    /// The purpose of the endpoint, in the words of the person who registered it.
    pub description: String,
    /// The event types that the endpoint receives; all if the list is empty.
    pub event_types: Vec<String>,
    /// The time at which the endpoint was registered.
    pub created_at: DateTime<Utc>,
    /// The time of the last successful delivery.
    pub succeeded_at: Option<DateTime<Utc>>,
    /// The time at which deliveries stopped, and the reason; `None` if the endpoint is enabled.
    pub disabled: Option<(DateTime<Utc>, String)>,
}

/// The data of an endpoint that is to be registered.
#[derive(Debug, Clone, Default)]
pub struct NewEndpoint {
    /// The URL to which events are sent.
    pub url: String,
    /// The purpose of the endpoint, for people. At most 200 characters.
    pub description: String,
    /// The event types that the endpoint receives; all if the list is empty.
    pub event_types: Vec<String>,
}

/// The reason why an endpoint was not registered.
#[derive(Debug)]
pub enum EndpointError {
    /// The URL cannot be an endpoint. The text is a clause such as `must begin with https://`.
    Url(String),
    /// The description is too long.
    Description,
    /// The service publishes no event of this type to endpoints.
    UnknownEventType(String),
    /// The service has [`MAX_ENDPOINTS`] endpoints.
    TooMany,
    /// The database failed.
    Database(sqlx::Error),
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EndpointError::Url(fault) => write!(f, "the URL {fault}"),
            EndpointError::Description => f.write_str("the description must have at most 200 characters"),
            EndpointError::UnknownEventType(name) => write!(f, "there are no events of the type `{name}`"),
            EndpointError::TooMany => write!(f, "there are {MAX_ENDPOINTS} endpoints already; delete one first"),
            EndpointError::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EndpointError {}

impl From<sqlx::Error> for EndpointError {
    fn from(error: sqlx::Error) -> EndpointError {
        EndpointError::Database(error)
    }
}

/// Adds an endpoint. Returns an error if the service has the greatest number already.
pub(super) async fn add(
    pool: &PgPool,
    id: Uuid,
    new: &NewEndpoint,
    url: &str,
    sealed_secret: &[u8],
) -> Result<Endpoint, EndpointError> {
    let mut transaction = pool.begin().await?;
    sqlx::query(LOCK).execute(&mut *transaction).await?;
    let count: i64 = sqlx::query_scalar(COUNT).fetch_one(&mut *transaction).await?;
    if usize::try_from(count).unwrap_or(0) >= MAX_ENDPOINTS {
        return Err(EndpointError::TooMany);
    }
    let add = sqlx::query(ADD).bind(id).bind(url).bind(&new.description).bind(&new.event_types);
    let endpoint = endpoint(&add.bind(sealed_secret).fetch_one(&mut *transaction).await?)?;
    transaction.commit().await?;
    Ok(endpoint)
}

/// Returns all endpoints in the order of their registration, or the one with this id.
pub(super) async fn read(pool: &PgPool, id: Option<Uuid>) -> Result<Vec<Endpoint>, sqlx::Error> {
    sqlx::query(READ).bind(id).fetch_all(pool).await?.iter().map(endpoint).collect()
}

/// Enables or disables an endpoint. Returns `None` if there is none with this id.
pub(super) async fn switch(
    connection: &mut PgConnection,
    id: Uuid,
    is_enabled: bool,
    reason: &str,
) -> Result<Option<Endpoint>, sqlx::Error> {
    let switch = sqlx::query(SWITCH).bind(id).bind(is_enabled).bind(reason);
    switch.fetch_optional(connection).await?.as_ref().map(endpoint).transpose()
}

/// Replaces the secret of an endpoint. Returns false if there is none with this id.
pub(super) async fn rotate(pool: &PgPool, id: Uuid, sealed_secret: &[u8]) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query(ROTATE).bind(id).bind(sealed_secret).execute(pool).await?.rows_affected() > 0)
}

/// Delays all deliveries to an endpoint.
pub(super) async fn pause(connection: &mut PgConnection, id: Uuid, wait: Duration) -> Result<(), sqlx::Error> {
    sqlx::query(PAUSE).bind(id).bind(wait.as_secs_f64()).execute(connection).await.map(drop)
}

/// Deletes an endpoint. Returns false if there is none with this id.
pub(super) async fn delete(pool: &PgPool, id: Uuid) -> Result<bool, sqlx::Error> {
    Ok(sqlx::query(DELETE).bind(id).execute(pool).await?.rows_affected() > 0)
}

fn endpoint(row: &PgRow) -> Result<Endpoint, sqlx::Error> {
    let disabled_at: Option<DateTime<Utc>> = row.try_get("disabled_at")?;
    let reason: Option<String> = row.try_get("disabled_reason")?;
    Ok(Endpoint {
        id: row.try_get("id")?,
        url: row.try_get("url")?,
        description: row.try_get("description")?,
        event_types: row.try_get("event_types")?,
        created_at: row.try_get("created_at")?,
        succeeded_at: row.try_get("succeeded_at")?,
        disabled: disabled_at.zip(reason),
    })
}
