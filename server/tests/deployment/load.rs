//! Requests at a constant rate, and what became of them.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use server::testing::ADMIN_PASSWORD;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::estate::Estate;

/// The operations of the load with a rate limit, each with the service that owns it.
pub const LIMITED: [(&str, &str); 10] = [
    ("users", "login"),
    ("users", "createUser"),
    ("users", "getUser"),
    ("users", "replaceUser"),
    ("orders", "listProducts"),
    ("orders", "getCart"),
    ("orders", "replaceCart"),
    ("orders", "deleteCart"),
    ("orders", "listUserOrders"),
    ("orders", "createOrder"),
];

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ListProducts,
    GetUser,
    ReplaceUser,
    GetCart,
    ReplaceCart,
    DeleteCart,
    ListOrders,
    CreateOrderWithKey,
    CreateOrder,
}

use Kind::{
    CreateOrder, CreateOrderWithKey, DeleteCart, GetCart, GetUser, ListOrders, ListProducts, ReplaceCart, ReplaceUser,
};

/// The order in which the kinds are sent, again and again.
const TURNS: [Kind; 12] = [
    ListProducts,
    GetUser,
    CreateOrder,
    GetCart,
    GetUser,
    CreateOrderWithKey,
    ReplaceUser,
    ReplaceCart,
    GetUser,
    ListOrders,
    CreateOrder,
    DeleteCart,
];

impl Kind {
    /// Returns the status of the response to a request that succeeds.
    fn expected(self) -> u16 {
        match self {
            CreateOrder | CreateOrderWithKey => 201,
            DeleteCart => 204,
            _ => 200,
        }
    }

    /// Returns true if a client may send the request again when it received no response: its method is idempotent
    /// (RFC 9110 § 9.2.2), or its idempotency key makes the service apply it once.
    fn is_safe_to_retry(self) -> bool {
        self != CreateOrder
    }
}

/// The number of users whose data the load reads and changes, so that requests rarely wait for the lock of a row.
const USERS: usize = 20;

/// The users of the load, and an administrator.
pub struct Callers {
    users: Vec<User>,
    admin: String,
    http: Client,
}

/// A user whose data the load reads and changes.
struct User {
    id: String,
    email: String,
    access: String,
}

/// The response to a request of the load.
struct Outcome {
    kind: Kind,
    /// The status, or the error of a request without a complete response.
    status: Result<u16, String>,
    location: Option<String>,
    body: Value,
    latency: Duration,
}

/// The responses to all requests of a load.
pub struct Outcomes {
    all: Vec<Outcome>,
    elapsed: Duration,
}

async fn body_of(response: reqwest::Result<Response>) -> Value {
    let response = response.unwrap();
    let status = response.status();
    let body = response.json().await.unwrap();
    assert!(status.is_success(), "{status}: {body}");
    body
}

impl Callers {
    /// Registers the users and signs in.
    pub async fn register(estate: &Estate) -> Callers {
        let http = Client::new();
        let post = async |path: &str, body: Value| body_of(http.post(estate.url(path)).json(&body).send().await).await;
        let login = async |email: &str| {
            let tokens = post("/v2/auth/login", json!({ "email": email, "password": ADMIN_PASSWORD })).await;
            tokens["accessToken"].as_str().unwrap().to_owned()
        };
        let mut users = Vec::new();
        for number in 0..USERS {
            let email = format!("user{number}@example.com");
            let user =
                json!({ "email": email, "givenName": "Sample", "familyName": "User", "password": ADMIN_PASSWORD });
            let id = post("/v2/users", user).await["id"].as_str().unwrap().to_owned();
            users.push(User { id, access: login(&email).await, email });
        }
        let admin = login("admin@example.com").await;
        Callers { users, admin, http }
    }

    fn request(&self, estate: &Estate, kind: Kind, number: usize) -> RequestBuilder {
        let User { id, email, access } = &self.users[number % USERS];
        let user = format!("/v2/users/{id}");
        let order = json!({ "items": [{ "sku": "ABC-1", "quantity": 1 }], "currency": "EUR" });
        let profile = json!({ "email": email, "givenName": "Sample", "familyName": "User", "role": "user" });
        let (method, path, body) = match kind {
            ListProducts => (Method::GET, "/v2/products".to_owned(), None),
            GetUser => (Method::GET, user, None),
            ReplaceUser => (Method::PUT, user, Some(profile)),
            GetCart => (Method::GET, user + "/cart", None),
            ReplaceCart => (Method::PUT, user + "/cart", Some(json!({ "items": [{ "sku": "ABC-1", "quantity": 2 }] }))),
            DeleteCart => (Method::DELETE, user + "/cart", None),
            ListOrders => (Method::GET, user + "/orders?limit=5", None),
            CreateOrder | CreateOrderWithKey => (Method::POST, user + "/orders", Some(order)),
        };
        let token = if kind == ReplaceUser { &self.admin } else { access };
        let mut request = self.http.request(method, estate.url(&path)).bearer_auth(token);
        if kind == ReplaceUser {
            request = request.header("if-match", "*");
        }
        if kind == CreateOrderWithKey {
            request = request.header("idempotency-key", Uuid::new_v4().to_string());
        }
        if let Some(body) = body { request.json(&body) } else { request }
    }

