//! An issuer of access tokens for tests: it has a key pair, and publishes the public key on a port of this machine.

use std::net::SocketAddr;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::config::Source;

/// The audience of the tokens of a [`TestIssuer`].
const AUDIENCE: &str = "test";

/// The id of the key of a [`TestIssuer`].
const KEY_ID: &str = "test";

/// The time until a token of a [`TestIssuer`] expires, in seconds.
const LIFETIME: u64 = 600;

/// An issuer of access tokens for tests of a service whose contract has bearer tokens of an external issuer (OAuth 2.0,
/// OpenID Connect).
///
/// It signs with a key pair of its own (ES256), and serves its metadata and its public key on a loopback address, where the
/// service finds them as it finds those of any issuer. It runs on a thread of its own, so that all tests of a program can
/// share one. Dropping the value stops it.
///
/// ```no_run
/// # use writ_platform::Service;
/// use std::sync::LazyLock;
///
/// use writ_platform::testing::{TestIssuer, TestServer};
///
/// static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::start);
///
/// # async fn example<Museum: Service>() {
/// let server = TestServer::<Museum>::start_with(|settings| ISSUER.configure(settings)).await;
/// let authorization = format!("Bearer {}", ISSUER.token("ada", &["events:read"]));
/// # }
/// ```
#[derive(Debug)]
pub struct TestIssuer {
    url: String,
    key: EcdsaKeyPair,
    /// Dropping the sender stops the server.
    _running: oneshot::Sender<()>,
}

impl TestIssuer {
    /// Creates a key pair, and starts the server that publishes the public key.
    pub fn start() -> TestIssuer {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a new key");
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random);
        let key = key.expect("the key is valid");
        let (running, stopped) = oneshot::channel();
        let address = serve(public_key(&key), stopped);
        TestIssuer { url: format!("http://{address}"), key, _running: running }
    }

    /// Returns the URL of the issuer, which is the claim `iss` of its tokens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sets the issuer and the audience of a service, so that it accepts the tokens of this issuer.
    pub fn configure(&self, settings: &mut Source) {
        let prefix = settings.prefix();
        settings.set(&format!("{prefix}ISSUER"), &self.url);
        settings.set(&format!("{prefix}AUDIENCE"), AUDIENCE);
    }

    /// Returns an access token of a subject with these scopes, which expires after ten minutes. The claim `scope` contains
    /// the scopes, separated by spaces (RFC 9068 § 2.2.3).
    pub fn token(&self, subject: &str, scopes: &[&str]) -> String {
        self.sign(&json!({ "sub": subject, "scope": scopes.join(" ") }))
    }

    /// Signs a token with claims of any form, for an issuer with claims of its own and for tests of refusals. `claims` must
    /// be an object. `iss`, `aud` and `exp` are added if it does not contain them.
    pub fn sign(&self, claims: &Value) -> String {
        let mut all = json!({ "iss": self.url, "aud": AUDIENCE, "exp": now() + LIFETIME });
        for (name, value) in claims.as_object().expect("claims are an object") {
            all[name] = value.clone();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": KEY_ID, "typ": "at+jwt" })), part(&all));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).expect("the key can sign");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Returns the public half of a key as a JSON Web Key (RFC 7517).
fn public_key(key: &EcdsaKeyPair) -> Value {
    // The point is not compressed: a byte, and then both coordinates.
    let (x, y) = key.public_key().as_ref()[1..].split_at(32);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": x, "y": y })
}

/// Serves the metadata of an issuer and its key on a free port, until `stopped` is closed.
fn serve(key: Value, stopped: oneshot::Receiver<()>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.set_nonblocking(true).expect("a listener can be used asynchronously");
    let address = listener.local_addr().expect("a listener has an address");
    let metadata = json!({ "issuer": format!("http://{address}"), "jwks_uri": format!("http://{address}/keys") });
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(async move || Json(metadata)))
        .route("/keys", get(async move || Json(json!({ "keys": [key] }))));
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime can be created").block_on(async move {
            let listener = TcpListener::from_std(listener).expect("a listener can be used asynchronously");
            tokio::select! {
                served = axum::serve(listener, app) => served.expect("the issuer serves"),
                _ = stopped => {}
            }
        });
    });
    address
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use writ_runtime::{BearerToken, Denied};

    use super::*;
    use crate::credentials::{FromClaims, Issuer, IssuerConfig, Registered};
    use crate::principal::Principal;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Visitor(String, Vec<String>);

    #[derive(serde::Deserialize)]
    struct Claims {
        scope: String,
    }

    impl Principal for Visitor {
        fn id(&self) -> Cow<'_, str> {
            Cow::Borrowed(&self.0)
        }
    }

    impl FromClaims for Visitor {
        type Claims = Claims;

        fn from_claims(token: &Registered, claims: Claims) -> Option<Visitor> {
            Some(Visitor(token.subject.clone(), claims.scope.split_whitespace().map(str::to_owned).collect()))
        }
    }

    fn verifier(issuer: &TestIssuer) -> Issuer<Visitor> {
        let mut settings = Source::new("MUSEUM_", "", []);
        issuer.configure(&mut settings);
        Issuer::new(IssuerConfig::read(&mut settings))
    }

    #[tokio::test]
    async fn a_configured_service_accepts_the_tokens_of_the_issuer() {
        let issuer = TestIssuer::start();
        let token = issuer.token("ada", &["events:read", "events:write"]);
        let caller = verifier(&issuer).caller(BearerToken::new(&token)).await.unwrap();
        assert_eq!(caller, Visitor("ada".to_owned(), vec!["events:read".to_owned(), "events:write".to_owned()]));
    }

    #[tokio::test]
    async fn tokens_of_other_issuers_and_expired_ones_are_refused() {
        let (issuer, other) = (TestIssuer::start(), TestIssuer::start());
        let verifier = verifier(&issuer);
        let expired = json!({ "sub": "ada", "scope": "", "exp": now() - 3600 });
        let elsewhere = json!({ "sub": "ada", "scope": "", "aud": "elsewhere" });
        let forged = json!({ "sub": "ada", "scope": "", "iss": issuer.url() });
        for token in [issuer.sign(&expired), issuer.sign(&elsewhere), other.token("ada", &[]), other.sign(&forged)] {
            let refused = verifier.caller(BearerToken::new(&token)).await;
            assert!(matches!(refused, Err(Denied::Unauthenticated(_))), "{refused:?}");
        }
    }
}
