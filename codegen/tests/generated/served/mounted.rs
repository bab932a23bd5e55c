//! Routers below the path of the contract's first server.

use super::wire::EVERY;

/// Returns the status and the request that the handler received.
fn get(target: &str) -> (u16, String) {
    let response = EVERY.send("GET", target, &[], b"");
    let received = response.headers.into_iter().find(|(name, _)| name == "x-received");
    (response.status, received.map(|(_, value)| value).unwrap_or_default())
}

#[test]
fn every_path_starts_with_the_base_path() {
    assert_eq!(get("/at-base/shop/v2/"), (204, "\"root\"".to_owned()));
    assert_eq!(get("/at-base/shop/v2/files/a.json"), (204, "FileJsonRequest { name: \"a\" }".to_owned()));
    assert_eq!(get("/at-base/shop/v2/pairs/%C3%BC:1"), (204, "PairRequest { a: \"ü\", b: 1 }".to_owned()));
}

#[test]
fn a_path_outside_of_the_base_path_is_not_found() {
    for target in ["/at-base/strict", "/at-base/shop/strict", "/at-base/shop/v22/strict", "/at-base/shop/v2"] {
        assert_eq!(get(target).0, 404, "{target}");
    }
}
