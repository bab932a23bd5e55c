//! Tests of the museum: the sweeps over every operation of its contract, and the behaviour of its lists and tickets.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails if an operation fails")]

use std::time::Duration;

use museum::Museum;
use museum_api::client::Client;
use museum_api::operations::ALL;
use museum_api::{
    CreateEventRequest, EventId, GetEventRequest, GetHoursRequest, ListEventsRequest, ListTicketsRequest, NewEvent,
    NewTicket, SellTicketError, SellTicketRequest, Ticket,
};
use serde_json::{Value, json};
use writ_platform::testing::{Sweep, TestServer, changed_bits, grant_key};
use writ_runtime::client::{Connection, Failure};
use writ_runtime::{PageAt, PageRequest, Scheme};

const STAFF: &str = "key-of-the-staff";
const OFFICE: &str = "key-of-a-box-office";

/// Starts the service with the API keys of the staff and of a box office, and with a key without scopes.
async fn start() -> TestServer<Museum> {
    // The machine of the tests can be slow, so that requests take longer than usual.
    let server = TestServer::<Museum>::start_with(|settings| settings.set("MUSEUM_LOAD_SHEDDING", "off")).await;
    let pool = &server.service.pool;
    grant_key(pool, STAFF, "staff", &["events:write", "tickets:read", "tickets:write"]).await;
    grant_key(pool, OFFICE, "office", &["tickets:read", "tickets:write"]).await;
    grant_key(pool, "key-without-scopes", "guest", &[]).await;
    server
}

fn sweep(server: &TestServer<Museum>, key: &str) -> Sweep {
    let event = json!({ "title": "Sundials", "startsAt": "2030-05-01T18:00:00Z", "price": "12.50", "places": 40 });
    Sweep::new(server, ALL)
        .credential("key", key)
        .value("eventId", &EventId::generate().to_string())
        .body("createEvent", event)
        .body("sellTicket", json!({ "visitors": 2 }))
}

fn client(server: &TestServer<Museum>, key: &str) -> Client {
    Client::new(Connection::new(&server.url("")).unwrap().credential("key", key))
}

/// Creates an event with this number of places, and returns its id.
async fn event(client: &Client, places: i32) -> EventId {
    let starts_at = "2030-05-01T18:00:00Z".parse().unwrap();
    let body = NewEvent { title: "Sundials".to_owned(), starts_at, price: "12.50".parse().unwrap(), places };
    client.events.create_event(&CreateEventRequest { body }).await.unwrap().body.id
}

/// Returns the number of free places that the response of the event reports.
async fn reported_places(client: &Client, event_id: EventId) -> i32 {
    client.events.get_event(&GetEventRequest { event_id }).await.unwrap().body.places
}

/// Returns the number of free places in the database.
async fn places(server: &TestServer<Museum>, event_id: EventId) -> i32 {
    let places = sqlx::query_scalar("SELECT places FROM events WHERE id = $1").bind(event_id.uuid());
    places.fetch_one(&server.service.pool).await.unwrap()
}

#[tokio::test]
async fn every_operation_with_security_requires_credentials_and_scopes() {
    let server = start().await;
    let expire = "UPDATE writ.api_keys SET expires_at = now() WHERE name = 'expired'";
    let revoke = "UPDATE writ.api_keys SET revoked_at = now() WHERE name = 'revoked'";
    let pool = &server.service.pool;
    for (name, end) in [("expired", expire), ("revoked", revoke)] {
        grant_key(pool, name, name, &["events:write", "tickets:read", "tickets:write"]).await;
        sqlx::query(end).execute(pool).await.unwrap();
    }
    sweep(&server, STAFF)
        .refuses("key", "has expired", "expired")
        .refuses("key", "is revoked", "revoked")
        .refuses("key", "is a changed key", &STAFF.to_uppercase())
        .requires_credentials(&["getHours", "listEvents", "getEvent"])
        .await;
    sweep(&server, "key-without-scopes").requires_scopes().await;
    let office = sweep(&server, OFFICE);
    office.requires_scopes_beyond(&["tickets:read", "tickets:write"]).await;
    let grant = async |_: &'static Scheme, scopes: &[&str]| {
        let key = EventId::generate().to_string();
        grant_key(pool, &key, "partial", scopes).await;
        key
    };
    sweep(&server, STAFF).requires_each_scope(grant).await;
    // Every box office sells tickets of every event, and lists only its own.
    sweep(&server, STAFF).refuses_other_callers(&office, &["sellTicket", "listTickets"]).await;
}

