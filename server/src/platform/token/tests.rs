//! Tests of valid, expired and forged access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::SecretString;

use super::*;

fn tokens(seeds: &[u8]) -> Tokens {
    let keys = seeds.iter().map(|seed| SecretString::from(STANDARD.encode([*seed; 32]))).collect();
    Tokens::new(&config(keys)).unwrap()
}

fn config(keys: Vec<SecretString>) -> TokenConfig {
    TokenConfig {
        keys,
        issuer: "writ".into(),
        audience: "writ".into(),
        access_lifetime: Duration::from_secs(900),
        refresh_lifetime: Duration::from_secs(1),
        session_lifetime: Duration::from_secs(1),
    }
}

fn issued(tokens: &Tokens) -> String {
    tokens.issue(Uuid::now_v7(), "user@example.com", Role::User, Uuid::now_v7()).unwrap().token
}

fn claims(exp: i64) -> Claims {
    Claims {
        iss: "writ".into(),
        aud: "writ".into(),
        sub: type_id::format("usr", Uuid::now_v7()),
        email: "user@example.com".into(),
        roles: vec!["user".into()],
        sid: Uuid::now_v7(),
        jti: Uuid::now_v7(),
        iat: exp - 900,
        exp,
    }
}

#[test]
fn a_token_identifies_its_caller() {
    let tokens = tokens(&[1]);
    let (user, session) = (Uuid::now_v7(), Uuid::now_v7());
    let issued = tokens.issue(user, "user@example.com", Role::Admin, session).unwrap();
    assert_eq!(issued.expires_in, Duration::from_secs(900));
    for _ in 0..2 {
        let caller = tokens.verify(&issued.token).unwrap();
        assert_eq!((caller.user_id, caller.session_id, caller.role), (user, session, Role::Admin));
        assert!(caller.may("users:admin"));
    }
}

#[test]
fn keys_can_be_rotated_without_invalidating_tokens() {
    let (before, during, after) = (tokens(&[1]), tokens(&[1, 2]), tokens(&[2, 1]));
    assert!(after.verify(&issued(&before)).is_ok());
    assert!(during.verify(&issued(&after)).is_ok());
    assert!(before.verify(&issued(&after)).is_err());
}

#[test]
fn an_expired_token_is_rejected_even_if_it_is_cached() {
    let tokens = tokens(&[1]);
    let token = tokens.sign(&claims(Utc::now().timestamp() - 1)).unwrap().token;
    assert_eq!(tokens.verify(&token), Err(InvalidToken));
    let token = tokens.sign(&claims(Utc::now().timestamp() + 1)).unwrap().token;
    assert!(tokens.verify(&token).is_ok());
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(tokens.verify(&token), Err(InvalidToken));
}

#[test]
fn a_token_with_foreign_claims_is_rejected() {
    let tokens = tokens(&[1]);
    let later = Utc::now().timestamp() + 900;
    for wrong in [
        Claims { iss: "other".into(), ..claims(later) },
        Claims { aud: "other".into(), ..claims(later) },
        Claims { sub: "ord_01kf0fv2e0fabr24pa3eywnyp2".into(), ..claims(later) },
        Claims { roles: vec!["root".into()], ..claims(later) },
    ] {
        assert_eq!(tokens.verify(&tokens.sign(&wrong).unwrap().token), Err(InvalidToken), "{wrong:?}");
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
        assert_eq!(tokens.verify(&forged), Err(InvalidToken), "{header}");
    }
    assert_eq!(tokens.verify(&token[..token.len() - 2]), Err(InvalidToken));
    assert_eq!(tokens.verify(""), Err(InvalidToken));
    assert_eq!(tokens.verify(&"a.".repeat(4000)), Err(InvalidToken));
}

#[test]
fn an_invalid_key_is_reported() {
    let keys = vec![STANDARD.encode([1; 32]).into(), "c2hvcnQ=".to_owned().into()];
    assert_eq!(
        Tokens::new(&config(keys)).unwrap_err().to_string(),
        "WRIT_TOKEN_KEYS: key 2 is not an Ed25519 private key in PEM or base64"
    );
}

#[test]
fn a_key_is_parsed_from_pem() {
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    let tokens = Tokens::new(&config(vec![pem.to_owned().into()])).unwrap();
    assert!(tokens.verify(&issued(&tokens)).is_ok());
}
