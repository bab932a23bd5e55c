//! Tests of tokens of an external issuer: discovery, rotation of keys, outages, and tokens that are not valid.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::credentials::Registered;
use crate::credentials::remote_keys::{Times, key_set};
use crate::principal::Principal;
use crate::testing::SOON;

/// The modulus of an RSA key that was created for these tests.
const RSA_MODULUS: &str = "\
qeKYryHgJWk0VxGzmqB5AD5v65dXvhzabp2MoutOvVZSwlKSf1x92Z050fKwWMhNXl1g9WGVc5An6S4Ye9vbWMkc1A5TTgq1X_sP\
2mPN5z3FkKRB_MMrOBSBDdxqfomdsAxUrTrcHdghXHiNFGyTL6vhjjiPYF7UYqkHXQVoVM2XlZanjYjTC-0CVCppnsIjVTC0mi31\
e_f-aF0d_vEwrxfxYtAWUMHjxt5PHM-oPiV3UypN9ef5l0dgb6zcM7QN7hnYkSfvXkBWZ1Dr-ACRpJkjzbe9wf0gi1fYXFBq7u5a\
O75_CN4Y4Yzx8SvTRiQFX5IknQ8-mZk4NzVdnhGDtQ";

/// A token of the RSA key with the algorithm RS256.
const RS256_TOKEN: &str = "\
eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjpbIm11c2V1bSI\
sIm90aGVyIl0sInN1YiI6ImFkYSIsInNjb3BlIjoiZXZlbnRzOnJlYWQiLCJleHAiOjQxMDI0NDQ4MDB9.PwwUFbgU83XU2jB-6p\
sHjpcMhNIcKwyJE6PMBwUx12cr6ywKDK1Y9Hiv_1yocQ3NtesZWgnElTCMDyjI9exCZ2BO2oMkgSVU-FzLji3C_hJdR2XxS8LRTa\
RNfXTBHdOKCRc4989qZaHBkVTZj2s_h_oTTwjTjeaOHL4JJ1XxRdUWz236B0-cn64-O196BnYcFYrbulmMAbPxJrz72G0sstBLO-\
5JqPL9KtxFEkUrpNUsI9aY32h5imQZdE_DIkU7bdgIsiYrYQIxP-L-fUBOUQceEcV-PsP4wnopKQlb6i6fcypnLoCpoXn-NYu7GZ\
K-g2E560Vm8tc5Dl5ZZHGksA";

/// A token of the RSA key with the algorithm PS256.
const PS256_TOKEN: &str = "\
eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXVkIjpbIm11c2V1bSI\
sIm90aGVyIl0sInN1YiI6ImFkYSIsInNjb3BlIjoiZXZlbnRzOnJlYWQiLCJleHAiOjQxMDI0NDQ4MDB9.DjZCILpjpYxKXv2kJQ\
k00U5rea4RN2oPf5LI1lWeyEXXFSFjbu-G1rCRCmpncph05fJqrTg7BvQzWzi0-JAep9A1NlZKvP2gkPl0V-13J7zP6IsIubacWm\
IOfKw_UPy8d9XCWE3q6Z6PIQBjW2NzPB8j21Rc-mbT6DD69kicNM0nCWGF03xF1ttoD7WfEuxbB0oLTx-99reI1blLY4nZxtu-We\
oSULsW_SzhwZAFrMln1CMBn5XUzFlN2LR7yG3abZZnX3rPcnx7ocMASbUxaue49I1_3Q3N57IU6psiDQallFvnaO75QUeWE9DfvA\
pmnN6CTBpETs92wCCmgS1sQw";

#[derive(Debug, Clone, PartialEq)]
struct Visitor {
    id: String,
    scope: String,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    scope: String,
}

impl Principal for Visitor {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

impl FromClaims for Visitor {
    type Claims = Claims;

