//! The filters, sort keys and pages of two lists: the orders, and the items of an order.

use chrono::{DateTime, SecondsFormat, Utc};
use generated::latest::{OrderField, OrderId, OrderPage, OrderSort, OrderStatus};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;
use writ_platform::cursor::filter_hash;
use writ_platform::keyset::{Keyset, Paging, SortColumn, SortKey};
use writ_runtime::{BadCursor, PageRequest, Sort};

use super::{OrderService, store};

static CREATED_AT: SortColumn = SortColumn { name: "createdAt", sql: "created_at" };
pub(super) static TOTAL: SortColumn = SortColumn { name: "total", sql: "total" };
pub(super) static ID: SortColumn = SortColumn { name: "id", sql: "id" };
static POSITION: SortColumn = SortColumn { name: "position", sql: "position" };

/// The filters of a request for a list of orders. A filter that is `None` matches all orders.
#[derive(Debug)]
pub struct Filter {
    /// The filter by owner in a request for a list of orders; `None` matches orders of all users.
    pub owner: Option<Uuid>,
    /// The filter by status in a request for a list of orders; `None` matches every status.
    pub status: Option<OrderStatus>,
    /// The filter by creation time in a request for a list of orders: it matches orders that were created after
    /// this time. `None` matches every time.
    pub created_after: Option<DateTime<Utc>>,
}

impl Filter {
    /// Returns the hash of these filters for a pagination cursor, which is valid only for a list with this hash.
    pub fn hash(&self) -> [u8; 8] {
        let owner = self.owner.map(|owner| owner.to_string());
        let after = self.created_after.map(|after| after.to_rfc3339_opts(SecondsFormat::Nanos, true));
        filter_hash([owner.as_deref(), self.status.map(OrderStatus::as_str), after.as_deref()])
    }

    /// Returns true if a filter matches only some orders. The best plan then depends on the values of the filters, so that
    /// PostgreSQL must not keep one plan for all values: it would read most orders in the order of their totals to find the
    /// few that were created in an hour.
    pub(super) fn is_selective(&self) -> bool {
        self.owner.is_some() || self.status.is_some() || self.created_after.is_some()
    }

    /// Appends a `WHERE` clause with the filters to a query for orders.
    pub(super) fn push(&self, query: &mut QueryBuilder<Postgres>) {
        query.push(" WHERE TRUE");
        if let Some(owner) = self.owner {
            query.push(" AND user_id = ").push_bind(owner);
        }
        if let Some(status) = self.status {
            query.push(" AND status = ").push_bind(status.as_str());
        }
        if let Some(after) = self.created_after {
            query.push(" AND created_at > ").push_bind(after);
        }
    }
}

/// Returns the sort order of a request for a list of orders. The default is the newest order first.
pub fn sorted(sort: &[Sort<OrderSort>]) -> Keyset {
    let column = |by| match by {
        OrderSort::CreatedAt => &CREATED_AT,
        OrderSort::Total => &TOTAL,
    };
    let requested = sort.iter().map(|key| SortKey { column: column(key.by), descending: key.descending });
    let newest = sort.is_empty().then_some(SortKey { column: &CREATED_AT, descending: true });
    Keyset::new("orders", requested.chain(newest), &ID)
}

/// Returns the sort order for a list of the items of one order: the sequence in which they were ordered.
pub fn by_position() -> Keyset {
    Keyset::new("order-items", [], &POSITION)
}

/// Returns the hash that ties a pagination cursor to the list of the items of one order.
pub fn item_filter_hash(order: OrderId) -> [u8; 8] {
    filter_hash([Some(order.to_string().as_str())])
}

impl OrderService {
    /// Returns a page of the orders that match the filter.
    ///
    /// The items of the orders are read from the database only if the requested `fields` contain them, or if
    /// `fields` is `None` because the request wants all fields.
    pub(super) async fn page<E>(
        &self,
        filter: &Filter,
        order: Keyset,
        at: &PageRequest,
        fields: Option<&[OrderField]>,
    ) -> Result<OrderPage, E>
    where
        E: From<BadCursor> + From<sqlx::Error>,
    {
        let paging = Paging::open(&self.cursors, order, filter.hash(), at)?;
        let with_items = fields.is_none_or(|fields| fields.contains(&OrderField::Items));
        let rows = store::list(&self.pool, filter, &paging, with_items).await?;
        Ok(rows.page(|order| order))
    }
}
