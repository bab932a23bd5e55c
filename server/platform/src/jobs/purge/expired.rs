//! The rows that a purge deletes, and its SQL statements.

use std::time::Duration;

/// The expired rows of a table: those whose time in a column has passed.
///
/// ```
/// use std::time::Duration;
/// use writ_platform::jobs::Expired;
///
/// /// Accounts that were closed more than 30 days ago.
/// const CLOSED: Expired = Expired::new("accounts", "closed_at").after(Duration::from_secs(30 * 24 * 3600));
/// ```
///
/// The table needs an index that begins with the column, and so does each foreign key that refers to the table. The names
/// must be constants of the program, because they become part of SQL statements.
#[derive(Debug, Clone, Copy)]
pub struct Expired {
    table: &'static str,
    column: &'static str,
    age: Duration,
    condition: &'static str,
}

impl Expired {
    /// Creates the rows of `table` whose time in `column`, a `timestamptz`, has passed. A row without a time does not expire.
    pub const fn new(table: &'static str, column: &'static str) -> Expired {
        Expired { table, column, age: Duration::ZERO, condition: "TRUE" }
    }

    /// Returns the rows whose time passed longer ago than `age`.
    #[must_use]
    pub const fn after(self, age: Duration) -> Expired {
        Expired { age, ..self }
    }

    /// Returns those of the rows that also fulfil an SQL condition.
    #[must_use]
    pub const fn only(self, condition: &'static str) -> Expired {
        Expired { condition, ..self }
    }

    /// Returns the statement that deletes at most `$2` rows after the first `$1`, the oldest first.
    ///
    /// Rows that another transaction holds are left to the next run, so that processes that purge at the same time do not
    /// wait for each other.
    pub(crate) fn delete(&self) -> String {
        let (table, due) = (self.table, self.due("ctid"));
        format!("DELETE FROM {table} WHERE ctid = ANY (ARRAY({due} OFFSET $1 LIMIT $2 FOR UPDATE SKIP LOCKED))")
    }

    /// Returns the statement that selects the time in seconds for which the oldest expired row has been due.
    pub(crate) fn overdue(&self) -> String {
        let Expired { column, age, .. } = self;
        let seconds = age.as_secs();
        self.due(&format!("extract(epoch FROM now() - {column})::float8 - {seconds}")) + " LIMIT 1"
    }

    /// Returns the query of the expired rows, the oldest first.
    fn due(&self, select: &str) -> String {
        let Expired { table, column, age, condition } = self;
        let seconds = age.as_secs();
        format!(
            "SELECT {select} FROM {table}
             WHERE ({condition}) AND {column} < now() - interval '{seconds} seconds' ORDER BY {column}"
        )
    }
}
