//! Scenarios with credentials for every kind of security scheme. A client sends all schemes of an alternative.

use security::client::Client;

use crate::Served;

pub async fn credentials_satisfy_requirements_with_and_and_or(served: &Served) {
    let open = served.at("security");
    let call = |connection: &writ_runtime::client::Connection| Client::new(connection.clone()).doors;
    call(&open.clone().bearer("good")).inherited().await.unwrap();
    assert!(served.received().contains("bearer good"), "{}", served.received());
    let refused = call(&open).inherited().await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(401), "{refused}");
    call(&open.clone().bearer("good")).open().await.unwrap();
    call(&open).maybe().await.unwrap();
    assert_eq!(served.received(), "None");
    call(&open.clone().bearer("good")).maybe().await.unwrap();
    assert!(served.received().contains("bearer good"), "{}", served.received());
    let full = open.clone().basic("user", "pass").bearer("good").credential("key", "k&y").credential("queryKey", "q&y");
    let full = full.credential("cookieKey", "cookie").credential("digest", "d").credential("oauth", "admin");
    for door in ["either", "both", "places"] {
        let doors = call(&full);
        let entered = match door {
            "either" => doors.either().await.map(drop).map_err(|failure| failure.to_string()),
            "both" => doors.both().await.map(drop).map_err(|failure| failure.to_string()),
            _ => doors.places().await.map(drop).map_err(|failure| failure.to_string()),
        };
        assert_eq!(entered, Ok(()), "{door}");
        assert!(served.received().starts_with("Shown"), "{door}: {}", served.received());
    }
    assert!(!format!("{full:?}").contains("good"), "{full:?}");
}
