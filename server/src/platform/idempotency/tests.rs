//! Tests of repeated requests with an idempotency key, sequential and concurrent.

use std::time::Duration;

use writ_runtime::operation::Idempotency;
use writ_runtime::{Accept, CallInfo, IdempotencyKey, Operation, Reply, RequestId, Responder};

use super::*;
use crate::testing::TestDatabases;

static CREATE: Operation = Operation {
    id: "createOrder",
    idempotency: Some(Idempotency { retention: Duration::from_secs(3600) }),
    ..Operation::NONE
};

/// A response type like a generated one.
struct Created(i64);

impl Respond for Created {
    fn respond(self, _: &Responder) -> Reply {
        Reply::status(201)
            .header("location", format_args!("/things/{}", self.0))
            .bytes("text/plain", self.0.to_string())
    }
}

#[derive(Debug)]
enum Refused {
    Conflict(KeyConflict),
    Business,
    #[expect(dead_code, reason = "read in the message of a failing test")]
    Database(sqlx::Error),
}

impl From<KeyConflict> for Refused {
    fn from(conflict: KeyConflict) -> Refused {
        Refused::Conflict(conflict)
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Refused {
        Refused::Database(error)
    }
}

fn context(key: Option<&str>, hash: u8) -> Context<()> {
    let idempotency = key.map(|key| IdempotencyKey { key: key.to_owned(), request_hash: [hash; 32] });
    let call =
        CallInfo { operation: &CREATE, request_id: RequestId::new("r"), address: None, accept: Accept::default() };
    Context::new((), call).with_idempotency(idempotency)
}

async fn database() -> TestDatabases {
    let database = TestDatabases::migrated().await;
    let table = "CREATE TABLE things (id bigserial PRIMARY KEY)";
    sqlx::query(table).execute(&database.pools.orders).await.unwrap();
    database
}

async fn create(pool: &PgPool, cx: Context<()>, pause: Duration) -> Result<Idempotent<Created>, Refused> {
    once(&cx, pool, "user", async move |tx| {
        let insert = sqlx::query_scalar("INSERT INTO things DEFAULT VALUES RETURNING id");
        let id: i64 = insert.fetch_one(&mut *tx).await?;
        tokio::time::sleep(pause).await;
        Ok(Created(id))
    })
    .await
}

/// A trait like a generated one. The future must be `Send`, and it borrows from the service, the context and
/// the request.
trait Things: Send + Sync + 'static {
    fn create(
        &self,
        cx: &Context<String>,
        request: Vec<i64>,
    ) -> impl Future<Output = Result<Idempotent<Created>, Refused>> + Send;
}

struct ThingService {
    pool: PgPool,
    offset: i64,
}

impl Things for ThingService {
    async fn create(&self, cx: &Context<String>, request: Vec<i64>) -> Result<Idempotent<Created>, Refused> {
        once(cx, &self.pool, cx.principal(), async |tx| {
            let mut last = 0;
            for id in &request {
                let insert = sqlx::query_scalar("INSERT INTO things (id) VALUES ($1) RETURNING id");
                last = insert.bind(id + self.offset).fetch_one(&mut *tx).await?;
            }
            Ok(Created(last))
        })
        .await
    }
}

async fn things(pool: &PgPool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM things").fetch_one(pool).await.unwrap()
}

fn recorded(result: Result<Idempotent<Created>, Refused>) -> Recorded {
    match result {
        Ok(Idempotent::Recorded(recorded)) => recorded,
        other => panic!("{:?}", other.map(drop)),
    }
}

#[tokio::test]
async fn a_handler_can_borrow_from_its_arguments() {
    let database = database().await;
    let service = std::sync::Arc::new(ThingService { pool: database.pools.orders.clone(), offset: 10 });
    let handler = tokio::spawn(async move {
        let cx = context(Some("k"), 1).map(|()| "user".to_owned());
        service.create(&cx, vec![1, 2]).await
    });
    assert_eq!(recorded(handler.await.unwrap()).body, b"12");
}

#[tokio::test]
async fn each_request_without_a_key_has_an_effect() {
    let database = database().await;
    let pool = &database.pools.orders;
    for _ in 0..2 {
        assert!(matches!(create(pool, context(None, 1), Duration::ZERO).await, Ok(Idempotent::Fresh(_))));
    }
    assert_eq!(things(pool).await, 2);
}

#[tokio::test]
async fn a_repeated_request_has_an_identical_response() {
    let database = database().await;
    let pool = &database.pools.orders;
    let first = recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    let second = recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    assert_eq!(first, second);
    assert_eq!((first.status, first.body.as_slice()), (201, b"1".as_slice()));
    assert!(first.headers.contains(&("location".to_owned(), "/things/1".to_owned())));
    assert_eq!(things(pool).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_requests_with_one_key_have_one_effect_and_equal_responses() {
    let database = database().await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let pool = database.pools.orders.clone();
        all.spawn(async move { recorded(create(&pool, context(Some("k"), 1), Duration::from_millis(100)).await) });
    }
    let responses = all.join_all().await;
    assert!(responses.iter().all(|response| *response == responses[0]));
    assert_eq!(things(&database.pools.orders).await, 1);
}

#[tokio::test]
async fn a_different_request_with_a_used_key_is_refused() {
    let database = database().await;
    let pool = &database.pools.orders;
    recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    let other = create(pool, context(Some("k"), 2), Duration::ZERO).await;
    assert!(matches!(other, Err(Refused::Conflict(KeyConflict::AnotherRequest))));
    assert_eq!(things(pool).await, 1);
}

#[tokio::test]
async fn a_request_that_waits_too_long_is_refused_as_still_running() {
    let database = database().await;
    let pool = database.pools.orders.clone();
    let slow = tokio::spawn({
        let pool = pool.clone();
        async move { recorded(create(&pool, context(Some("k"), 1), Duration::from_millis(2500)).await) }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = create(&pool, context(Some("k"), 1), Duration::ZERO).await;
    assert!(matches!(second, Err(Refused::Conflict(KeyConflict::StillRunning))), "{:?}", second.map(drop));
    slow.await.unwrap();
}

#[tokio::test]
async fn a_refused_request_is_not_recorded() {
    let database = database().await;
    let pool = &database.pools.orders;
    let cx = context(Some("k"), 1);
    let refused: Result<Idempotent<Created>, Refused> = once(&cx, pool, "user", async |_| Err(Refused::Business)).await;
    assert!(matches!(refused, Err(Refused::Business)));
    recorded(create(pool, cx, Duration::ZERO).await);
}

#[tokio::test]
async fn an_expired_key_can_be_used_again() {
    let database = database().await;
    let pool = &database.pools.orders;
    recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    sqlx::query("UPDATE idempotency_keys SET expires_at = now()").execute(pool).await.unwrap();
    let second = recorded(create(pool, context(Some("k"), 2), Duration::ZERO).await);
    assert_eq!(second.body, b"2");
    assert_eq!(purge(pool).await.unwrap(), 0);
}
