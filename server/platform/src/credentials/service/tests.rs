//! Tests of service tokens: whose tokens are accepted, for which service, and how often keys are fetched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use http::HeaderValue;
use serde_json::{Value, json};
use writ_runtime::operation::Scheme;
use writ_runtime::{BearerToken, Denied};

use super::*;
use crate::config::Source;
use crate::credentials::{FromClaims, Registered, TokenConfig, TokenKeys, Tokens};
use crate::principal::Principal;
use crate::testing::resigned_token;

static SERVICE: Scheme = Scheme { name: "service", kind: SchemeKind::Bearer };
static BEARER: Scheme = Scheme { name: "bearer", kind: SchemeKind::Bearer };

static GET_VISITOR: Operation = Operation {
    id: "getVisitor",
    security: &[
        &[Requirement { scheme: &BEARER, scopes: &["visitors:read"] }],
        &[Requirement { scheme: &SERVICE, scopes: &["visitors:read", "tickets:read"] }],
    ],
    ..Operation::NONE
};

static OTHER_ORDER: Operation = Operation {
    id: "otherOrder",
    security: &[&[Requirement { scheme: &SERVICE, scopes: &["tickets:read", "visitors:read"] }]],
    ..Operation::NONE
};

static FOR_USERS: Operation = Operation {
    id: "forUsers",
    security: &[
        &[Requirement { scheme: &BEARER, scopes: &[] }],
        &[Requirement { scheme: &SERVICE, scopes: &[] }, Requirement { scheme: &BEARER, scopes: &[] }],
    ],
    ..Operation::NONE
};

/// A service that issues tokens, and publishes its keys on a port of this machine.
struct Caller {
    seed: [u8; 32],
    keys: TokenKeys,
    tokens: ServiceTokens,
    url: String,
    fetched: Arc<AtomicUsize>,
}

fn keys(seed: [u8; 32]) -> TokenKeys {
    TokenKeys::read(&[STANDARD.encode(seed).into()]).unwrap()
}

impl Caller {
    async fn start(name: &str, seed: u8) -> Caller {
        let seed = [seed; 32];
        let keys = keys(seed);
        let fetched = Arc::new(AtomicUsize::new(0));
        let counted = fetched.clone();
        let count = move |request: Request, next: Next| {
            counted.fetch_add(1, Ordering::SeqCst);
            next.run(request)
        };
        let app: Router = keys.router().layer(middleware::from_fn(count));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/.well-known/jwks.json", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let tokens = ServiceTokens::new(name.to_owned(), keys.clone());
        Caller { seed, keys, tokens, url, fetched }
    }

    /// Returns a valid token for the service `visitors`.
    fn token(&self) -> String {
        bearer(&self.tokens.for_operation("visitors", &GET_VISITOR).unwrap().unwrap())
    }

    /// Returns a token whose claims differ from those of a valid one.
    fn changed(&self, change: impl FnOnce(&mut Value)) -> String {
        resigned_token(&self.token(), &self.seed, change)
    }
}

fn bearer(header: &HeaderValue) -> String {
    header.to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned()
}

fn service(name: &str, key_set: &str, scopes: Option<&[&str]>) -> TrustedService {
    let scopes = scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect());
    TrustedService { name: name.to_owned(), key_set: key_set.to_owned(), scopes }
}

fn visitors(trusted: &[(&str, &Caller)]) -> TrustedServices {
    TrustedServices::new("visitors", trusted.iter().map(|(name, caller)| service(name, &caller.url, None)))
}

