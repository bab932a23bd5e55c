//! Tests of a service on the platform: its settings, its start, and its routes.

use axum::Router;
use axum::routing::get;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;
use writ_runtime::operation::{ErrorBody, ErrorContent};
use writ_runtime::{Breach, CheckMode, ErrorEnvelope, NoAuthentication, OpenGate, Operation, Pipeline};

use crate::config::{REQUIRED_KEY, Source};
use crate::health::{self, Weight};
use crate::testing::TestServer;
use crate::{Builder, Platform, Service, Store};

/// A service without stores.
struct Museum {
    store: Store,
    closes: u32,
}

impl Service for Museum {
    const PREFIX: &'static str = "MUSEUM_";

    fn new(platform: &mut Builder) -> Museum {
        let closes = platform.settings().setting("CLOSES").or(18, crate::config::parse::count);
        platform.probe("doors", Weight::Essential, async || true);
        platform.at_start("open the doors", async || Ok(()));
        Museum { store: Store::memory(), closes }
    }

    fn router(&self, platform: &Platform) -> Router {
        let _: crate::gate::PolicyGate<std::convert::Infallible> = self.store.gate();
        let closes = self.closes.to_string();
        Router::new().route("/closes", get(async move || closes)).merge(health::router(platform.health().clone()))
    }
}

fn builder(variables: &[(&str, &str)]) -> Builder {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Builder::new(Source::new("MUSEUM_", "", variables))
}

