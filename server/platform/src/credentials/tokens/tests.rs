//! Tests of valid, expired and forged access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
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
    let session = Uuid::now_v7();
    let issued = tokens.issue("ada", Some(session), &VisitorClaims { role: "curator".to_owned() }).unwrap();
    assert_eq!(issued.expires_in, Duration::from_secs(900));
    for _ in 0..2 {
        let caller = tokens.caller(BearerToken::new(&issued.token)).unwrap();
        assert_eq!(caller, Visitor { id: "ada".to_owned(), session: Some(session), role: "curator".to_owned() });
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
    let token = tokens.sign(&claims(Utc::now().timestamp() - 1)).unwrap().token;
    assert_eq!(tokens.verify(&token), None);
    let token = tokens.sign(&claims(Utc::now().timestamp() + 1)).unwrap().token;
    assert!(tokens.verify(&token).is_some());
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(tokens.verify(&token), None);
}

#[test]
fn a_token_with_foreign_claims_is_rejected() {
    let tokens = tokens(&[1]);
    let valid = claims(Utc::now().timestamp() + 900);
    assert!(tokens.verify(&tokens.sign(&valid).unwrap().token).is_some());
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
        assert_eq!(tokens.verify(&tokens.sign(&claims).unwrap().token), None, "{claims}");
    }
    for claim in ["iss", "aud", "sub", "exp", "role"] {
        let mut claims = valid.clone();
        claims.as_object_mut().unwrap().remove(claim);
        assert_eq!(tokens.verify(&tokens.sign(&claims).unwrap().token), None, "{claims}");
    }
}

#[test]
fn the_header_cannot_choose_the_algorithm_or_the_key() {
    let tokens = tokens(&[1]);
    let token = issued(&tokens);
    let (_, rest) = token.split_once('.').unwrap();
    let kid = &tokens.0.keys.signing_id;
    for header in [
        r#"{"alg":"none"}"#.to_owned(),
        format!(r#"{{"alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#),
        r#"{"alg":"EdDSA"}"#.to_owned(),
        r#"{"alg":"EdDSA","kid":"other","jku":"https://example.com/keys"}"#.to_owned(),
    ] {
        let forged = format!("{}.{rest}", URL_SAFE_NO_PAD.encode(&header));
        assert_eq!(tokens.verify(&forged), None, "{header}");
    }
    assert_eq!(tokens.verify(&token[..token.len() - 2]), None);
    assert_eq!(tokens.verify(""), None);
    assert_eq!(tokens.verify(&"a.".repeat(4000)), None);
}

#[test]
fn an_invalid_key_is_reported() {
    let keys = vec![STANDARD.encode([1; 32]).into(), "c2hvcnQ=".to_owned().into()];
    assert_eq!(
        Tokens::<Visitor>::new(&config(keys)).unwrap_err().to_string(),
        "key 2 is not an Ed25519 private key in PEM or base64"
    );
}

#[test]
fn a_key_is_parsed_from_pem() {
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let tokens = Tokens::<Visitor>::new(&config(vec![pem.to_owned().into()])).unwrap();
    assert!(tokens.verify(&issued(&tokens)).is_some());
}
