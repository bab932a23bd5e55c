//! Tests of the subcommand `keys` with the program of the museum.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails if a command fails")]

use std::process::{Command, Output};

use museum::Museum;
use museum_api::client::Client;
use museum_api::{CreateEventError, CreateEventRequest, CreateEventResponse, NewEvent};
use writ_platform::testing::{TestDatabase, TestServer};
use writ_runtime::client::{Connection, Failure};

/// Runs the subcommand `keys` for a database.
fn keys(database: &TestDatabase, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_museum"));
    program.env("DATABASE_URL", &database.url).env("REDIS_URL", std::env::var("WRIT_TEST_REDIS_URL").unwrap());
    program.arg("keys").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Creates an event with an API key, at a new process without cached keys.
async fn create_event(database: &TestDatabase, key: &str) -> Result<CreateEventResponse, Failure<CreateEventError>> {
    let server = TestServer::<Museum>::start_with(|settings| settings.set("DATABASE_URL", &database.url)).await;
    let client = Client::new(Connection::new(&server.url("")).unwrap().credential("key", key));
    let starts_at = "2030-05-01T18:00:00Z".parse().unwrap();
    let body = NewEvent { title: "Sundials".to_owned(), starts_at, price: "12.50".parse().unwrap(), places: 3 };
    client.events.create_event(&CreateEventRequest { body }).await
}

#[tokio::test]
async fn an_issued_key_is_accepted_until_it_is_revoked_and_only_its_hash_is_stored() {
    let database = TestDatabase::migrated(&museum::DATABASE).await;
    let issue = ["issue", "staff", "events:write", "for", "90d", "by", "user@example.com", "reason", "INC-812"];
    let issued = keys(&database, &issue);
    assert!(issued.status.success(), "{}", text(&issued.stderr));
    assert!(text(&issued.stderr).contains(" for staff with events:write; it expires at "), "{}", text(&issued.stderr));
    let key = text(&issued.stdout).trim().to_owned();
    assert!(key.starts_with("museum_"), "{key}");
    create_event(&database, &key).await.unwrap();

    let row = "SELECT key_hash = sha256($1), api_keys::text FROM writ.api_keys";
    let (is_hash, row): (bool, String) =
        sqlx::query_as(row).bind(key.as_bytes()).fetch_one(&database.pool).await.unwrap();
    assert!(is_hash && !row.contains(&key), "{row}");

    let list = text(&keys(&database, &["list"]).stdout);
    assert!(list.contains("events:write") && list.contains("user@example.com (") && list.contains("INC-812"), "{list}");
    let id = list.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let revoked = keys(&database, &["revoke", &id, "by", "other@example.com", "reason", "lost"]);
    assert!(revoked.status.success(), "{}", text(&revoked.stderr));
    let failure = create_event(&database, &key).await.unwrap_err();
    assert!(matches!(failure.refusal(), Some(CreateEventError::Unauthorized(_))), "{failure}");
    assert_eq!(text(&keys(&database, &["list"]).stdout), "there are no valid keys\n");
    let all = text(&keys(&database, &["list", "all"]).stdout);
    assert!(all.contains(&id) && all.contains("other@example.com (") && all.contains("lost"), "{all}");
    assert!(text(&keys(&database, &["revoke", &id]).stderr).contains("no valid key has the id"));
}

#[test]
fn help_is_printed_without_any_setting() {
    let subcommands = "museum policy    changes the policies";
    for (arguments, expected) in [
        (&["--help"][..], subcommands),
        (&["-h"], subcommands),
        (&["help"], subcommands),
        (&["policy"], "policy set OPERATION"),
        (&["policy", "--help"], "policy set OPERATION"),
        (&["keys", "help"], "keys issue NAME"),
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_museum"));
        let output = program.env_remove("DATABASE_URL").env_remove("REDIS_URL").args(arguments).output().unwrap();
        assert!(output.status.success() && text(&output.stdout).contains(expected), "{arguments:?}: {output:?}");
    }
    let unknown = Command::new(env!("CARGO_BIN_EXE_museum")).arg("start").output().unwrap();
    assert!(!unknown.status.success() && text(&unknown.stderr).contains("unknown argument `start`"), "{unknown:?}");
}

#[tokio::test]
async fn a_key_that_cannot_be_issued_is_explained() {
    let database = TestDatabase::empty(&museum::DATABASE).await;
    let unknown = keys(&database, &["issue", "staff", "event:write"]);
    assert!(text(&unknown.stderr).contains("did you mean `events:write`?"), "{}", text(&unknown.stderr));
    let unmigrated = keys(&database, &["issue", "staff"]);
    assert!(text(&unmigrated.stderr).contains("created when the service starts"), "{}", text(&unmigrated.stderr));
    assert!(!unmigrated.status.success() && unmigrated.stdout.is_empty());
    let usage = keys(&database, &[]);
    assert!(usage.status.success() && text(&usage.stdout).starts_with("keys issue NAME"), "{}", text(&usage.stdout));
}
