//! Tests of valid, expired and forged access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::credentials::Registered;
use crate::principal::Principal;

#[derive(Debug, Clone, PartialEq)]
struct Visitor {
    id: String,
    session: Option<Uuid>,
    role: String,
}

#[derive(Serialize, Deserialize)]
struct VisitorClaims {
    role: String,
}

impl Principal for Visitor {
    fn id(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.id)
    }
}

impl FromClaims for Visitor {
    type Claims = VisitorClaims;

    fn from_claims(token: &Registered, claims: VisitorClaims) -> Option<Visitor> {
        let Registered { subject, session, .. } = token.clone();
        (claims.role != "root").then_some(Visitor { id: subject, session, role: claims.role })
    }
}

fn tokens(seeds: &[u8]) -> Tokens<Visitor> {
    let keys = seeds.iter().map(|seed| SecretString::from(STANDARD.encode([*seed; 32]))).collect();
    Tokens::new(&config(keys)).unwrap()
}

fn config(keys: Vec<SecretString>) -> TokenConfig {
    TokenConfig { keys, issuer: "museum".into(), audience: "museum".into(), lifetime: Duration::from_secs(900) }
}

fn issued(tokens: &Tokens<Visitor>) -> String {
    tokens.issue("ada", None, &VisitorClaims { role: "visitor".to_owned() }).unwrap().token
}

fn claims(exp: i64) -> Value {
    json!({ "iss": "museum", "aud": "museum", "sub": "ada", "role": "visitor", "exp": exp })
}

#[test]
fn a_token_identifies_its_caller() {
    let tokens = tokens(&[1]);
    let session = LoginSession { id: Uuid::now_v7(), ends_at: Utc::now() + chrono::TimeDelta::days(1) };
    let issued = tokens.issue("ada", Some(session), &VisitorClaims { role: "curator".to_owned() }).unwrap();
    assert_eq!(issued.expires_in, Duration::from_secs(900));
    for _ in 0..2 {
        let caller = tokens.caller(BearerToken::new(&issued.token)).unwrap();
        assert_eq!(caller, Visitor { id: "ada".to_owned(), session: Some(session.id), role: "curator".to_owned() });
    }
}

#[test]
fn keys_can_be_rotated_without_invalidating_tokens() {
    let (before, during, after) = (tokens(&[1]), tokens(&[1, 2]), tokens(&[2, 1]));
    assert!(after.verify(&issued(&before)).is_some());
    assert!(during.verify(&issued(&after)).is_some());
    assert!(before.verify(&issued(&after)).is_none());
}

#[test]
fn an_expired_token_is_rejected_even_if_it_is_cached() {
    let tokens = tokens(&[1]);
    let token = tokens.0.keys.sign(ACCESS, &claims(Utc::now().timestamp() - 1)).unwrap();
    assert_eq!(tokens.verify(&token), None);
    let token = tokens.0.keys.sign(ACCESS, &claims(Utc::now().timestamp() + 1)).unwrap();
    assert!(tokens.verify(&token).is_some());
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(tokens.verify(&token), None);
}

#[test]
fn a_token_with_foreign_claims_is_rejected() {
    let tokens = tokens(&[1]);
    let valid = claims(Utc::now().timestamp() + 900);
    assert!(tokens.verify(&tokens.0.keys.sign(ACCESS, &valid).unwrap()).is_some());
    for (claim, wrong) in [
        ("iss", json!("other")),
        ("aud", json!("other")),
        ("role", json!("root")),
        ("role", json!(null)),
        ("sub", json!(7)),
        ("exp", json!("tomorrow")),
    ] {
        let mut claims = valid.clone();
        claims[claim] = wrong;
        assert_eq!(tokens.verify(&tokens.0.keys.sign(ACCESS, &claims).unwrap()), None, "{claims}");
    }
    for claim in ["iss", "aud", "sub", "exp", "role"] {
        let mut claims = valid.clone();
        claims.as_object_mut().unwrap().remove(claim);
        assert_eq!(tokens.verify(&tokens.0.keys.sign(ACCESS, &claims).unwrap()), None, "{claims}");
    }
}

#[test]
fn the_header_cannot_choose_the_algorithm_the_key_or_the_kind_of_token() {
    let tokens = tokens(&[1]);
    let token = issued(&tokens);
    let (_, rest) = token.split_once('.').unwrap();
    let kid = &tokens.0.keys.0.signing.id;
    for header in [
        r#"{"typ":"at+jwt","alg":"none"}"#.to_owned(),
        format!(r#"{{"typ":"at+jwt","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"ES256","kid":"{kid}"}}"#),
        r#"{"typ":"at+jwt","alg":"EdDSA"}"#.to_owned(),
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"other","jku":"https://example.com/keys"}"#.to_owned(),
    ] {
        let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(&header));
        assert_eq!(tokens.verify(&forged), None, "{header}");
    }
    let valid = claims(Utc::now().timestamp() + 900);
    for media_type in ["JWT", REFRESH, ""] {
        assert_eq!(tokens.verify(&tokens.0.keys.sign(media_type, &valid).unwrap()), None, "{media_type}");
    }
    assert_eq!(tokens.verify(&token[..token.len() - 2]), None);
    assert_eq!(tokens.verify(""), None);
    assert_eq!(tokens.verify(&"a.".repeat(4000)), None);
}

