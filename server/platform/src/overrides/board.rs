//! The store of overrides and of their log: the first database of the service, or the memory of its process.

use super::command::Setting;
use super::memory::MemoryBoard;
#[cfg(feature = "postgres")]
use super::postgres::PostgresBoard;
use super::{Accepted, LogEntry, Override, Overrides, Process};
use crate::BoxError;
use crate::operator::Note;
use crate::overrides::change::Kind;

/// The store of overrides and of their log.
#[derive(Debug)]
pub(crate) enum Board {
    /// The memory of this process, the only one of the service.
    Memory(MemoryBoard),
    /// A database, which all processes of the service read.
    #[cfg(feature = "postgres")]
    Postgres(PostgresBoard),
}

impl Board {
    /// Creates a store in the memory of this process, which `overrides` follows.
    pub(crate) fn in_memory(overrides: Overrides) -> Board {
        Board::Memory(MemoryBoard::new(overrides))
    }

    /// Creates a store in a database, which has the tables of the platform.
    #[cfg(feature = "postgres")]
    pub(crate) fn on_postgres(pool: sqlx::PgPool) -> Board {
        Board::Postgres(PostgresBoard::new(pool))
    }

    /// Sets overrides. An override of one kind replaces an earlier one of the operation.
    pub(super) async fn set(&self, setting: &Setting) -> Result<Accepted, BoxError> {
        match self {
            Board::Memory(memory) => Ok(memory.set(setting)),
            #[cfg(feature = "postgres")]
            Board::Postgres(postgres) => postgres.set(setting).await,
        }
    }

    /// Ends the overrides of an operation, or that of one kind. Returns `None` if there are none.
    pub(super) async fn clear(
        &self,
        operation: &str,
        kind: Option<Kind>,
        note: &Note,
    ) -> Result<Option<Accepted>, BoxError> {
        match self {
            Board::Memory(memory) => Ok(memory.clear(operation, kind, note)),
            #[cfg(feature = "postgres")]
            Board::Postgres(postgres) => postgres.clear(operation, kind, note).await,
        }
    }

    /// Returns the overrides that have not ended.
    pub(super) async fn list(&self) -> Result<Vec<Override>, BoxError> {
        match self {
            Board::Memory(memory) => Ok(memory.list()),
            #[cfg(feature = "postgres")]
            Board::Postgres(postgres) => postgres.list().await,
        }
    }

    /// Returns the latest entries of the log, the latest first.
    pub(super) async fn log(&self, entries: u32) -> Result<Vec<LogEntry>, BoxError> {
        match self {
            Board::Memory(memory) => Ok(memory.log(entries)),
            #[cfg(feature = "postgres")]
            Board::Postgres(postgres) => postgres.log(entries).await,
        }
    }

    /// Returns the running processes of the service.
    pub(super) async fn processes(&self) -> Result<Vec<Process>, BoxError> {
        match self {
            Board::Memory(memory) => Ok(vec![memory.process()]),
            #[cfg(feature = "postgres")]
            Board::Postgres(postgres) => postgres.processes().await,
        }
    }
}
