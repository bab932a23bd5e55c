//! Tests of repeated requests with an idempotency key, sequential and concurrent.

use std::time::Duration;

use writ_runtime::operation::Idempotency;
use writ_runtime::{Accept, CallInfo, IdempotencyKey, Operation, Reply, RequestId, Responder};

use super::*;
use crate::testing::TestDatabase;

static CREATE: Operation = Operation {
    id: "buyTicket",
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

/// A caller like that of a service.
#[derive(Debug, Clone, Copy)]
struct Visitor(&'static str);

impl Principal for Visitor {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.0)
    }
}

fn context(key: Option<&str>, hash: u8) -> Context<Visitor> {
    let idempotency = key.map(|key| IdempotencyKey { key: key.to_owned(), request_hash: [hash; 32] });
    let call =
        CallInfo { operation: &CREATE, request_id: RequestId::new("r"), address: None, accept: Accept::default() };
    Context::new(Visitor("ada"), call).with_idempotency(idempotency)
}

async fn database() -> TestDatabase {
    let database = TestDatabase::with_things().await;
    let table = "CREATE TABLE things (id bigserial PRIMARY KEY)";
    sqlx::query(table).execute(&database.pool).await.unwrap();
    database
}

async fn create(pool: &PgPool, cx: Context<Visitor>, pause: Duration) -> Result<Idempotent<Created>, Refused> {
    once(&cx, pool, async move |tx| {
        let insert = sqlx::query_scalar("INSERT INTO things DEFAULT VALUES RETURNING id");
        let id: i64 = insert.fetch_one(&mut **tx).await?;
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
        cx: &Context<Visitor>,
        request: Vec<i64>,
    ) -> impl Future<Output = Result<Idempotent<Created>, Refused>> + Send;
}

struct ThingService {
    pool: PgPool,
    offset: i64,
}

impl Things for ThingService {
    async fn create(&self, cx: &Context<Visitor>, request: Vec<i64>) -> Result<Idempotent<Created>, Refused> {
        once(cx, &self.pool, async |tx| {
            let mut last = 0;
            for id in &request {
                let insert = sqlx::query_scalar("INSERT INTO things (id) VALUES ($1) RETURNING id");
                last = insert.bind(id + self.offset).fetch_one(&mut **tx).await?;
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
    let service = std::sync::Arc::new(ThingService { pool: database.pool.clone(), offset: 10 });
    let handler = tokio::spawn(async move { service.create(&context(Some("k"), 1), vec![1, 2]).await });
    assert_eq!(recorded(handler.await.unwrap()).body, b"12");
}

#[tokio::test]
async fn each_request_without_a_key_has_an_effect() {
    let database = database().await;
    let pool = &database.pool;
    for _ in 0..2 {
        assert!(matches!(create(pool, context(None, 1), Duration::ZERO).await, Ok(Idempotent::Fresh(_))));
    }
    assert_eq!(things(pool).await, 2);
}

#[tokio::test]
async fn a_repeated_request_has_an_identical_response() {
    let database = database().await;
    let pool = &database.pool;
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
        let pool = database.pool.clone();
        all.spawn(async move { recorded(create(&pool, context(Some("k"), 1), Duration::from_millis(100)).await) });
    }
    let responses = all.join_all().await;
    assert!(responses.iter().all(|response| *response == responses[0]));
    assert_eq!(things(&database.pool).await, 1);
}

#[tokio::test]
async fn a_different_request_with_a_used_key_is_refused() {
    let database = database().await;
    let pool = &database.pool;
    recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    let other = create(pool, context(Some("k"), 2), Duration::ZERO).await;
    assert!(matches!(other, Err(Refused::Conflict(KeyConflict::AnotherRequest))));
    assert_eq!(things(pool).await, 1);
}

#[tokio::test]
async fn a_request_that_waits_too_long_is_refused_as_still_running() {
    let database = database().await;
    let pool = database.pool.clone();
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
    let pool = &database.pool;
    let cx = context(Some("k"), 1);
    let refused: Result<Idempotent<Created>, Refused> = once(&cx, pool, async |_| Err(Refused::Business)).await;
    assert!(matches!(refused, Err(Refused::Business)));
    recorded(create(pool, cx, Duration::ZERO).await);
}

#[tokio::test]
async fn an_expired_key_can_be_used_again() {
    let database = database().await;
    let pool = &database.pool;
    recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    sqlx::query("UPDATE writ.idempotency_keys SET expires_at = now()").execute(pool).await.unwrap();
    let second = recorded(create(pool, context(Some("k"), 2), Duration::ZERO).await);
    assert_eq!(second.body, b"2");
}

#[tokio::test]
async fn the_keys_of_callers_and_services_are_separate() {
    let database = database().await;
    let pool = &database.pool;
    recorded(create(pool, context(Some("k"), 1), Duration::ZERO).await);
    let other = context(Some("k"), 2).map(|_| Visitor("bob"));
    recorded(create(pool, other, Duration::ZERO).await);
    sqlx::query("UPDATE writ.idempotency_keys SET service = 'others'").execute(pool).await.unwrap();
    recorded(create(pool, context(Some("k"), 3), Duration::ZERO).await);
    assert_eq!(things(pool).await, 3);
}

#[tokio::test]
async fn expired_keys_are_purged() {
    let database = database().await;
    let pool = &database.pool;
    recorded(create(pool, context(Some("a"), 1), Duration::ZERO).await);
    sqlx::query("UPDATE writ.idempotency_keys SET expires_at = now()").execute(pool).await.unwrap();
    recorded(create(pool, context(Some("b"), 1), Duration::ZERO).await);
    assert_eq!(crate::jobs::Job::purge("keys", pool, EXPIRED).run_batch().await.unwrap(), crate::jobs::Batch::Done);
    let left: Vec<String> = sqlx::query_scalar("SELECT key FROM writ.idempotency_keys").fetch_all(pool).await.unwrap();
    assert_eq!(left, ["b"]);
}