    /// Sends requests of all kinds at a constant rate, and waits for all responses.
    pub fn send(&self, estate: &Estate, count: usize, rate: u32) -> impl Future<Output = Outcomes> + use<> {
        let turns = TURNS.into_iter().cycle().take(count).enumerate();
        let requests: Vec<(Kind, RequestBuilder)> =
            turns.map(|(number, kind)| (kind, self.request(estate, kind, number))).collect();
        async move {
            let since = Instant::now();
            let mut running = JoinSet::new();
            let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
            for (kind, request) in requests {
                ticks.tick().await;
                running.spawn(outcome(kind, request));
            }
            let elapsed = since.elapsed();
            Outcomes { all: running.join_all().await, elapsed }
        }
    }
}

async fn outcome(kind: Kind, request: RequestBuilder) -> Outcome {
    let since = Instant::now();
    let received = async {
        let response = request.send().await?;
        let status = response.status().as_u16();
        let location = response.headers().get("location").map(|location| location.to_str().unwrap().to_owned());
        let body = response.bytes().await?;
        Ok::<_, reqwest::Error>((status, location, serde_json::from_slice(&body).unwrap_or_default()))
    };
    let latency = |outcome| Outcome { latency: since.elapsed(), ..outcome };
    latency(match received.await {
        Ok((status, location, body)) => Outcome { kind, status: Ok(status), location, body, latency: Duration::ZERO },
        Err(error) => {
            let status = Err(format!("{error:?}"));
            Outcome { kind, status, location: None, body: Value::Null, latency: Duration::ZERO }
        }
    })
}

impl Outcomes {
    /// Fails unless all requests that are safe to retry have succeeded, and all others have succeeded or were refused with 503 in
    /// the error envelope. Fails if the database does not have exactly the orders of the successful responses, except those
    /// of refused requests, which may have reached the service.
    pub async fn check(&self, estate: &Estate) {
        let failed = self.all.iter().filter(|outcome| outcome.status != Ok(outcome.kind.expected()));
        let wrong: Vec<String> = failed.filter(|outcome| !outcome.may_fail()).map(Outcome::describe).take(20).collect();
        let refused = self.all.iter().filter(|outcome| outcome.may_fail() && outcome.status != Ok(201)).count();
        println!("{}; {refused} requests that are not safe to retry were refused", self.describe());
        assert!(wrong.is_empty(), "{} failed:\n{}", wrong.len(), wrong.join("\n"));
        let created: Vec<&str> = self.all.iter().filter_map(|outcome| outcome.location.as_deref()).collect();
        let distinct: HashSet<&str> = created.iter().copied().collect();
        assert_eq!(created.len(), distinct.len(), "two requests have created one order");
        let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM orders");
        let rows = usize::try_from(count.fetch_one(&estate.databases[1].pool).await.unwrap()).unwrap();
        let range = created.len()..=created.len() + refused;
        assert!(range.contains(&rows), "{rows} orders, but {} responses with 201", created.len());
        println!("{rows} orders in the database for {} responses with 201", created.len());
    }

    /// Returns the longest time for which a request waited for its response.
    pub fn longest(&self) -> Duration {
        self.all.iter().map(|outcome| outcome.latency).max().unwrap_or_default()
    }

    fn describe(&self) -> String {
        let mut latencies: Vec<Duration> = self.all.iter().map(|outcome| outcome.latency).collect();
        latencies.sort();
        let count = latencies.len();
        let at = |share: usize| latencies[(count * share / 100).min(count - 1)];
        let mut text = format!("{count} requests in {:.1?}", self.elapsed);
        let _ = write!(text, ", median {:.1?}, p99 {:.1?}, longest {:.1?}", at(50), at(99), self.longest());
        text
    }
}

impl Outcome {
    /// Returns true if the request may have failed as it did.
    fn may_fail(&self) -> bool {
        let is_refusal = self.status == Ok(503) && self.body["error"]["code"] == "SERVICE_UNAVAILABLE";
        !self.kind.is_safe_to_retry() && (is_refusal || self.status == Ok(self.kind.expected()))
    }

    fn describe(&self) -> String {
        format!("{:?}: {:?} after {:.1?}: {}", self.kind, self.status, self.latency, self.body)
    }
}
