//! Tests of a service on the platform: its settings, its start, and its routes.

use axum::Router;
use axum::routing::get;
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tower::ServiceExt as _;
use writ_runtime::operation::{ErrorBody, ErrorContent};
use writ_runtime::{ErrorEnvelope, NoAuthentication, OpenGate, Pipeline};

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
