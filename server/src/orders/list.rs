//! Lists of orders and of their items: what may be asked of them, and one page of them.

use chrono::{DateTime, SecondsFormat, Utc};
use generated::v1::{BadRequest, OrderField, OrderId, OrderPage, OrderSort, OrderStatus};
use sqlx::{PgPool, Postgres, QueryBuilder};
use uuid::Uuid;
use writ_runtime::{PageRequest, Sort};

use super::{OrderService, store};
use crate::listing::MOST_COUNTED;
use crate::platform::cursor::filter_hash;
use crate::platform::keyset::{Keyset, Paging, SortColumn, SortKey};

static CREATED_AT: SortColumn = SortColumn { name: "createdAt", sql: "created_at" };
pub(super) static TOTAL: SortColumn = SortColumn { name: "total", sql: "total" };
pub(super) static ID: SortColumn = SortColumn { name: "id", sql: "id" };
static POSITION: SortColumn = SortColumn { name: "position", sql: "position" };

/// Which orders are meant.
#[derive(Debug)]
pub struct Filter {
    /// Those of this user; of everybody when absent.
    pub owner: Option<Uuid>,
    /// Those of this status.
    pub status: Option<OrderStatus>,
    /// Those that are younger.
    pub created_after: Option<DateTime<Utc>>,
}

impl Filter {
    /// What a cursor remembers of it.
    pub fn hash(&self) -> [u8; 8] {
        let owner = self.owner.map(|owner| owner.to_string());
        let after = self.created_after.map(|after| after.to_rfc3339_opts(SecondsFormat::Nanos, true));
        filter_hash([owner.as_deref(), self.status.map(OrderStatus::as_str), after.as_deref()])
    }

    /// Adds ` WHERE …`.
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

/// Orders as a caller wants them sorted; the youngest first when nothing is said.
pub fn sorted(sort: &[Sort<OrderSort>]) -> Keyset {
    let column = |by| match by {
        OrderSort::CreatedAt => &CREATED_AT,
        OrderSort::Total => &TOTAL,
    };
    let asked = sort.iter().map(|key| SortKey { column: column(key.by), descending: key.descending });
    let youngest = sort.is_empty().then_some(SortKey { column: &CREATED_AT, descending: true });
    Keyset::new("orders", asked.chain(youngest), &ID)
}

/// The items of an order as they were ordered.
pub fn in_order() -> Keyset {
    Keyset::new("order-items", [], &POSITION)
}

/// What a cursor remembers of whose items it lists.
pub fn of_order(order: OrderId) -> [u8; 8] {
    filter_hash([Some(order.to_string().as_str())])
}

impl OrderService {
    /// One page of the orders that the filter lets through. Items are read only if they are among
    /// the `fields`.
    pub(super) async fn page<E>(
        &self,
        filter: &Filter,
        order: Keyset,
        at: &PageRequest,
        fields: Option<&[OrderField]>,
    ) -> Result<OrderPage, E>
    where
        E: From<BadRequest> + From<sqlx::Error>,
    {
        let paging = Paging::open(&self.cursors, order, filter.hash(), at).map_err(BadRequest::from)?;
        let with_items = fields.is_none_or(|fields| fields.contains(&OrderField::Items));
        let rows = store::list(&self.pool, filter, &paging, with_items).await?;
        Ok(rows.page(count(&self.pool, filter).await?, |order| order))
    }
}

async fn count(pool: &PgPool, filter: &Filter) -> Result<u64, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT FROM orders");
    filter.push(&mut query);
    query.push(" LIMIT ").push_bind(MOST_COUNTED).push(") AS counted");
    query.build_query_scalar().fetch_one(pool).await.map(i64::unsigned_abs)
}
