//! Tests of the plans of the lists.

use writ_platform::testing::TestDatabase;

use super::*;

#[tokio::test]
async fn an_index_serves_every_list() {
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
                for after in ["2030-01-20T00:00:00Z".parse().unwrap(), DateTime::default()] {
                    EVENTS.check_plans(&database.pool, [SortValue::Time(after)]).await;
                }
            }
            "listTickets" => TICKETS.check_plans(&database.pool, [SortValue::Text("office 7".to_owned())]).await,
            other => panic!("the plans of `{other}` have no check"),
        }
    }
}
