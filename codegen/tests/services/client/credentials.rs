//! Security schemes of every kind, all of an alternative or none.

use security::client::Client;

use crate::Served;

pub async fn schemes_are_met_in_and_and_or(served: &Served) {
    let open = served.at("security");
    let call = |connection: &writ_runtime::client::Connection| Client::new(connection.clone()).doors;
    call(&open.clone().bearer("good")).inherited().await.unwrap();
    assert!(served.handed().contains("bearer good"), "{}", served.handed());
    let refused = call(&open).inherited().await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(401), "{refused}");
    call(&open.clone().bearer("good")).open().await.unwrap();
    call(&open).maybe().await.unwrap();
    assert_eq!(served.handed(), "None");
    call(&open.clone().bearer("good")).maybe().await.unwrap();
    assert!(served.handed().contains("bearer good"), "{}", served.handed());
    let named = open.clone().basic("user", "pass").bearer("good").credential("key", "k&y").credential("queryKey", "q&y");
    let named = named.credential("cookieKey", "cookie").credential("digest", "d").credential("oauth", "admin");
    for door in ["either", "both", "places"] {
        let doors = call(&named);
        let entered = match door {
            "either" => doors.either().await.map(drop).map_err(|failure| failure.to_string()),
            "both" => doors.both().await.map(drop).map_err(|failure| failure.to_string()),
            _ => doors.places().await.map(drop).map_err(|failure| failure.to_string()),
        };
        assert_eq!(entered, Ok(()), "{door}");
        assert!(served.handed().starts_with("Shown"), "{door}: {}", served.handed());
    }
    assert!(!format!("{named:?}").contains("good"), "{named:?}");
}
