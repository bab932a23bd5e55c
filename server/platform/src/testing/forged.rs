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
