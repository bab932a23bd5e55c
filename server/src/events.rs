//! The publishers of the events of the sample.

use generated::latest::events::Publisher;
use writ_platform::events::Outbox;
use writ_runtime::event::PublishError;

/// The publisher of events in the transactions of one database.
pub type Events = Publisher<Outbox>;

/// Converts the error of a publisher into one of the database, so that a failing outbox is an outage as any other.
pub fn not_published(error: PublishError<sqlx::Error>) -> sqlx::Error {
    match error {
        PublishError::Outbox(error) => error,
        PublishError::Invalid(invalid) => sqlx::Error::Encode(Box::new(invalid)),
    }
}
