//! Scenarios with parameters of every style, location and type.

use std::collections::BTreeMap;

use styles::client::Client;
use styles::*;
use writ_runtime::client::Failure;
use writ_runtime::exports::serde_json::json;
use writ_runtime::{Bytes, ETag, IfMatch, Uuid};

use crate::Served;

/// Calls operations, and compares the request that each handler received with the sent one.
macro_rules! sends {
    ($served:ident, $tag:expr, $($method:ident($request:expr);)*) => { $(
        let request = $request;
        $tag.$method(&request).await.unwrap_or_else(|failure| panic!("{}: {failure}", stringify!($method)));
        assert_eq!($served.received(), format!("{request:?}"));
    )* };
}

fn object() -> Object {
    Object { a: "a=b&c,d é".to_owned(), b: Some(-7) }
}

fn plain() -> Object {
    Object { a: "x y".to_owned(), b: None }
}

fn text() -> String {
    "a/b c?d#e&f=g+h%é".to_owned()
}

pub async fn every_style_survives_a_round_trip(served: &Served) {
    let default = Client::new(served.at("styles")).default;
    sends! { served, default,
        path_simple(PathSimpleRequest { text: text(), list: vec![1, 2], object: object() });
        path_simple_explode(PathSimpleExplodeRequest { text: text(), list: vec![1], object: object() });
        path_label(PathLabelRequest { text: text(), list: vec![1, 2, 3], object: plain() });
        path_label_explode(PathLabelExplodeRequest { text: text(), list: vec![1, 2], object: object() });
        path_matrix(PathMatrixRequest { text: text(), list: vec![1, 2], object: object() });
        path_matrix_explode(PathMatrixExplodeRequest { text: text(), list: vec![1, 2], object: object() });
        path_content(PathContentRequest { text: text(), object: object() });
        query_form(QueryFormRequest { text: Some(text()), list: Some(vec![1, 2]), object: Some(object()) });
        query_form(QueryFormRequest { text: Some(String::new()), list: Some(Vec::new()), object: None });
        query_form_explode(QueryFormExplodeRequest { text: Some(text()), list: Some(vec![1, 2]), object: Some(object()) });
        query_form_explode(QueryFormExplodeRequest { text: None, list: Some(vec![7]), object: None });
        query_space(QuerySpaceRequest { list: Some(vec![1, 2]), object: None, each: Some(vec![3, 4]) });
        query_pipe(QueryPipeRequest { list: Some(vec![1, 2]), object: Some(object()), each: Some(vec![3, 4]) });
        query_deep(QueryDeepRequest {
            object: Some(object()),
            nested: Some(QueryDeepNested { list: Some(vec![1, 2]), inner: Some(plain()) })
        });
        query_deep(QueryDeepRequest { object: None, nested: Some(QueryDeepNested { list: Some(vec![1]), inner: None }) });
        query_content(QueryContentRequest { object: Some(object()), any: Some(json!([{"a": null}, 1.5])), text: Some(text()) });
        query_reserved(QueryReservedRequest { text: Some(text()), list: Some(vec!["a/b".to_owned(), "c".to_owned()]) });
        query_presence(QueryPresenceRequest {
            needed: "x".to_owned(),
            filled: None,
            empty: Some(true),
            empty_text: None,
            count: 9,
            names: vec!["n".to_owned()],
            nothing: Some(3)
        });
        query_types(QueryTypesRequest {
            integer: Some(-1),
            number: Some(1e21),
            boolean: Some(false),
            date: "2024-02-29".parse().ok(),
            moment: "2024-02-29T12:00:00.5Z".parse().ok(),
            uuid: Some(Uuid::nil()),
            bytes: Some(Bytes::from_static(b"\xff\xfe?")),
            word: Some(QueryTypesWord::AAndB),
            either: Some(QueryTypesEither::Text("t".to_owned())),
            words: Some(vec![QueryTypesWordsItem::Two, QueryTypesWordsItem::One])
        });
        query_spread(QuerySpreadRequest { known: Some(1), others: Some(BTreeMap::from([("a b".to_owned(), 2)])) });
        header_simple(HeaderSimpleRequest { x_text: Some("a, b".to_owned()), x_list: Some(vec![1, 2]), x_object: Some(plain()) });
        header_simple_explode(HeaderSimpleExplodeRequest {
            x_text: Some("é".to_owned()),
            x_list: Some(vec![1]),
            x_object: Some(plain())
        });
        header_content(HeaderContentRequest { x_object: object() });
        cookie_form(CookieFormRequest { text: Some(text()), list: Some(vec![1, 2]), object: Some(object()) });
        cookie_form_explode(CookieFormExplodeRequest { text: text(), list: Some(vec![1, 2]), object: Some(object()) });
        cookie_content(CookieContentRequest { object: Some(object()) });
    }
}

