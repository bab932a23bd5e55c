//! Access tokens that a service must refuse, made from a valid one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::Ed25519KeyPair;
use serde_json::{Value, json};

use crate::random;

/// Returns tokens that a service must refuse, each with its fault. `valid` is an access token of the service.
///
/// ```
/// # let claims = "eyJzdWIiOiJhZGEiLCJleHAiOjQxMDI0NDQ4MDB9";
/// # let valid = format!("eyJhbGciOiJFZERTQSIsImtpZCI6Ing3In0.{claims}.c2lnbmF0dXJl");
/// for (fault, token) in writ_platform::testing::forged_tokens(&valid) {
///     assert_ne!(token, valid, "{fault}");
/// }
/// ```
pub fn forged_tokens(valid: &str) -> Vec<(&'static str, String)> {
    let [header, claims, signature] = parts(valid);
    let (named, changed) = (json(&header), json(&claims));
    let with = |mut value: Value, name: &str, other: Value| {
        value[name] = other;
        encode(&value)
    };
    let algorithm = |name: &str| with(named.clone(), "alg", json!(name));
    let other_key: [u8; 32] = random::bytes();
    vec![
        ("has no signature", format!("{header}.{claims}.")),
        ("has the algorithm none", format!("{}.{claims}.", algorithm("none"))),
        ("has the algorithm none and a signature", format!("{}.{claims}.{signature}", algorithm("None"))),
        ("has a header without a key", format!("{}.{claims}.", encode(&json!({ "alg": "none" })))),
        ("has the algorithm of a shared secret", format!("{}.{claims}.{signature}", algorithm("HS256"))),
        ("names a key of its own", format!("{}.{claims}.{signature}", with(named.clone(), "kid", json!("../other")))),
        ("has a changed subject", format!("{header}.{}.{signature}", with(changed.clone(), "sub", json!("root")))),
        ("has a later end", format!("{header}.{}.{signature}", with(changed, "exp", json!(4_102_444_800_u64)))),
        ("has a changed signature", format!("{header}.{claims}.{}", flipped(&signature))),
        ("is signed by another key", resigned_token(valid, &other_key, |_| ())),
    ]
}

/// Returns a token with changed claims and the header of `valid`, signed with the Ed25519 seed `key`.
///
/// With the key of the service, a test makes tokens that only their claims make invalid, such as expired ones.
pub fn resigned_token(valid: &str, key: &[u8; 32], change: impl FnOnce(&mut Value)) -> String {
    let [header, claims, _] = parts(valid);
    let mut claims = json(&claims);
    change(&mut claims);
    let signed = format!("{header}.{}", encode(&claims));
    let key = Ed25519KeyPair::from_seed_unchecked(key).expect("a seed of any content is valid");
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.sign(signed.as_bytes())))
}

fn parts(token: &str) -> [String; 3] {
    let parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    parts.try_into().expect("the token has three parts")
}

fn json(part: &str) -> Value {
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("the part of the token is base64url");
    serde_json::from_slice(&bytes).expect("the part of the token is JSON")
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Returns a signature with its first bit changed.
fn flipped(signature: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("the signature is base64url");
    bytes[0] ^= 0x80;
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, KeyPair as _, UnparsedPublicKey};

    use super::*;

    const SEED: [u8; 32] = [7; 32];

    /// Returns a token that is signed with the key of the seed.
    fn valid() -> String {
        let header = encode(&json!({ "alg": "EdDSA", "kid": "k" }));
        let claims = encode(&json!({ "sub": "ada", "exp": 2_000_000_000 }));
        resigned_token(&format!("{header}.{claims}.unsigned"), &SEED, |_| ())
    }

    /// Returns true if the token is signed with the key of the seed.
    fn is_signed(token: &str) -> bool {
        let public = Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap().public_key().as_ref().to_vec();
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&ED25519, public).verify(message.as_bytes(), &signature).is_ok()
    }

    #[test]
    fn a_forged_token_has_the_fault_that_it_names_and_no_valid_signature() {
        let valid = valid();
        assert!(is_signed(&valid));
        let forged = forged_tokens(&valid);
        let of = |fault: &str| {
            let token = &forged.iter().find(|(known, _)| *known == fault).unwrap().1;
            let [header, claims, signature] = parts(token);
            (json(&header), json(&claims), signature)
        };
        assert_eq!(of("has no signature").2, "");
        assert_eq!(of("has the algorithm none").0, json!({ "alg": "none", "kid": "k" }));
        assert_eq!(of("has the algorithm none").2, "");
        assert_ne!(of("has the algorithm none and a signature").2, "");
        assert_eq!(of("has a header without a key").0, json!({ "alg": "none" }));
        assert_eq!(of("has the algorithm of a shared secret").0["alg"], "HS256");
        assert_eq!(of("names a key of its own").0["kid"], "../other");
        assert_eq!(of("has a changed subject").1, json!({ "sub": "root", "exp": 2_000_000_000 }));
        assert_eq!(of("has a later end").1["exp"], 4_102_444_800_u64);
        for (fault, token) in &forged {
            assert!(!is_signed(token), "{fault}");
        }
    }

    #[test]
    fn a_token_with_changed_claims_is_signed_with_the_key() {
        let changed = resigned_token(&valid(), &SEED, |claims| claims["exp"] = json!(1));
        assert!(is_signed(&changed));
        let [header, claims, _] = parts(&changed);
        assert_eq!(json(&claims), json!({ "sub": "ada", "exp": 1 }));
        assert_eq!(json(&header)["kid"], "k");
        assert!(!is_signed(&resigned_token(&valid(), &[8; 32], |_| ())));
    }
}