    fn from_claims(token: &Registered, claims: Claims) -> Option<Visitor> {
        Some(Visitor { id: token.subject.clone(), scope: claims.scope })
    }
}

/// An issuer on a port of this machine, with ECDSA keys that a test can exchange.
struct TestIssuer {
    url: String,
    published: Arc<Published>,
    keys: Vec<EcdsaKeyPair>,
}

/// The published keys of the issuer by their ids, and the number of requests for them.
#[derive(Default)]
struct Published {
    ids: Mutex<Vec<(usize, Value)>>,
    requests: AtomicUsize,
}

impl TestIssuer {
    async fn start(metadata: &'static str) -> TestIssuer {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let published = Arc::new(Published::default());
        let document = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        let app = Router::new()
            .route(metadata, get(async move || Json(document)))
            .route("/keys", get(keys))
            .with_state(published.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        TestIssuer { url, published, keys: Vec::new() }
    }

    /// Creates a key and publishes it.
    fn add_key(&mut self) -> usize {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
        let (x, y) = key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let index = self.keys.len();
        let public = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": format!("k{index}"), "x": x, "y": y });
        self.published.ids.lock().unwrap().push((index, public));
        self.keys.push(key);
        index
    }

    fn withdraw_key(&self, index: usize) {
        self.published.ids.lock().unwrap().retain(|(other, _)| *other != index);
    }

    fn config(&self) -> IssuerConfig {
        IssuerConfig { issuer: self.url.clone(), audience: "museum".to_owned(), keys: None }
    }

    fn claims(&self) -> Value {
        json!({ "iss": self.url, "aud": "museum", "sub": "ada", "scope": "events:read", "exp": now() + 60 })
    }

    /// Signs claims with a key of the issuer.
    fn sign(&self, index: usize, claims: &Value) -> String {
        self.sign_as(index, &json!({ "alg": "ES256", "kid": format!("k{index}") }), claims)
    }

    fn sign_as(&self, index: usize, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.keys[index].sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

async fn keys(State(published): State<Arc<Published>>) -> Json<Value> {
    published.requests.fetch_add(1, Ordering::SeqCst);
    let keys: Vec<Value> = published.ids.lock().unwrap().iter().map(|(_, key)| key.clone()).collect();
    Json(json!({ "keys": keys }))
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

fn issuer_with(config: IssuerConfig, times: Times) -> Issuer<Visitor> {
    jose::install();
    let keys = Keys::with_times(config.issuer.clone(), config.key_location(), times);
    Issuer(Arc::new(Inner { config, keys, verified: VerifiedTokens::new(REMEMBERED) }))
}

async fn is_valid(issuer: &Issuer<Visitor>, token: &str) -> bool {
    match issuer.caller(BearerToken::new(token)).await {
        Ok(visitor) => visitor.id == "ada",
        Err(Denied::Unauthenticated(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_of_the_issuer_identifies_its_caller() {
    for metadata in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let mut server = TestIssuer::start(metadata).await;
        let key = server.add_key();
        let issuer = Issuer::<Visitor>::new(server.config());
        let token = server.sign(key, &server.claims());
        for _ in 0..2 {
            let visitor = issuer.caller(BearerToken::new(&token)).await.unwrap();
            assert_eq!(visitor, Visitor { id: "ada".to_owned(), scope: "events:read".to_owned() });
        }
        assert_eq!(server.published.requests.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn keys_are_fetched_once_although_the_requests_that_need_them_are_dropped() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let issuer = Issuer::<Visitor>::new(server.config());
    let token = server.sign(key, &server.claims());
    for _ in 0..20 {
        let _ = tokio::time::timeout(Duration::ZERO, issuer.caller(BearerToken::new(&token))).await;
        tokio::task::yield_now().await;
    }
    assert!(is_valid(&issuer, &token).await);
    assert_eq!(server.published.requests.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_token_whose_header_names_another_purpose_is_rejected() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let issuer = Issuer::<Visitor>::new(server.config());
    for (kind, expected) in [
        ("JWT", true),
        ("at+jwt", true),
        ("AT+JWT", true),
        ("application/at+jwt", true),
        ("logout+jwt", false),
        ("refresh+jwt", false),
        ("dpop+jwt", false),
        ("application/secevent+jwt", false),
        ("", false),
    ] {
        let header = json!({ "alg": "ES256", "kid": "k0", "typ": kind });
        let token = server.sign_as(key, &header, &server.claims());
        assert_eq!(is_valid(&issuer, &token).await, expected, "{kind}");
    }
}

#[tokio::test]
async fn a_token_with_foreign_or_missing_claims_is_rejected() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let issuer = Issuer::<Visitor>::new(server.config());
    let valid = server.claims();
    assert!(is_valid(&issuer, &server.sign(key, &valid)).await);
    for (claim, value) in [
        ("iss", json!("https://other.example")),
        ("iss", json!(format!("{}/", server.url))),
        ("aud", json!("other")),
        ("aud", json!(["other", "third"])),
        ("aud", json!([])),
        ("exp", json!(now() - 60)),
        ("exp", json!("later")),
        ("nbf", json!(now() + 120)),
        ("sub", json!(7)),
    ] {
        let mut claims = valid.clone();
        claims[claim] = value;
        assert!(!is_valid(&issuer, &server.sign(key, &claims)).await, "{claims}");
    }
    for claim in ["iss", "aud", "exp", "sub"] {
        let mut claims = valid.clone();
        claims.as_object_mut().unwrap().remove(claim);
        assert!(!is_valid(&issuer, &server.sign(key, &claims)).await, "{claims}");
    }
    let mut fraction = valid.clone();
    fraction["exp"] = json!(now() as f64 + 60.5);
    assert!(is_valid(&issuer, &server.sign(key, &fraction)).await);
}

#[tokio::test]
async fn the_header_of_a_token_cannot_choose_its_algorithm_or_its_key() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let (first, second) = (server.add_key(), server.add_key());
    let issuer = Issuer::<Visitor>::new(server.config());
    let claims = server.claims();
    assert!(is_valid(&issuer, &server.sign(first, &claims)).await);
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256", "kid": "k0" }),
        json!({ "alg": "ES384", "kid": "k0" }),
        json!({ "alg": "RS256", "kid": "k0" }),
        json!({ "alg": "ES256", "kid": "k1" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "ES256", "kid": "other", "jku": "https://attacker.example/keys" }),
    ] {
        assert!(!is_valid(&issuer, &server.sign_as(first, &header, &claims)).await, "{header}");
    }
    for wrong in ["", "a.b", "a.b.c", &"a".repeat(20_000)] {
        assert!(!is_valid(&issuer, wrong).await);
    }
    // Without a key id, the only key is used.
    server.withdraw_key(second);
    let issuer = Issuer::<Visitor>::new(server.config());
    assert!(is_valid(&issuer, &server.sign_as(first, &json!({ "alg": "ES256" }), &claims)).await);
}

#[tokio::test]
async fn a_new_key_is_found_and_an_unknown_one_causes_few_requests() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let first = server.add_key();
    let issuer = issuer_with(server.config(), Times { cooldown: Duration::from_millis(300), ..Times::default() });
    assert!(is_valid(&issuer, &server.sign(first, &server.claims())).await);
    let second = server.add_key();
    let token = server.sign(second, &server.claims());
    assert!(!is_valid(&issuer, &token).await);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(is_valid(&issuer, &token).await);

    tokio::time::sleep(Duration::from_millis(350)).await;
    let before = server.published.requests.load(Ordering::SeqCst);
    let unknown = server.sign_as(first, &json!({ "alg": "ES256", "kid": "unknown" }), &server.claims());
    let attempts = (0..50).map(|_| is_valid(&issuer, &unknown));
    assert!(futures_util::future::join_all(attempts).await.iter().all(|valid| !valid));
    assert_eq!(server.published.requests.load(Ordering::SeqCst) - before, 1);
}

#[tokio::test]
async fn tokens_cannot_be_verified_before_the_keys_were_fetched_once() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let token = server.sign(key, &server.claims());
    let nowhere = IssuerConfig { keys: Some("http://127.0.0.1:1/keys".to_owned()), ..server.config() };
    let issuer = Issuer::<Visitor>::new(nowhere);
    assert!(matches!(issuer.caller(BearerToken::new(&token)).await, Err(Denied::Unavailable(_))));
}

#[tokio::test]
async fn keys_stay_valid_while_the_issuer_is_unavailable() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let issuer = issuer_with(server.config(), Times { cooldown: Duration::ZERO, ..Times::default() });
    assert!(is_valid(&issuer, &server.sign(key, &server.claims())).await);
    // The issuer publishes no key, which is an error.
    server.withdraw_key(key);
    let unknown = server.sign_as(key, &json!({ "alg": "ES256", "kid": "unknown" }), &server.claims());
    assert!(!is_valid(&issuer, &unknown).await);
    let mut later = server.claims();
    later["exp"] = json!(now() + 61);
    assert!(is_valid(&issuer, &server.sign(key, &later)).await);
}

#[tokio::test]
async fn keys_that_are_not_fresh_are_used_and_fetched_again_in_the_background() {
    let fetched = |server: &TestIssuer| server.published.requests.load(Ordering::SeqCst);
    for (fresh, expected) in [(Duration::ZERO, 2), (Times::default().fresh, 1)] {
        let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
        let key = server.add_key();
        let times = Times { fresh, cooldown: Duration::ZERO, ..Times::default() };
        let issuer = issuer_with(server.config(), times);
        for later in 0..2 {
            // Another token, since a verified one needs no key.
            let mut claims = server.claims();
            claims["exp"] = json!(now() + 60 + later);
            assert!(is_valid(&issuer, &server.sign(key, &claims)).await);
        }
        let refreshed = async {
            while fetched(&server) < expected {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(SOON, refreshed).await.expect("the keys are fetched again");
        assert_eq!(fetched(&server), expected, "{fresh:?}");
    }
}

#[tokio::test]
async fn keys_that_are_too_old_verify_no_token() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let issuer = issuer_with(server.config(), Times { usable: Duration::ZERO, ..Times::default() });
    let token = server.sign(key, &server.claims());
    assert!(matches!(issuer.caller(BearerToken::new(&token)).await, Err(Denied::Unavailable(_))));
}

#[tokio::test]
async fn the_metadata_of_another_issuer_is_rejected() {
    let mut server = TestIssuer::start("/.well-known/openid-configuration").await;
    let key = server.add_key();
    let other = IssuerConfig { issuer: server.url.replace("127.0.0.1", "localhost"), ..server.config() };
    let issuer = Issuer::<Visitor>::new(other);
    let token = server.sign(key, &server.claims());
    let Err(Denied::Unavailable(unavailable)) = issuer.caller(BearerToken::new(&token)).await else { panic!() };
    let cause = unavailable.source().unwrap().to_string();
    assert!(cause.contains("another issuer"), "{cause}");
}

#[test]
fn rsa_signatures_are_verified_with_the_algorithm_of_the_key_alone() {
    let config =
        IssuerConfig { issuer: "https://issuer.example".to_owned(), audience: "museum".to_owned(), keys: None };
    let issuer = Issuer::<Visitor>::new(config);
    let key = |alg: Option<&str>| {
        let key = json!({ "kty": "RSA", "kid": "rsa", "n": RSA_MODULUS, "e": "AQAB", "alg": alg });
        key_set(&json!({ "keys": [key] })).unwrap().remove(0)
    };
    for (alg, rs256, ps256) in
        [(None, true, false), (Some("RS256"), true, false), (Some("PS256"), false, true), (Some("RS512"), false, false)]
    {
        let key = key(alg);
        assert_eq!(issuer.verify(RS256_TOKEN, &key).is_some(), rs256, "{alg:?}");
        assert_eq!(issuer.verify(PS256_TOKEN, &key).is_some(), ps256, "{alg:?}");
    }
    let (signed, _) = RS256_TOKEN.rsplit_once('.').unwrap();
    let (_, other) = PS256_TOKEN.rsplit_once('.').unwrap();
    assert!(issuer.verify(&format!("{signed}.{other}"), &key(None)).is_none());
}
