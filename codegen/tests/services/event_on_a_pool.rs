//! A service that publishes an event to a pool of connections in place of a transaction, which must not compile.

use std::convert::Infallible;

use contract::domain_events::Publisher;
use contract::{OrderId, OrderStatus, OrderStatusChangedData};
use writ_runtime::Uuid;
use writ_runtime::event::{EventId, NewEvent, Outbox};

#[derive(Clone)]
struct Tables;

struct Pool;

struct Transaction;

impl Pool {
    fn begin(&self) -> Transaction {
        Transaction
    }
}

impl Outbox for Tables {
    type Transaction = Transaction;
    type Error = Infallible;

    async fn append(&self, _: &mut Transaction, _: NewEvent) -> Result<EventId, Infallible> {
        Ok(EventId::generate())
    }
}

async fn publish(pool: &mut Pool, order: OrderId) {
    let publisher = Publisher::new(Tables);
    let change = OrderStatusChangedData { from: OrderStatus::Pending, to: OrderStatus::Paid, note: None };
    let _ = publisher.order_status_changed(&mut pool.begin(), order, &change).await;
    let _ = publisher.order_status_changed(pool, order, &change).await;
}

fn main() {
    let _ = publish(&mut Pool, OrderId::from(Uuid::nil()));
}
