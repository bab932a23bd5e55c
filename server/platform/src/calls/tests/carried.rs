//! Tests of what a call carries along: the request id and a service token.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use writ_runtime::operation::{Requirement, Scheme, SchemeKind};
use writ_runtime::{BearerToken, Operation, RequestId};

use super::support::*;
use crate::calls::CallConfig;
use crate::credentials::{ServiceTokens, TokenKeys, TrustedService, TrustedServices};
use crate::overrides::Overrides;

static SERVICE: Scheme = Scheme { name: "service", kind: SchemeKind::Bearer };
static PROTECTED: Operation =
    Operation { security: &[&[Requirement { scheme: &SERVICE, scopes: &["tickets:read"] }]], ..PLAIN };

fn tokens() -> ServiceTokens {
    ServiceTokens::new("shop".to_owned(), TokenKeys::read(&[STANDARD.encode([7; 32]).into()]).unwrap())
}

#[tokio::test]
async fn a_call_has_a_service_token_where_the_operation_accepts_one_and_the_caller_has_sent_none() {
    let service = Memory::statuses(&[200]);
    let setup = Setup::with(service.clone(), CallConfig::default(), Overrides::default(), Some(tokens()));
    setup.call(&PROTECTED).await.unwrap();
    setup.call(&GET).await.unwrap();
    call(&setup.connection.clone().credential("service", "own"), &PROTECTED).await.unwrap();
    let received = service.received();
    let header = |index: usize| received[index].headers.get(header::AUTHORIZATION);
    let sent = header(0).unwrap();
    assert!(sent.is_sensitive() && sent.to_str().unwrap().starts_with("Bearer ey"), "{sent:?}");
    assert_eq!(header(1), None);
    assert_eq!(header(2).unwrap(), "Bearer own");
}

#[tokio::test]
async fn a_service_accepts_the_token_of_a_call_of_its_own_and_of_no_other_one() {
    let keys = TokenKeys::read(&[STANDARD.encode([7; 32]).into()]).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/.well-known/jwks.json", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, keys.router()).await });
    let service = Memory::statuses(&[200]);
    let setup = Setup::with(service.clone(), CallConfig::default(), Overrides::default(), Some(tokens()));
    setup.call(&PROTECTED).await.unwrap();
    let header = service.received()[0].headers[header::AUTHORIZATION].clone();
    let token = BearerToken::new(header.to_str().unwrap().strip_prefix("Bearer ").unwrap());
    let trusted = |name: &str| {
        let shop = TrustedService { name: "shop".to_owned(), key_set: url.clone(), scopes: None };
        TrustedServices::new(name, [shop])
    };
    let caller = trusted("tickets").caller(token).await.unwrap();
    assert_eq!((caller.name.as_str(), &caller.scopes[..]), ("shop", &["tickets:read".to_owned()][..]));
    assert!(trusted("visitors").caller(token).await.is_err());
}

#[tokio::test]
async fn the_request_id_is_carried_along() {
    let service = Memory::statuses(&[200]);
    let setup = Arc::new(Setup::new(service.clone()));
    let (metrics, serving) = (setup.metrics.clone(), setup.clone());
    let mut request = Request::new(Body::empty());
    request.extensions_mut().insert(RequestId::new("r-7"));
    crate::telemetry::observe(&metrics, request, |_| async move {
        serving.call(&GET).await.unwrap();
        axum::response::Response::new(Body::empty())
    })
    .await;
    assert_eq!(service.received()[0].headers["x-request-id"], "r-7");
    setup.call(&GET).await.unwrap();
    assert!(!service.received()[1].headers.contains_key("x-request-id"));
}
