//! The measurement of webhooks: the endpoints by their state, and the deliveries that wait.

use sqlx::{PgPool, Row as _};

use super::DISABLED_BY_HAND;
use crate::metrics::Metrics;

/// Counts the endpoints by their state, and the deliveries to enabled endpoints that are due, up to a limit. `$1` is the
/// reason of an endpoint that a person has disabled.
const MEASURE: &str = "\
SELECT count(*) FILTER (WHERE disabled_at IS NULL) AS enabled,
       count(*) FILTER (WHERE disabled_reason = $1) AS disabled,
       count(*) FILTER (WHERE disabled_reason <> $1) AS failed, (
    SELECT count(*) FROM (
        SELECT FROM writ.webhook_endpoints AS receiver JOIN writ.webhook_deliveries AS delivery
               ON delivery.service = receiver.service AND delivery.endpoint_id = receiver.id
        WHERE receiver.service = current_schema() AND receiver.disabled_at IS NULL AND receiver.deleted_at IS NULL
              AND delivery.next_attempt_at <= now() LIMIT 100000
    ) AS waiting
) AS due
FROM writ.webhook_endpoints WHERE service = current_schema() AND deleted_at IS NULL";

/// The SQL statements of this module, for the test that prepares them.
#[cfg(test)]
pub(super) const STATEMENTS: [&str; 1] = [MEASURE];

/// Measures the webhooks of a service, for metrics. Every process reports the same numbers.
pub(super) async fn measure(pool: &PgPool, metrics: &Metrics) -> Result<(), sqlx::Error> {
    let row = sqlx::query(MEASURE).bind(DISABLED_BY_HAND).fetch_one(pool).await?;
    for state in ["enabled", "disabled", "failed"] {
        metrics.set_webhook_endpoints(state, row.try_get(state)?);
    }
    metrics.set_webhook_backlog(row.try_get("due")?);
    Ok(())
}