async fn fetch(server: &TestServer<Museum>, path: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: museum\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

/// An error envelope unlike that of other contracts: the message as a JSON string.
static ENVELOPE: ErrorEnvelope = ErrorEnvelope::new(&MESSAGE).converted_by(|_, problem, _, writer| {
    writer.string(&problem.message);
});

static MESSAGE: ErrorBody = ErrorBody { media_type: "application/json", content: ErrorContent::Converted(0) };

#[test]
fn the_check_of_responses_has_the_settings_of_the_service_and_counts_breaches() {
    static OPERATION: Operation = Operation { id: "getMuseum", ..Operation::NONE };
    let settings = [("MUSEUM_RESPONSE_CHECK", "log"), ("MUSEUM_RESPONSE_CHECK_RATE", "0.25")];
    let platform = builder(&settings).build().unwrap();
    let options = platform.serve_options().responses;
    assert_eq!((options.mode, options.rate), (CheckMode::Log, 0.25));
    options.observer.unwrap()(&Breach { operation: &OPERATION, violations: Vec::new() });
    let metrics = platform.metrics().render().unwrap();
    let breaches = r#"writ_response_breaches_total{service_name="museum",operation="getMuseum"} 1"#;
    assert!(metrics.contains(breaches), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn a_route_beside_the_contract_times_out_in_the_envelope_of_the_contract_and_is_counted() {
    let platform = builder(&[("MUSEUM_REQUEST_TIMEOUT", "1s")]).build().unwrap();
    let _contract = Pipeline::new(&ENVELOPE, NoAuthentication, OpenGate, platform.serve_options());
    let app = platform.around(Router::new().route("/hang", get(async || std::future::pending::<()>().await)));
    let request = http::Request::get("/hang").body(axum::body::Body::empty()).unwrap();
    let (head, body) = app.oneshot(request).await.unwrap().into_parts();
    assert_eq!(head.status, http::StatusCode::SERVICE_UNAVAILABLE);
    assert!(head.headers.contains_key("x-content-type-options") && head.headers.contains_key("retry-after"));
    let body = body.collect().await.unwrap().to_bytes();
    assert_eq!(body, r#""the service did not respond in time""#);
    let metrics = platform.metrics().render().unwrap();
    assert!(metrics.contains(r#"http_response_status_code="503""#) && !metrics.contains(r#""499""#), "{metrics}");
}

#[tokio::test]
async fn a_service_without_stores_starts_without_any_setting() {
    let server = TestServer::<Museum>::start_with(|settings| settings.set("MUSEUM_CLOSES", "20")).await;
    let response = fetch(&server, "/closes").await;
    assert!(response.starts_with("HTTP/1.1 200") && response.ends_with("20"), "{response}");
    assert!(response.contains("x-content-type-options: nosniff"), "{response}");
    let ready = fetch(&server, "/readyz").await;
    assert!(ready.contains(r#""doors":{"latency":"#) && ready.contains(r#""status":"healthy""#), "{ready}");
    server.platform.shutdown().drain();
}

#[tokio::test]
async fn the_faults_of_the_platform_of_its_parts_and_of_the_service_are_reported_together() {
    let mut builder = builder(&[
        ("MUSEUM_MODE", "production"),
        ("MUSEUM_BIND", "nowhere"),
        ("MUSEUM_CLOSES", "late"),
        ("MUSEUM_REDIS_PREFIX", "ü"),
    ]);
    Museum::new(&mut builder);
    builder.cursors();
    let faults = builder.build().unwrap_err().faults;
    assert_eq!(
        faults,
        [
            "MUSEUM_BIND: invalid socket address syntax".to_owned(),
            "MUSEUM_CLOSES: must be an integer above 0".to_owned(),
            format!("MUSEUM_CURSOR_KEY: {REQUIRED_KEY}"),
        ]
    );
}

#[tokio::test]
#[cfg(feature = "webhooks")]
async fn production_requires_the_keys_of_webhook_secrets() {
    static NONE: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;
    static HOOKS: crate::Database = crate::Database::new("hooks", &NONE);
    let stores = [("DATABASE_URL", "postgres://localhost/museum"), ("REDIS_URL", "redis://localhost")];
    for (variable, faults) in [
        (("MUSEUM_MODE", "production"), vec![format!("MUSEUM_WEBHOOK_KEYS: {REQUIRED_KEY}")]),
        (("MUSEUM_MODE", "development"), vec![]),
        (
            ("MUSEUM_WEBHOOK_KEYS", "sesame"),
            vec![
                "MUSEUM_WEBHOOK_KEYS: must be keys of 32 bytes in base64, separated by commas; \
                  `openssl rand -base64 32` prints one"
                    .to_owned(),
            ],
        ),
    ] {
        let mut builder = builder(&[stores[0], stores[1], variable]);
        let (pool, redis) = (builder.database(&HOOKS), builder.redis());
        builder.webhooks(&pool, &redis, &[]);
        assert_eq!(builder.build().map(|_| vec![]).unwrap_or_else(|error| error.faults), faults);
    }
}

#[tokio::test]
#[cfg(all(feature = "postgres", feature = "redis", feature = "tokens"))]
async fn each_part_requires_its_own_settings() {
    static NONE: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;
    static EVENTS: crate::Database = crate::Database::new("events", &NONE);
    let mut missing = builder(&[("MUSEUM_MODE", "production")]);
    missing.database(&EVENTS);
    missing.redis();
    missing.tokens::<NoVisitor>();
    let faults = missing.build().unwrap_err().faults;
    let names: Vec<_> = faults.iter().map(|fault| fault.split(':').next().unwrap()).collect();
    assert_eq!(names, ["DATABASE_URL", "MUSEUM_TOKEN_KEYS", "REDIS_URL"]);

    let mut wrong = builder(&[
        ("MUSEUM_EVENTS_DATABASE_URL", "postgres://user:sesame@localhost:port/museum"),
        ("REDIS_URL", "redis://:sesame@local host"),
        ("MUSEUM_TOKEN_KEYS", "sesame"),
    ]);
    wrong.database(&EVENTS);
    wrong.redis();
    wrong.tokens::<NoVisitor>();
    let error = wrong.build().unwrap_err();
    assert!(!error.to_string().contains("sesame"), "{error}");
    assert_eq!(error.faults.len(), 3, "{error}");

    let valid = [("MUSEUM_EVENTS_DATABASE_URL", "postgres://localhost/events"), ("REDIS_URL", "redis://localhost")];
    let mut valid = builder(&valid);
    valid.database(&EVENTS);
    valid.redis();
    valid.tokens::<NoVisitor>();
    valid.build().unwrap();
}

/// A caller who does not exist, for tests of tokens that are not used.
#[cfg(all(feature = "postgres", feature = "redis", feature = "tokens"))]
#[derive(Clone)]
enum NoVisitor {}

#[cfg(all(feature = "postgres", feature = "redis", feature = "tokens"))]
impl crate::Principal for NoVisitor {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        match *self {}
    }
}

#[cfg(all(feature = "postgres", feature = "redis", feature = "tokens"))]
impl crate::FromClaims for NoVisitor {
    type Claims = ();

    fn from_claims(_: &crate::credentials::Registered, (): ()) -> Option<NoVisitor> {
        None
    }
}

#[tokio::test]
#[cfg(all(feature = "postgres", feature = "redis", feature = "tokens", feature = "passwords"))]
async fn the_parts_of_a_service_name_themselves_and_show_no_secret() {
    let settings = [
        ("MUSEUM_TOKEN_KEYS", "c2VzYW1lc2VzYW1lc2VzYW1lc2VzYW1lc2VzYW1lMTI="),
        ("MUSEUM_CURSOR_KEY", "c2VzYW1lc2VzYW1lc2VzYW1lc2VzYW1lc2VzYW1lMTI="),
        ("REDIS_URL", "redis://:sesame@localhost"),
        ("MUSEUM_REDIS_PREFIX", "halls"),
    ];
    let source = Source::new("MUSEUM_", "", settings.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let names = format!("{source:?}");
    let mut builder = Builder::new(source);
    builder.probe("doors", Weight::Essential, async || true);
    let shown = [
        (names, "MUSEUM_TOKEN_KEYS"),
        (format!("{builder:?}"), "Builder { config: Config {"),
        (format!("{:?}", builder.redis()), "Redis { prefix: \"halls"),
        (format!("{:?}", builder.tokens::<NoVisitor>()), "Tokens { signing_id: "),
        (format!("{:?}", builder.cursors()), "Cursors"),
        (format!("{:?}", Platform::health(&builder.build().unwrap())), "Health { probes: [\"doors\""),
        (format!("{:?}", crate::credentials::Passwords::new()), "Passwords { free_places: "),
        (format!("{:?}", crate::limiter::Limiter::in_memory()), "Limiter"),
        (format!("{:?}", crate::cache::Cache::in_memory()), "Cache"),
        (format!("{:?}", crate::idempotency::MemoryRecords::default()), "MemoryRecords"),
        (format!("{:?}", crate::gate::PolicyGate::<NoVisitor>::open()), "PolicyGate { policies: 0"),
    ];
    for (text, expected) in shown {
        assert!(text.contains(expected), "{expected}: {text}");
        assert!(!text.contains("sesame") && !text.contains("c2Vz"), "{text}");
    }
}

#[test]
#[cfg(all(feature = "redis", feature = "tokens", feature = "passwords"))]
fn the_errors_of_the_platform_explain_themselves() {
    use std::error::Error as _;

    use crate::credentials::PasswordError;

    let busy = PasswordError::Busy(writ_runtime::Unavailable::retry_after(std::time::Duration::from_secs(2)));
    assert_eq!(busy.to_string(), "too many passwords wait to be hashed");
    assert!(busy.source().is_some_and(|cause| cause.to_string().contains("2 s")));
    let failed = PasswordError::Failed("no salt".to_owned());
    assert_eq!(failed.to_string(), "cannot hash or verify a password: no salt");
    assert!(failed.source().is_none());
    assert_eq!(crate::redis::Unavailable.to_string(), "redis is unavailable");
}

#[tokio::test]
#[cfg(all(feature = "postgres", feature = "redis"))]
async fn the_name_of_a_consumer_is_unique_and_has_1_to_100_characters() {
    use writ_runtime::event::{Consume, ConsumeError, EventType, StoredEvent};

    struct Nothing;

    impl Consume<crate::Transaction> for Nothing {
        fn event_types(&self) -> &'static [&'static EventType] {
            &[]
        }

        async fn consume(&self, _: &mut crate::Transaction, _: &StoredEvent) -> Result<(), ConsumeError> {
            Ok(())
        }
    }

    static NONE: sqlx::migrate::Migrator = sqlx::migrate::Migrator::DEFAULT;
    static EVENTS: crate::Database = crate::Database::new("events", &NONE);
    let faults = |names: &[&str]| {
        let urls = [("MUSEUM_EVENTS_DATABASE_URL", "postgres://localhost/events"), ("REDIS_URL", "redis://localhost")];
        let mut builder = builder(&urls);
        let (pool, redis) = (builder.database(&EVENTS), builder.redis());
        names.iter().for_each(|name| builder.consumer(name, &pool, &redis, Nothing));
        builder.build().map_or_else(|error| error.faults.len(), |_| 0)
    };
    let (longest, longer) = ("a".repeat(100), "a".repeat(101));
    for (names, expected) in [
        (&["mail", "search"][..], 0),
        (&[longest.as_str()], 0),
        (&[""], 1),
        (&[longer.as_str()], 1),
        (&["mail", "mail"], 1),
        (&["mail", "search", "search"], 1),
    ] {
        assert_eq!(faults(names), expected, "{names:?}");
    }
}
