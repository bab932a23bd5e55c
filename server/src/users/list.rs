//! The filters and sort keys of the list of users.

use chrono::{DateTime, Utc};
use generated::latest::{ListUsersRequest, UserRole, UserSort};
use sqlx::{Postgres, QueryBuilder};
use writ_platform::cursor::{SortValue, filter_hash};
use writ_platform::keyset::{Keyset, SortColumn, SortKey};
use writ_runtime::Sort;

use super::name::full_name;
use super::store::Account;

static ID: SortColumn = SortColumn { name: "id", sql: "id" };
static CREATED_AT: SortColumn = SortColumn { name: "createdAt", sql: "created_at" };
static FAMILY_NAME: SortColumn = SortColumn { name: "familyName", sql: "family_name" };
static FULL_NAME: SortColumn = SortColumn { name: "fullName", sql: "name" };
static EMAIL: SortColumn = SortColumn { name: "email", sql: "email" };

/// The filters of a request for the list of users. A filter that is `None` matches all users.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    role: Option<UserRole>,
    created_after: Option<DateTime<Utc>>,
    created_before: Option<DateTime<Utc>>,
}

impl Filter {
    /// Returns the filters of a request for the list of users.
    pub fn of(request: &ListUsersRequest) -> Filter {
        // A filter that the contract adds must not be forgotten here.
        let &ListUsersRequest { page: _, role, created_after, created_before, sort: _, fields: _ } = request;
        Filter { role, created_after, created_before }
    }

    /// Returns the hash of these filters for a pagination cursor, which is valid only for a list with this hash.
    pub fn hash(&self) -> [u8; 8] {
        let [after, before] = [self.created_after, self.created_before].map(|time| time.map(|time| time.to_rfc3339()));
        filter_hash([self.role.map(UserRole::as_str), after.as_deref(), before.as_deref()])
    }

    /// Returns true if a filter matches only some users. The best plan then depends on the values of the filters, so that
    /// PostgreSQL must not keep one plan for all values: it would read most users in the order of their names to find the
    /// few that were created in an hour.
    pub fn is_selective(&self) -> bool {
        self.role.is_some() || self.created_after.is_some() || self.created_before.is_some()
    }

    /// Appends the filters to a query for users, which must end in a `WHERE` condition.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>) {
        if let Some(role) = self.role {
            query.push(" AND role = ").push_bind(role.as_str());
        }
        if let Some(moment) = self.created_after {
            query.push(" AND created_at > ").push_bind(moment);
        }
        if let Some(moment) = self.created_before {
            query.push(" AND created_at < ").push_bind(moment);
        }
        // PostgreSQL expects some rows in a range that ends before it starts, and would read all users to find them.
        if self.created_after.zip(self.created_before).is_some_and(|(after, before)| after >= before) {
            query.push(" AND FALSE");
        }
    }
}

/// Returns the sort order of a request for the list of users. The default is the newest user first.
pub fn order(sort: &[Sort<UserSort>]) -> Keyset {
    let requested = sort.iter().map(|key| SortKey { column: column(key.by), descending: key.descending });
    let newest = sort.is_empty().then_some(SortKey { column: &CREATED_AT, descending: true });
    Keyset::new("users", requested.chain(newest), &ID)
}

/// Returns the value of a user in a sort column, for a pagination cursor.
pub fn value(account: &Account, column: &'static SortColumn) -> SortValue {
    let user = &account.user;
    match column.name {
        "createdAt" => SortValue::Time(user.created_at),
        "familyName" => SortValue::Text(user.family_name.clone()),
        "fullName" => SortValue::Text(full_name(&user.given_name, &user.family_name)),
        "email" => SortValue::Text(user.email.clone()),
        _ => SortValue::Id(user.id.uuid()),
    }
}

fn column(by: UserSort) -> &'static SortColumn {
    match by {
        UserSort::CreatedAt => &CREATED_AT,
        UserSort::FamilyName => &FAMILY_NAME,
        UserSort::FullName => &FULL_NAME,
        UserSort::Email => &EMAIL,
    }
}
