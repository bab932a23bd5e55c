//! A consumer whose method takes the data of another event, which must not compile.

use contract::OrderStatusChangedData;
use contract::domain_events::EventConsumer;
use writ_runtime::event::{ConsumerError, Event};

struct Mail;

impl EventConsumer<()> for Mail {
    async fn order_created(
        &self,
        _: &mut (),
        _: Event<OrderStatusChangedData>,
    ) -> Result<(), ConsumerError> {
        Ok(())
    }
}

fn main() {
    let _ = Mail;
}