pub async fn an_invalid_request_is_not_sent(served: &Served) {
    let default = Client::new(served.at("styles")).default;
    let path = |text: &str| PathSimpleRequest { text: text.to_owned(), list: vec![1], object: plain() };
    for (text, expected) in [
        ("", "the path parameter `text` must not be empty"),
        ("..", "`..` cannot be a segment of a path"),
    ] {
        match default.path_simple(&path(text)).await {
            Err(Failure::Unsent(message)) => assert_eq!(message, expected),
            other => panic!("{other:?}"),
        }
    }
    let commas = HeaderSimpleRequest { x_text: None, x_list: None, x_object: Some(object()) };
    let failure = default.header_simple(&commas).await.unwrap_err();
    assert!(matches!(&failure, Failure::Unsent(message) if message.contains("contains `,`")), "{failure}");
    let breaks = HeaderSimpleRequest { x_text: Some("a\r\nb: c".to_owned()), x_list: None, x_object: None };
    let failure = default.header_simple(&breaks).await.unwrap_err();
    assert!(matches!(failure, Failure::Unsent(_)) && failure.status().is_none(), "{failure}");
    assert_eq!(served.received(), "", "nothing was sent");
}

pub async fn pages_sort_keys_and_conditions_survive_a_round_trip(served: &Served) {
    use policies::*;
    use writ_runtime::exports::serde_json::json;
    use writ_runtime::{Decimal, Patch, Sort};

    let client = policies::client::Client::new(served.at("policies").bearer("me"));
    let sort = vec![
        Sort { by: ListOrdersSort::Total, descending: true },
        Sort { by: ListOrdersSort::CreatedAt, descending: false },
    ];
    let list = ListOrdersRequest { page: 3, limit: 7, cursor: None, sort, fields: None };
    let page = client.orders.list_orders(&list).await.unwrap();
    assert_eq!(served.received(), format!("{list:?}"));
    assert_eq!((page.body.pagination.page, page.body.pagination.limit), (Some(3), 7));

    let get = GetOrderRequest { order_id: OrderId(Uuid::nil()), fields: None };
    let first = client.orders.get_order(&get).await.unwrap();
    assert_eq!(first.etag, ETag::strong("v1"));
    assert_eq!(client.orders.get_order(&get).if_none_match(first.etag.clone()).await.unwrap(), None);
    let other = client.orders.get_order(&get).if_none_match(ETag::strong("v0")).await.unwrap();
    assert_eq!(other.map(|other| other.body), Some(first.body.clone()));
    let unchanged = client.orders.get_order(&get).header("if-none-match", "*").await.unwrap_err();
    assert_eq!(unchanged.status().map(|status| status.as_u16()), Some(304));

    // A response with some fields only needs an explicit type.
    let some = ListOrdersRequest { fields: Some(vec![ListOrdersFieldsItem::Id]), ..list };
    let page = client.orders.list_orders(&some).sparse_fieldset().await.unwrap();
    assert_eq!(served.received(), format!("{some:?}"));
    assert_eq!(page.json()["data"], json!([{"id": "ord_00000000000000000000000000"}]));
    assert_eq!(page.json()["pagination"]["limit"], 7);
    let invalid = client.orders.list_orders(&some).await.unwrap_err();
    assert!(invalid.to_string().ends_with("does not match the contract: data[0].total is required"), "{invalid}");
    let some = GetOrderRequest { fields: Some(vec![GetOrderFieldsItem::Note]), ..get.clone() };
    let noted = client.orders.get_order(&some).sparse_fieldset().await.unwrap();
    assert_eq!((noted.json(), noted.header("etag")), (json!({}), Some("\"v1\"")));
    let tag = ETag::strong("v1");
    assert!(client.orders.get_order(&some).sparse_fieldset().if_none_match(tag).await.unwrap().is_none());
    // The response contains every required field, so it is valid for the complete type.
    let enough = GetOrderRequest { fields: Some(vec![GetOrderFieldsItem::Total]), ..get.clone() };
    assert_eq!(client.orders.get_order(&enough).await.unwrap().body, Order::new(Decimal::new(1050, 2)));

    let order = OrderInput { total: Decimal::new(1050, 2), note: Patch::Null };
    let put = |if_match| PutOrderRequest { order_id: OrderId(Uuid::nil()), if_match, body: order.clone() };
    client.orders.put_order(&put(IfMatch::from(first.etag))).await.unwrap();
    let stale = client.orders.put_order(&put(IfMatch::Tags(vec![ETag::weak("v1")]))).await.unwrap_err();
    assert!(matches!(stale.refusal(), Some(PutOrderError::PreconditionFailed(_))), "{stale}");

    let create = CreateOrderRequest { body: order.clone() };
    client.orders.create_order(&create).idempotency_key("k-1").await.unwrap();
    assert_eq!(served.received(), format!("{:?}", (Some("k-1"), &create)));
    // The contract requires a key, so the client generates one if the caller sets none.
    client.orders.create_order(&create).await.unwrap();
    let made = served.received();
    client.orders.create_order(&create).await.unwrap();
    assert!(made.starts_with("(Some(\"") && made != served.received(), "{made}");
}
