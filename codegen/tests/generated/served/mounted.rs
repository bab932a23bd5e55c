//! A router below the path of the contract's first server.

use super::wire::EVERY;

/// The status, and what the handler was handed.
fn get(target: &str) -> (u16, String) {
    let answer = EVERY.ask("GET", target, &[], b"");
    let handed = answer.headers.into_iter().find(|(name, _)| name == "x-handed");
    (answer.status, handed.map(|(_, value)| value).unwrap_or_default())
}

#[test]
fn every_path_follows_the_base_path() {
    assert_eq!(get("/at-base/shop/v2/"), (204, "\"root\"".to_owned()));
    assert_eq!(get("/at-base/shop/v2/files/a.json"), (204, "FileJsonRequest { name: \"a\" }".to_owned()));
    assert_eq!(get("/at-base/shop/v2/pairs/%C3%BC:1"), (204, "PairRequest { a: \"ü\", b: 1 }".to_owned()));
}

#[test]
fn nothing_is_served_beside_the_base_path() {
    for target in ["/at-base/strict", "/at-base/shop/strict", "/at-base/shop/v22/strict", "/at-base/shop/v2"] {
        assert_eq!(get(target).0, 404, "{target}");
    }
}