#[test]
fn an_access_token_never_outlives_its_session() {
    let tokens = tokens(&[1]);
    let issue = |seconds| {
        let session = LoginSession { id: Uuid::now_v7(), ends_at: Utc::now() + chrono::TimeDelta::seconds(seconds) };
        tokens.issue("ada", Some(session), &VisitorClaims { role: "visitor".to_owned() }).unwrap()
    };
    assert_eq!(issue(1000).expires_in.as_secs(), 900);
    let short = issue(60);
    assert!((58..=60).contains(&short.expires_in.as_secs()), "{short:?}");
    assert!(tokens.verify(&short.token).is_some());
    let ended = issue(-5);
    assert_eq!((ended.expires_in, tokens.verify(&ended.token)), (Duration::ZERO, None));
}

/// Returns the header and the claims of a token.
fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (next(), next())
}

#[test]
fn a_refresh_token_is_no_access_token_and_ends_with_its_session() {
    let tokens = tokens(&[1]);
    let session = LoginSession { id: Uuid::now_v7(), ends_at: Utc::now() + chrono::TimeDelta::seconds(100) };
    let issue = |lifetime| tokens.issue_refresh("ada", session, Duration::from_secs(lifetime)).unwrap();
    let token = issue(60);
    assert_eq!(tokens.verify(&token.token), None);
    let (header, claims) = parts(&token.token);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("refresh+jwt"), &json!("EdDSA")));
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("ada"), &json!("museum/refresh")));
    assert_eq!((&claims["sid"], &claims["exp"]), (&json!(session.id), &json!(token.expires_at.timestamp())));
    assert_ne!(claims["jti"], parts(&issue(60).token).1["jti"]);
    assert_eq!(issue(1000).expires_at.timestamp(), session.ends_at.timestamp());
    assert_eq!(token.hash(), RefreshToken::hash_of(&token.token));
    assert!(!format!("{token:?}").contains(&token.token));
}

/// Returns a PKCS #8 document as PEM.
fn pem(document: &[u8]) -> SecretString {
    let text = STANDARD.encode(document);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")).into()
}

#[test]
fn a_key_of_p256_signs_with_es256_and_one_of_ed25519_with_eddsa() {
    let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let ed25519 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let (p256, ed25519) = (pem(p256.as_ref()), pem(ed25519.as_ref()));
    let new = |keys: &[&SecretString]| -> Tokens<Visitor> {
        Tokens::new(&config(keys.iter().map(|key| (*key).clone()).collect())).unwrap()
    };
    let (with_p256, with_ed25519) = (new(&[&p256, &ed25519]), new(&[&ed25519, &p256]));
    for (signer, verifier, algorithm) in [(&with_p256, &with_ed25519, "ES256"), (&with_ed25519, &with_p256, "EdDSA")] {
        let token = issued(signer);
        assert_eq!((&parts(&token).0["alg"], &parts(&token).0["typ"]), (&json!(algorithm), &json!("at+jwt")));
        assert!(signer.verify(&token).is_some() && verifier.verify(&token).is_some(), "{algorithm}");
        let (message, signature) = token.rsplit_once('.').unwrap();
        let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        signature[20] ^= 1;
        assert_eq!(signer.verify(&format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))), None, "{algorithm}");
    }
    // A token of one key is not accepted under the id of the other.
    let token = issued(&with_p256);
    let header = parts(&issued(&with_ed25519)).0.to_string();
    let forged = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), token.split_once('.').unwrap().1);
    assert_eq!(with_p256.verify(&forged), None);
}

#[tokio::test]
async fn all_keys_are_published_before_they_sign() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    let p256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let keys = vec![STANDARD.encode([1; 32]).into(), pem(p256.as_ref())];
    let tokens: Tokens<Visitor> = Tokens::new(&config(keys.clone())).unwrap();
    let request = http::Request::get("/.well-known/jwks.json").body(axum::body::Body::empty()).unwrap();
    let response = tokens.key_set_router().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/jwk-set+json");
    assert_eq!(response.headers()["cache-control"], "public, max-age=300");
    let set: Value = serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap();
    let members: Vec<_> = set["keys"].as_array().unwrap().iter().map(|key| (&key["alg"], &key["kty"])).collect();
    assert_eq!(members, [(&json!("EdDSA"), &json!("OKP")), (&json!("ES256"), &json!("EC"))]);
    assert!(set["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none() && key["use"] == "sig"));
    // Each of them becomes the signing key later, under the id that is published already.
    for (index, published) in set["keys"].as_array().unwrap().iter().enumerate() {
        let later: Tokens<Visitor> = Tokens::new(&config(vec![keys[index].clone()])).unwrap();
        assert_eq!(parts(&issued(&later)).0["kid"], published["kid"]);
    }
}

#[test]
fn an_invalid_key_is_reported() {
    let keys = vec![STANDARD.encode([1; 32]).into(), "c2hvcnQ=".to_owned().into()];
    assert_eq!(
        Tokens::<Visitor>::new(&config(keys)).unwrap_err().to_string(),
        "key 2 is neither an Ed25519 or P-256 private key in PKCS #8 PEM nor an Ed25519 seed in base64"
    );
}

#[test]
fn a_key_that_is_none_is_named_by_its_number_and_not_by_its_text() {
    let keys = [STANDARD.encode([1; 32]), "sesame".to_owned()].map(SecretString::from).to_vec();
    let error = Tokens::<Visitor>::new(&config(keys)).unwrap_err().to_string();
    assert!(error.starts_with("key 2 is neither ") && !error.contains("sesame"), "{error}");
}