#[tokio::test]
async fn every_operation_refuses_requests_that_it_does_not_declare() {
    let server = start().await;
    let sweep = sweep(&server, STAFF);
    sweep.refuses_other_methods().await;
    sweep.refuses_invalid_path_parameters().await;
    sweep.refuses_unreadable_bodies().await;
    sweep.refuses_other_media_types().await;
}

#[tokio::test]
async fn every_operation_has_its_declared_rate_limit() {
    let server = start().await;
    sweep(&server, STAFF).limits_requests().await;
}

#[tokio::test]
async fn every_operation_is_a_503_without_a_database() {
    let server = start().await;
    // The API key is then known, so that the handlers are reached without the database.
    let sale = SellTicketRequest { event_id: EventId::generate(), body: NewTicket { visitors: 1 } };
    client(&server, STAFF).tickets.sell_ticket(&sale).await.unwrap_err();
    server.service.pool.close().await;
    sweep(&server, STAFF).is_unavailable().await;
}

#[tokio::test]
async fn the_opening_hours_begin_with_the_requested_day() {
    let server = start().await;
    let insert =
        "INSERT INTO opening_hours SELECT '2030-05-01'::date + n, '10:00', '18:00' FROM generate_series(0, 9) n";
    sqlx::query(insert).execute(&server.service.pool).await.unwrap();
    let request = GetHoursRequest { from: Some("2030-05-08".parse().unwrap()) };
    let days = client(&server, STAFF).hours.get_hours(&request).await.unwrap().body.days;
    assert_eq!(
        days.iter().map(|day| day.date.to_string()).collect::<Vec<_>>(),
        ["2030-05-08", "2030-05-09", "2030-05-10"]
    );
    assert_eq!((days[0].opens.as_str(), days[0].closes.as_str()), ("10:00", "18:00"));
}

#[tokio::test]
async fn the_pages_of_the_events_contain_each_later_event_once() {
    let server = start().await;
    let insert = "INSERT INTO events SELECT gen_random_uuid(), 'Event ' || n, '2030-05-01Z'::timestamptz + make_interval(days => n / 3), 5, 1
                  FROM generate_series(1, 50) n";
    sqlx::query(insert).execute(&server.service.pool).await.unwrap();
    let (client, after) = (client(&server, STAFF), "2030-05-03T12:00:00Z".parse().unwrap());
    let (mut found, mut at) = (Vec::new(), PageAt::Number(1));
    loop {
        let request = ListEventsRequest { after: Some(after), page: PageRequest { limit: 7, at } };
        let page = client.events.list_events(&request).await.unwrap().body;
        assert_eq!(page.pagination.total, Some(42));
        found.extend(page.data);
        let Some(cursor) = page.pagination.next_cursor else { break };
        at = PageAt::Cursor(cursor);
    }
    assert!(found.is_sorted_by_key(|event| (event.starts_at, event.id)));
    let titles: std::collections::BTreeSet<_> = found.iter().map(|event| &event.title).collect();
    assert_eq!((found.len(), titles.len()), (42, 42));
}

