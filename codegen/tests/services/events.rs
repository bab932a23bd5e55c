//! A program that publishes events to an outbox in memory and consumes them again.

use std::convert::Infallible;
use std::sync::Mutex;

use contract::domain_events::{ALL_EVENTS, AnyEvent, Consumer, EventConsumer, ORDER_CREATED, Publisher, STOCK_MOVED};
use contract::{Event as Exhibition, Line, Order, OrderCreated, OrderId, OrderStatus, OrderStatusChangedData};
use contract::Publisher as House;
use writ_runtime::event::{Consume, ConsumeError, ConsumerError, Event, EventId, EventType, NewEvent, Outbox, StoredEvent};
use writ_runtime::{Bytes, DateTime, Utc, Uuid};

/// An outbox whose transaction is the list of its events.
#[derive(Debug, Clone)]
struct Recorder;

#[derive(Debug, Default)]
struct Transaction(Vec<StoredEvent>);

impl Outbox for Recorder {
    type Transaction = Transaction;
    type Error = Infallible;

    async fn append(&self, transaction: &mut Transaction, event: NewEvent) -> Result<EventId, Infallible> {
        let id = EventId::generate();
        transaction.0.push(stored(id, event.event_type.name, event.aggregate_id, event.data));
        Ok(id)
    }
}

fn stored(id: EventId, name: &str, aggregate_id: String, data: Bytes) -> StoredEvent {
    let timestamp = DateTime::<Utc>::UNIX_EPOCH;
    StoredEvent { id, event_type: name.to_owned(), aggregate_id, timestamp, data }
}

/// A consumer that handles two of the event types.
#[derive(Debug, Default)]
struct Log(Mutex<Vec<String>>);

impl EventConsumer<u32> for Log {
    const EVENT_TYPES: &'static [&'static EventType] = &[&ORDER_CREATED, &STOCK_MOVED];

    async fn order_created(&self, handled: &mut u32, event: Event<OrderCreated>) -> Result<(), ConsumerError> {
        if event.data.order.total == 13 {
            return Err("unlucky".into());
        }
        *handled += 1;
        self.0.lock().unwrap().push(format!("{} {}", event.aggregate_id, event.data.order.total));
        Ok(())
    }

    async fn stock_moved(&self, handled: &mut u32, event: Event<Option<Vec<i64>>>) -> Result<(), ConsumerError> {
        *handled += 1;
        self.0.lock().unwrap().push(format!("{} {:?}", event.aggregate_id, event.data));
        Ok(())
    }
}

fn order(total: i64) -> OrderCreated {
    let order = Order { id: OrderId::from(Uuid::nil()), total, status: Some(OrderStatus::Paid) };
    OrderCreated { order, lines: Some(vec![Line { sku: "ABC".to_owned(), quantity: Some(2) }]), discount: None }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let names: Vec<&str> = ALL_EVENTS.iter().map(|event| event.name).collect();
    println!("{names:?}");
    println!("{ORDER_CREATED:?}");
    let (publisher, mut transaction) = (Publisher::new(Recorder), Transaction::default());
    let id = OrderId::from(Uuid::nil());

    publisher.order_created(&mut transaction, id, &order(7)).await.unwrap();
    let change = OrderStatusChangedData { from: OrderStatus::Pending, to: OrderStatus::Paid, note: None };
    publisher.order_status_changed(&mut transaction, id, &change).await.unwrap();
    publisher.stock_moved(&mut transaction, "shelf 1".to_owned(), &Some(vec![1, 2])).await.unwrap();
    let event = Exhibition { publisher: House { name: Some("Ada".to_owned()) } };
    publisher.r#type(&mut transaction, Uuid::nil(), &event).await.unwrap();

    // Data that breaks its schema is not published.
    let invalid = publisher.order_created(&mut transaction, id, &order(-1)).await.unwrap_err();
    println!("{invalid}");
    let invalid = publisher.stock_moved(&mut transaction, String::new(), &None).await.unwrap_err();
    println!("{invalid}");
    publisher.order_created(&mut transaction, id, &order(13)).await.unwrap();

    for stored in &transaction.0 {
        let text = String::from_utf8_lossy(&stored.data);
        let kind = match AnyEvent::from_stored(stored).unwrap() {
            AnyEvent::OrderCreated(event) => format!("an order with {} lines", event.data.lines.map_or(0, |all| all.len())),
            AnyEvent::OrderStatusChanged(event) => format!("a change to {}", event.data.to),
            AnyEvent::StockMoved(event) => format!("a move of {:?}", event.data),
            AnyEvent::Type(event) => format!("a type of {:?}", event.data.publisher.name),
        };
        println!("{} of {}: {text}: {kind}", stored.event_type, stored.aggregate_id);
    }

    // An event of version 1 lacks what was added since.
    let first = Bytes::from(r#"{"order":{"id":"ord_00000000000000000000000000","total":3}}"#);
    let strange = Bytes::from(r#"{"order":{"id":"ord_00000000000000000000000000"}}"#);
    let name = |name: &str, data: &Bytes| stored(EventId::generate(), name, "ord_1".to_owned(), data.clone());
    transaction.0.push(name("order.created", &first));
    transaction.0.push(name("order.created", &strange));
    transaction.0.push(name("order.lost", &first));

    let (consumer, mut handled) = (Consumer(Log::default()), 0_u32);
    let types: Vec<&str> = Consume::<u32>::event_types(&consumer).iter().map(|event| event.name).collect();
    println!("{types:?}");
    for stored in &transaction.0 {
        match consumer.consume(&mut handled, stored).await {
            Ok(()) => {}
            Err(ConsumeError::Failed(cause)) => println!("failed: {cause}"),
            Err(unreadable) => println!("{unreadable}"),
        }
    }
    println!("{handled} {:?}", consumer.0.0.lock().unwrap());
}
