//! Tests of the publisher and the consumer trait of a contract with domain events.

use std::process::Command;

use crate::workspace::{COMPILED, EVENTS};

#[test]
fn published_events_are_consumed_with_their_data() {
    let program = COMPILED[EVENTS].executable.as_ref().expect("the program compiles");
    let output = Command::new(program).output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let expected = [
        r#"["order.created", "order.status_changed", "stock-moved", "type"]"#,
        r#"EventType { name: "order.created", aggregate: "order", version: 3, internal: false }"#,
        "the event `order.created` breaks the contract: `order.total` must be at least 0",
        "the event `stock-moved` breaks the contract: the id of the aggregate must be a text of 1 to 200 bytes",
        r#"order.created of ord_00000000000000000000000000: {"order":{"id":"ord_00000000000000000000000000","total":7,"status":"paid"},"lines":[{"sku":"ABC","quantity":2}]}: an order with 1 lines"#,
        r#"order.status_changed of ord_00000000000000000000000000: {"from":"pending","to":"paid"}: a change to paid"#,
        "stock-moved of shelf 1: [1,2]: a move of Some([1, 2])",
        r#"type of 00000000-0000-0000-0000-000000000000: {"publisher":{"name":"Ada"}}: a type of Some("Ada")"#,
        r#"order.created of ord_00000000000000000000000000: {"order":{"id":"ord_00000000000000000000000000","total":13,"status":"paid"},"lines":[{"sku":"ABC","quantity":2}]}: an order with 1 lines"#,
        r#"["order.created", "stock-moved"]"#,
        "failed: unlucky",
        "the data of the event does not match its schema: the event `order.created` breaks the contract: `order.total` is required",
        "the data of the event does not match its schema: the event `order.lost` breaks the contract: the contract declares no such event",
        r#"3 ["ord_00000000000000000000000000 7", "shelf 1 Some([1, 2])", "ord_1 3"]"#,
    ];
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines, expected);
}