#[tokio::test]
async fn a_walk_under_concurrent_changes_returns_each_surviving_event_once() {
    let server = start().await;
    let pool = server.service.pool.clone();
    let insert = "INSERT INTO events SELECT gen_random_uuid(), n::text, '2030-05-01Z'::timestamptz + make_interval(days => n % 50), 5, 1
                  FROM generate_series($1, $2) n";
    sqlx::query(insert).bind(1).bind(300).execute(&pool).await.unwrap();
    let delete = "DELETE FROM events WHERE title::integer % 3 = 0
                  AND id IN (SELECT id FROM events ORDER BY random() LIMIT 20)";
    let change = async |number: i32| {
        sqlx::query(insert).bind(number).bind(number + 4).execute(&pool).await.unwrap();
        sqlx::query(delete).execute(&pool).await.unwrap();
    };
    let (client, mut seen, mut at) = (client(&server, STAFF), Vec::new(), PageAt::Number(1));
    for number in (1000..).step_by(5) {
        let request = ListEventsRequest { after: None, page: PageRequest { limit: 20, at } };
        let (page, ()) = tokio::join!(client.events.list_events(&request), change(number));
        let page = page.unwrap().body;
        seen.extend(page.data.into_iter().map(|event| event.title));
        let Some(cursor) = page.pagination.next_cursor else { break };
        at = PageAt::Cursor(cursor);
    }
    let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    for number in (1..=300).filter(|number| number % 3 != 0) {
        assert!(distinct.contains(&number.to_string()), "{number} is missing");
    }
}

