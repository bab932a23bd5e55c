//! What the list of users can be filtered and ordered by.

use chrono::{DateTime, Utc};
use generated::v1::{ListUsersRequest, UserRole, UserSort};
use sqlx::{Postgres, QueryBuilder};
use writ_runtime::Sort;

use super::store::Account;
use crate::platform::cursor::{SortValue, filter_hash};
use crate::platform::keyset::{Keyset, SortColumn, SortKey};

static ID: SortColumn = SortColumn { name: "id", sql: "id" };
static CREATED_AT: SortColumn = SortColumn { name: "createdAt", sql: "created_at" };
static NAME: SortColumn = SortColumn { name: "name", sql: "name" };
static EMAIL: SortColumn = SortColumn { name: "email", sql: "email" };

/// Which users are listed.
#[derive(Debug, Clone, Copy)]
pub struct Filter {
    role: Option<UserRole>,
    created_after: Option<DateTime<Utc>>,
    created_before: Option<DateTime<Utc>>,
}

impl Filter {
    /// What the request asks for.
    pub fn of(request: &ListUsersRequest) -> Filter {
        let &ListUsersRequest { role, created_after, created_before, .. } = request;
        Filter { role, created_after, created_before }
    }

    /// What ties a cursor to this filter.
    pub fn hash(&self) -> [u8; 8] {
        let [after, before] = [self.created_after, self.created_before].map(|time| time.map(|time| time.to_rfc3339()));
        filter_hash([self.role.map(UserRole::as_str), after.as_deref(), before.as_deref()])
    }

    /// Adds the conditions to a query that ends in one.
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
    }
}

/// The order that is asked for, or the newest first.
pub fn order(sort: &[Sort<UserSort>]) -> Keyset {
    let asked = sort.iter().map(|key| SortKey { column: column(key.by), descending: key.descending });
    let newest = sort.is_empty().then_some(SortKey { column: &CREATED_AT, descending: true });
    Keyset::new("users", asked.chain(newest), &ID)
}

/// What a user has in a column of the order.
pub fn value(account: &Account, column: &'static SortColumn) -> SortValue {
    let user = &account.user;
    match column.name {
        "createdAt" => SortValue::Time(user.created_at),
        "name" => SortValue::Text(user.name.clone()),
        "email" => SortValue::Text(user.email.clone()),
        _ => SortValue::Id(user.id.uuid()),
    }
}

fn column(by: UserSort) -> &'static SortColumn {
    match by {
        UserSort::CreatedAt => &CREATED_AT,
        UserSort::Name => &NAME,
        UserSort::Email => &EMAIL,
    }
}
