//! Tests of the plans of the lists.

use writ_platform::testing::TestDatabase;

use super::*;

#[tokio::test]
async fn every_list_reads_few_rows() {
    let database = TestDatabase::migrated(&crate::DATABASE).await;
    let insert = "INSERT INTO events SELECT gen_random_uuid(), 'Event ' || n, '2030-01-01Z'::timestamptz + make_interval(mins => n / 3), 5, 1
                  FROM generate_series(1, 100000) n;
                  INSERT INTO tickets SELECT gen_random_uuid(), (SELECT id FROM events LIMIT 1), 'office ' || n % 100, 1, 5,
                         '2026-01-01Z'::timestamptz + make_interval(mins => n / 3)
                  FROM generate_series(1, 100000) n";
    database.fill(insert).await;
    for operation in
        operations::ALL.iter().filter(|operation| operation.parameters.iter().any(|one| one.name == "cursor"))
    {
        match operation.id {
            "listEvents" => {
                // All events, half of them, those of the last hour, and none.
                for (after, has_cursor) in [
                    ("1970-01-01T00:00:00Z", true),
                    ("2030-01-12T00:00:00Z", true),
                    ("2030-01-24T02:33:00Z", true),
                    ("2031-01-01T00:00:00Z", false),
                ] {
                    let after = SortValue::Time(after.parse().unwrap());
                    assert_eq!(EVENTS.check_plans(&database.pool, [after]).await, has_cursor);
                }
            }
            "listTickets" => {
                let office = SortValue::Text("office 7".to_owned());
                assert!(TICKETS.check_plans(&database.pool, [office]).await);
            }
            other => panic!("the plans of `{other}` have no check"),
        }
    }
}