#[tokio::test]
async fn a_cursor_with_any_changed_bit_is_refused() {
    let server =
        TestServer::<Museum>::start_with(|settings| settings.set("MUSEUM_TRUSTED_PROXIES", "127.0.0.0/8")).await;
    let insert = "INSERT INTO events SELECT gen_random_uuid(), n::text, now(), 5, 1 FROM generate_series(1, 2) n";
    sqlx::query(insert).execute(&server.service.pool).await.unwrap();
    let http = reqwest::Client::new();
    // The rate limit counts requests by the address of the client.
    let list = async |address: usize, query: &str| {
        let request = http.get(server.url(&format!("/events?limit=1{query}")));
        let response = request.header("x-forwarded-for", format!("192.0.2.{address}")).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (_, first) = list(0, "").await;
    let cursor = first["pagination"]["nextCursor"].as_str().unwrap();
    let (status, second) = list(0, &format!("&cursor={cursor}")).await;
    assert_eq!((status, second["data"].as_array().unwrap().len()), (200, 1));
    for (index, changed) in changed_bits(cursor).enumerate() {
        let (status, error) = list(1 + index / 50, &format!("&cursor={changed}")).await;
        assert_eq!((status, &error["error"]["details"][0]["field"]), (400, &json!("cursor")), "{changed}: {error}");
    }
}

#[tokio::test]
async fn a_repeated_sale_with_its_idempotency_key_sells_one_ticket() {
    let server = start().await;
    let (staff, office) = (client(&server, STAFF), client(&server, OFFICE));
    let event_id = event(&staff, 10).await;
    assert_eq!(reported_places(&office, event_id).await, 10);
    let sale = SellTicketRequest { event_id, body: NewTicket { visitors: 3 } };
    let first = office.tickets.sell_ticket(&sale).idempotency_key("sale-1").await.unwrap().body;
    let again = office.tickets.sell_ticket(&sale).idempotency_key("sale-1").await.unwrap().body;
    assert_eq!((first.id, first.total), (again.id, "37.50".parse().unwrap()));
    // The cached response of the event is invalidated.
    assert_eq!(reported_places(&office, event_id).await, 7);
    let page = ListTicketsRequest { page: PageRequest { limit: 20, at: PageAt::Number(1) } };
    assert_eq!(office.tickets.list_tickets(&page).await.unwrap().body.data.len(), 1);
    assert!(staff.tickets.list_tickets(&page).await.unwrap().body.data.is_empty());
}

/// The number of concurrent requests in a round of a race.
const CALLERS: i32 = 50;

/// Returns the number of rounds of a race. The variable `WRIT_ROUNDS` changes it.
fn rounds() -> usize {
    std::env::var("WRIT_ROUNDS").ok().map_or(100, |rounds| rounds.parse().unwrap())
}

/// Sells a ticket to one visitor in as many concurrent requests as a round has, each with the idempotency key `key` of its
/// number. Returns the responses.
async fn sales(
    client: &Client,
    event_id: EventId,
    key: impl Fn(i32) -> String,
) -> Vec<Result<Ticket, Failure<SellTicketError>>> {
    let sales = (0..CALLERS).map(|number| {
        let (client, key) = (client.clone(), key(number));
        tokio::spawn(async move {
            let sale = SellTicketRequest { event_id, body: NewTicket { visitors: 1 } };
            let sold = client.tickets.sell_ticket(&sale).idempotency_key(key).await;
            sold.map(|response| response.body)
        })
    });
    let mut responses = Vec::new();
    for sale in sales.collect::<Vec<_>>() {
        responses.push(sale.await.unwrap());
    }
    responses
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_sales_never_exceed_the_places_of_an_event() {
    let server = start().await;
    server.policy("set sellTicket rate=1000000/60s for 1h").await;
    let client = client(&server, STAFF);
    for round in 0..rounds() {
        let event_id = EventId::generate();
        insert_event(&server, event_id, 5).await;
        let responses = sales(&client, event_id, |number| format!("{round}-{number}")).await;
        let (sold, refused): (Vec<_>, Vec<_>) = responses.into_iter().partition(Result::is_ok);
        assert_eq!((sold.len(), places(&server, event_id).await), (5, 0));
        for error in refused.into_iter().filter_map(Result::err) {
            assert!(matches!(error.refusal(), Some(SellTicketError::Conflict(_))), "{error:?}");
        }
    }
    let unknown = SellTicketRequest { event_id: EventId::generate(), body: NewTicket { visitors: 1 } };
    let error = client.tickets.sell_ticket(&unknown).await.unwrap_err();
    assert!(matches!(error.refusal(), Some(SellTicketError::NotFound(_))), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_sales_with_one_idempotency_key_sell_one_ticket() {
    let server = start().await;
    server.policy("set sellTicket rate=1000000/60s for 1h").await;
    let client = client(&server, STAFF);
    for round in 0..rounds() {
        let event_id = EventId::generate();
        insert_event(&server, event_id, CALLERS).await;
        let mut tickets = std::collections::BTreeSet::new();
        for response in sales(&client, event_id, |_| format!("sale-{round}")).await {
            match response {
                Ok(ticket) => drop(tickets.insert(ticket.id.to_string())),
                // The first request was still running.
                Err(error) => assert!(matches!(error.refusal(), Some(SellTicketError::Conflict(_))), "{error:?}"),
            }
        }
        assert_eq!((tickets.len(), places(&server, event_id).await), (1, CALLERS - 1));
    }
}

async fn insert_event(server: &TestServer<Museum>, event_id: EventId, places: i32) {
    let insert = sqlx::query("INSERT INTO events VALUES ($1, 'Sundials', '2030-05-01T18:00:00Z', 12.50, $2)");
    insert.bind(event_id.uuid()).bind(places).execute(&server.service.pool).await.unwrap();
}

#[tokio::test]
async fn the_visitors_of_sold_tickets_are_counted_once() {
    let server = start().await;
    let client = client(&server, OFFICE);
    let event_id = event(&self::client(&server, STAFF), 40).await;
    for visitors in 1..=3 {
        let sale = SellTicketRequest { event_id, body: NewTicket { visitors } };
        client.tickets.sell_ticket(&sale).await.unwrap();
    }
    let visitors = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT visitors FROM events WHERE id = $1").bind(event_id.uuid());
        count.fetch_one(&server.service.pool).await.unwrap()
    };
    let handled = async || {
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM writ.inbox WHERE consumer = 'sales'");
        count.fetch_one(&server.service.pool).await.unwrap()
    };
    let all_handled = async {
        while handled().await < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), all_handled).await.unwrap();
    assert_eq!(visitors().await, 6);
    assert_eq!(reported_places(&client, event_id).await, 34);
}
