//! The operations of the contract. Callers see only the tickets that they have sold.

use museum_api::{domain_events::EventConsumer, *};
use writ_platform::Transaction;
use writ_platform::{credentials::Granted, cursor::SortValue, idempotency::once, keyset::SortColumn, listing::List};
use writ_runtime::{Context, DateTime, Decimal, Idempotent, Utc, Uuid, event};

use crate::Museum;

static EVENTS: List = List::new("id, title, starts_at, price, places", "events WHERE starts_at > $1")
    .ascending(&[SortColumn::new("starts_at"), SortColumn::new("id")]);
static TICKETS: List = List::new("id, event_id, visitors, total, sold_at", "tickets WHERE seller = $1")
    .descending(&[SortColumn::new("sold_at"), SortColumn::new("id")]);

const SCHEDULE: &str = "SELECT day, opens, closes FROM opening_hours WHERE day >= $1 ORDER BY day LIMIT 31";
const CREATE: &str = "INSERT INTO events VALUES ($1, $2, $3, $4, $5) RETURNING id, title, starts_at, price, places";
const FIND: &str = "SELECT id, title, starts_at, price, places FROM events WHERE id = $1";
const LOCK: &str = "SELECT price, places FROM events WHERE id = $1 FOR UPDATE";
const TAKE: &str = "UPDATE events SET places = places - $2 WHERE id = $1";
const SELL: &str = "INSERT INTO tickets VALUES ($1, $2, $3, $4, $5) RETURNING id, event_id, visitors, total, sold_at";
const COUNT: &str = "UPDATE events SET visitors = visitors + $2 WHERE id = $1";

fn event((id, title, starts_at, price, places): (Uuid, String, DateTime<Utc>, Decimal, i32)) -> Event {
    Event { id: id.into(), title, starts_at, price, places }
}

fn ticket((id, event, visitors, total, sold_at): (Uuid, Uuid, i32, Decimal, DateTime<Utc>)) -> Ticket {
    Ticket { id: id.into(), event_id: event.into(), visitors, total, sold_at }
}

impl Hours for Museum {
    async fn get_hours(&self, _: &Context<()>, request: GetHoursRequest) -> Result<GetHoursResponse, GetHoursError> {
        let from = request.from.unwrap_or_else(|| Utc::now().date_naive());
        let days = sqlx::query_as(SCHEDULE).bind(from).fetch_all(&self.pool).await?.into_iter();
        let days = days.map(|(date, opens, closes)| Day { date, opens, closes }).collect();
        Ok(GetHoursResponse { body: Schedule { days } })
    }
}

impl Events for Museum {
    type Principal = Granted;

    async fn list_events(
        &self,
        _: &Context<()>,
        request: ListEventsRequest,
    ) -> Result<ListEventsResponse, ListEventsError> {
        let after = SortValue::Time(request.after.unwrap_or_default());
        EVENTS.page(&self.pool, &self.cursors, &request.page, [after], event).await.map(ListEventsResponse::from)
    }

    async fn create_event(
        &self,
        cx: &Context<Granted>,
        request: CreateEventRequest,
    ) -> Result<Idempotent<CreateEventResponse>, CreateEventError> {
        let NewEvent { title, starts_at, price, places } = request.body;
        once(cx, &self.pool, async |transaction| {
            let create = sqlx::query_as(CREATE).bind(Uuid::now_v7()).bind(title).bind(starts_at);
            let body = event(create.bind(price).bind(places).fetch_one(&mut **transaction).await?);
            Ok(CreateEventResponse { location: format!("/events/{}", body.id), body })
        })
        .await
    }

    async fn get_event(&self, _: &Context<()>, request: GetEventRequest) -> Result<GetEventResponse, GetEventError> {
        let found = sqlx::query_as(FIND).bind(request.event_id.uuid()).fetch_optional(&self.pool).await?;
        Ok(GetEventResponse { body: found.map(event).ok_or_else(|| NotFound::new("event"))? })
    }
}

impl Tickets for Museum {
    type Principal = Granted;

    async fn sell_ticket(
        &self,
        cx: &Context<Granted>,
        request: SellTicketRequest,
    ) -> Result<Idempotent<SellTicketResponse>, SellTicketError> {
        let (event, visitors, seller) = (request.event_id.uuid(), request.body.visitors, &cx.principal().name);
        once(cx, &self.pool, async |transaction| {
            let lock = sqlx::query_as(LOCK).bind(event).fetch_optional(&mut **transaction);
            let (price, places): (Decimal, i32) = lock.await?.ok_or_else(|| NotFound::new("event"))?;
            if places < visitors {
                return Err(Conflict::new("the event has too few free places").into());
            }
            sqlx::query(TAKE).bind(event).bind(visitors).execute(&mut **transaction).await?;
            let sell = sqlx::query_as(SELL).bind(Uuid::now_v7()).bind(event).bind(seller).bind(visitors);
            let body = ticket(sell.bind(price * Decimal::from(visitors)).fetch_one(&mut **transaction).await?);
            self.publisher.ticket_sold(transaction, body.id, &TicketSold { event_id: body.event_id, visitors }).await?;
            Ok(SellTicketResponse { body })
        })
        .await
    }

    async fn list_tickets(
        &self,
        cx: &Context<Granted>,
        request: ListTicketsRequest,
    ) -> Result<ListTicketsResponse, ListTicketsError> {
        let seller = SortValue::Text(cx.principal().name.clone());
        TICKETS.page(&self.pool, &self.cursors, &request.page, [seller], ticket).await.map(ListTicketsResponse::from)
    }
}

/// The consumer of sales, which counts the visitors of each event.
pub(crate) struct Sales;

impl EventConsumer<Transaction> for Sales {
    async fn ticket_sold(&self, tx: &mut Transaction, e: event::Event<TicketSold>) -> Result<(), event::ConsumerError> {
        let count = sqlx::query(COUNT).bind(e.data.event_id.uuid()).bind(i64::from(e.data.visitors));
        Ok(count.execute(&mut **tx).await.map(drop)?)
    }
}

#[cfg(test)]
mod tests;