async fn accepts(services: &TrustedServices, token: &str) -> bool {
    match services.caller(BearerToken::new(token)).await {
        Ok(_) => true,
        Err(Denied::Unauthenticated(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_names_the_calling_service_and_the_scopes_of_the_operation() {
    let tickets = Caller::start("tickets", 1).await;
    let visitors = visitors(&[("tickets", &tickets)]);
    let caller = visitors.caller(BearerToken::new(&tickets.token())).await.unwrap();
    let scopes = ["tickets:read", "visitors:read"].map(str::to_owned).to_vec();
    assert_eq!(caller, ServiceCaller { name: "tickets".to_owned(), scopes });
    assert_eq!(caller.id(), "service:tickets");
    assert!(caller.may("visitors:read") && !caller.may("visitors:write"));
}

#[tokio::test]
async fn a_token_of_another_service_or_for_another_service_is_refused() {
    let (tickets, shop) = (Caller::start("tickets", 1).await, Caller::start("shop", 2).await);
    let impostor = Caller::start("tickets", 3).await;
    let visitors = visitors(&[("tickets", &tickets)]);
    assert!(accepts(&visitors, &tickets.token()).await);
    // The service is not trusted.
    assert!(!accepts(&visitors, &shop.token()).await);
    // The key is not that of the service in the token.
    assert!(!accepts(&visitors, &impostor.token()).await);
    let renamed = resigned_token(&tickets.token(), &impostor.seed, |_| ());
    assert!(!accepts(&visitors, &renamed).await);
    // The token is for another service.
    let for_shop = bearer(&tickets.tokens.for_operation("shop", &GET_VISITOR).unwrap().unwrap());
    assert!(!accepts(&visitors, &for_shop).await);
    // The key of one trusted service signs no tokens of another one.
    let both = super::tests::visitors(&[("tickets", &tickets), ("shop", &shop)]);
    let foreign = resigned_token(&shop.token(), &shop.seed, |claims| {
        claims["iss"] = json!("tickets");
        claims["sub"] = json!("service:tickets");
    });
    assert!(accepts(&both, &shop.token()).await && !accepts(&both, &foreign).await);
}

#[tokio::test]
async fn a_token_with_wrong_claims_is_refused() {
    let tickets = Caller::start("tickets", 1).await;
    let visitors = visitors(&[("tickets", &tickets)]);
    assert!(accepts(&visitors, &tickets.changed(|_| ())).await);
    for (claim, value) in [
        ("exp", json!(Utc::now().timestamp() - 10)),
        ("exp", json!(Utc::now().timestamp() + 3600)),
        ("exp", json!("later")),
        ("aud", json!("tickets")),
        ("aud", json!([])),
        ("iss", json!("visitors")),
        ("sub", json!("service:visitors")),
        ("sub", json!("ada")),
        ("scope", json!(["visitors:read"])),
    ] {
        let token = tickets.changed(|claims| claims[claim] = value.clone());
        assert!(!accepts(&visitors, &token).await, "{claim} {value}");
    }
    for claim in ["exp", "aud", "iss", "sub", "scope"] {
        let token = tickets.changed(|claims| drop(claims.as_object_mut().unwrap().remove(claim)));
        assert!(!accepts(&visitors, &token).await, "{claim}");
    }
    for wrong in ["", "a.b.c", "a.e30.c", &"a".repeat(5000)] {
        assert!(!accepts(&visitors, wrong).await, "{wrong}");
    }
    for (fault, token) in crate::testing::forged_tokens(&tickets.token()) {
        assert!(!accepts(&visitors, &token).await, "{fault}");
    }
}

/// A user, as access tokens identify them.
#[derive(Debug, Clone)]
struct User;

impl Principal for User {
    fn id(&self) -> std::borrow::Cow<'_, str> {
        "ada".into()
    }
}

impl FromClaims for User {
    type Claims = Value;

    fn from_claims(_: &Registered, _: Value) -> Option<User> {
        Some(User)
    }
}

#[tokio::test]
async fn service_tokens_and_access_tokens_are_not_accepted_in_place_of_each_other() {
    let tickets = Caller::start("tickets", 1).await;
    let visitors = visitors(&[("tickets", &tickets)]);
    // The strictest case: one key, one issuer and one audience for both.
    let config = TokenConfig {
        keys: Vec::new(),
        issuer: "tickets".to_owned(),
        audience: "visitors".to_owned(),
        lifetime: std::time::Duration::from_secs(60),
    };
    let access = Tokens::<User>::on(tickets.keys.clone(), &config);
    let token = access.issue("service:tickets", None, &json!({ "scope": "visitors:read" })).unwrap().token;
    assert!(access.caller(BearerToken::new(&token)).is_ok());
    assert!(!accepts(&visitors, &token).await);
    let service = tickets.token();
    assert!(accepts(&visitors, &service).await);
    assert!(access.caller(BearerToken::new(&service)).is_err());
}

#[cfg(feature = "jwt")]
#[tokio::test]
async fn a_verifier_of_an_external_issuer_refuses_service_tokens() {
    use crate::credentials::{Issuer, IssuerConfig};

    let tickets = Caller::start("tickets", 1).await;
    let keys = Some(tickets.url.clone());
    let config = IssuerConfig { issuer: "tickets".to_owned(), audience: "visitors".to_owned(), keys };
    let issuer = Issuer::<User>::new(config);
    assert!(issuer.caller(BearerToken::new(&tickets.token())).await.is_err());
}

#[tokio::test]
async fn keys_are_fetched_once_also_if_tokens_name_unknown_ones() {
    let tickets = Caller::start("tickets", 1).await;
    let visitors = visitors(&[("tickets", &tickets)]);
    assert!(accepts(&visitors, &tickets.token()).await);
    let other_key = Caller { seed: [9; 32], ..Caller::start("tickets", 9).await };
    for _ in 0..20 {
        assert!(!accepts(&visitors, &other_key.token()).await);
    }
    assert_eq!(tickets.fetched.load(Ordering::SeqCst), 1);
    assert_eq!(other_key.fetched.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_call_is_unavailable_while_the_keys_of_its_caller_cannot_be_fetched() {
    let tickets = Caller::start("tickets", 1).await;
    let visitors = TrustedServices::new("visitors", [service("tickets", "http://127.0.0.1:1/jwks.json", None)]);
    let denied = visitors.caller(BearerToken::new(&tickets.token())).await;
    assert!(matches!(denied, Err(Denied::Unavailable(_))), "{denied:?}");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_issued_for_each_audience_and_scope_set_and_anew_before_it_expires() {
    let tokens = ServiceTokens::new("tickets".to_owned(), keys([1; 32]));
    let token = |audience, operation| tokens.for_operation(audience, operation).unwrap().unwrap();
    let first = token("visitors", &GET_VISITOR);
    assert!(first.is_sensitive());
    // The order of scopes does not matter.
    assert_eq!(token("visitors", &OTHER_ORDER), first);
    assert_ne!(token("shop", &GET_VISITOR), first);
    tokio::time::advance(std::time::Duration::from_secs(39)).await;
    assert_eq!(token("visitors", &GET_VISITOR), first);
    tokio::time::advance(std::time::Duration::from_secs(1)).await;
    assert_ne!(token("visitors", &GET_VISITOR), first);
}

#[test]
fn only_an_operation_that_accepts_a_service_token_alone_gets_one() {
    let tokens = ServiceTokens::new("tickets".to_owned(), keys([1; 32]));
    assert!(accepts_service_tokens(&GET_VISITOR) && accepts_service_tokens(&OTHER_ORDER));
    for operation in [&FOR_USERS, &Operation::NONE] {
        assert!(!accepts_service_tokens(operation) && tokens.for_operation("visitors", operation).is_none());
    }
}

#[tokio::test]
async fn a_service_has_no_scopes_but_those_for_which_it_is_trusted() {
    let tickets = Caller::start("tickets", 1).await;
    let token = tickets.token();
    for (trusted, scopes) in [
        (None, &["tickets:read", "visitors:read"][..]),
        (Some(&["visitors:read", "visitors:write"][..]), &["visitors:read"]),
        (Some(&["visitors"]), &[]),
    ] {
        let visitors = TrustedServices::new("visitors", [service("tickets", &tickets.url, trusted)]);
        // The second time, the token is known.
        for _ in 0..2 {
            assert_eq!(visitors.caller(BearerToken::new(&token)).await.unwrap().scopes, scopes, "{trusted:?}");
        }
    }
}

#[tokio::test]
async fn trusted_services_are_a_list_of_names_and_urls_with_scopes() {
    let faults = |text: &str| {
        let variables = [("MUSEUM_TRUSTED_SERVICES".to_owned(), text.to_owned())];
        let mut builder = crate::Builder::new(Source::new("MUSEUM_", "", variables));
        let services = builder.trusted_services();
        (format!("{services:?}"), builder.build().map_or_else(|error| error.faults, |_| Vec::new()))
    };
    let url = "https://tickets.example/.well-known/jwks.json";
    let both = r#"TrustedServices { name: "museum", services: ["shop", "tickets"] }"#;
    let list = format!("tickets={url} visitors:read  tickets:read, shop=http://127.0.0.1:1/keys");
    assert_eq!(faults(&list), (both.to_owned(), Vec::new()));
    for wrong in
        ["tickets", "tickets=", &format!("={url}"), "tickets=http://tickets.example", &format!("a={url},a={url}")]
    {
        let (_, faults) = faults(wrong);
        assert!(faults.len() == 1 && faults[0].starts_with("MUSEUM_TRUSTED_SERVICES: must"), "{wrong}: {faults:?}");
    }
}
