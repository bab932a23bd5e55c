//! Tests of writing JSON.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::json::{DecimalNumber, Write, Writer};
use crate::values::page::{Page, Pagination};
use crate::values::patch::Patch;

pub(super) fn written(value: &dyn Write) -> String {
    let mut writer = Writer::new();
    value.write(&mut writer);
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

struct User {
    id: u64,
    name: Option<&'static str>,
    nick: Patch<&'static str>,
    tags: Vec<i32>,
}

impl Write for User {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.field("id", &self.id);
        w.optional("name", self.name.as_ref().map(|name| name as &dyn Write));
        w.patch("nick", &self.nick);
        w.field("tags", &self.tags);
        w.end_object();
    }
}

const USER: User = User { id: 7, name: Some("x"), nick: Patch::Null, tags: vec![] };

#[test]
fn an_undeclared_field_with_the_name_of_a_declared_one_is_not_written() {
    let written = |key: &str| {
        let mut writer = Writer::new();
        writer.begin_object();
        writer.field("a", &1_i64);
        writer.other_key(key, &["a"]);
        writer.int(2);
        writer.end_object();
        writer.finish().map(String::from_utf8).map_err(|error| error.to_string())
    };
    assert_eq!(written("b"), Ok(Ok(r#"{"a":1,"b":2}"#.to_owned())));
    assert_eq!(written("a"), Err("a: the key \"a\" is that of a declared property".to_owned()));
}

#[test]
fn absent_fields_are_omitted() {
    assert_eq!(written(&USER), r#"{"id":7,"name":"x","nick":null,"tags":[]}"#);
    let user = User { name: None, nick: Patch::Absent, tags: vec![1, 2], ..USER };
    assert_eq!(written(&user), r#"{"id":7,"tags":[1,2]}"#);
    let user = User { nick: Patch::Value("y"), ..USER };
    assert_eq!(written(&user), r#"{"id":7,"name":"x","nick":"y","tags":[]}"#);
}

#[test]
fn every_string_round_trips() {
    let all: String =
        (0..0x250).chain(0x2020..0x2030).chain([0xfeff, 0xffff, 0x1f600]).filter_map(char::from_u32).collect();
    for text in ["", "a", "\"\\/\u{8}\u{c}\n\r\t\0\u{1f}\u{7f}", "é\u{2028}😀", &all] {
        let json = written(&text);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert_eq!(json, serde_json::to_string(text).unwrap());
    }
}

#[test]
fn scalars_are_written_in_their_wire_form() {
    assert_eq!(written(&i64::MIN), "-9223372036854775808");
    assert_eq!(written(&u64::MAX), "18446744073709551615");
    assert_eq!(written(&0.1f32), "0.1");
    assert_eq!(written(&1.5e300f64), "1.5e+300");
    assert_eq!(written(&true), "true");
    assert_eq!(written(&None::<i32>), "null");
    assert_eq!(written(&"19.90".parse::<Decimal>().unwrap()), "\"19.90\"");
    assert_eq!(written(&Bytes::from_static(b"hi")), "\"aGk=\"");
    assert_eq!(written(&Uuid::max()), "\"ffffffff-ffff-ffff-ffff-ffffffffffff\"");
    assert_eq!(written(&json!({"a": [1, null, "é"]})), r#"{"a":[1,null,"é"]}"#);
    assert_eq!(written(&BTreeMap::from([("b".to_owned(), 1), ("a\"".to_owned(), 2)])), r#"{"a\"":2,"b":1}"#);
    assert_eq!(written(&DecimalNumber("1.50".parse().unwrap())), "1.50");
    let mut writer = Writer::new();
    writer.id("usr", uuid::uuid!("0188bac7-4afa-78aa-bc3b-bd1eef28d881"));
    assert_eq!(writer.finish().unwrap(), b"\"usr_01h2xcejqtf2nbrexx3vqjhp41\"");
}

#[test]
fn times_are_written_with_as_few_digits_as_possible() {
    for text in [
        "2024-05-31T13:45:00Z",
        "0001-01-01T00:00:00.001Z",
        "1969-12-31T23:59:59.000001Z",
        "9999-12-31T23:59:59.999999999Z",
    ] {
        let moment = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        assert_eq!(written(&moment), format!("\"{text}\""));
    }
    assert_eq!(written(&NaiveDate::from_ymd_opt(7, 2, 3).unwrap()), "\"0007-02-03\"");
}

#[test]
fn a_leap_second_is_written_only_at_the_end_of_a_day() {
    let leap = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
    assert_eq!(written(&leap("2016-12-31T23:59:60.5Z")), "\"2016-12-31T23:59:60.500Z\"");
    let noon = NaiveDate::from_ymd_opt(2016, 12, 31).unwrap().and_hms_nano_opt(12, 0, 59, 1_500_000_000).unwrap();
    assert_eq!(written(&noon.and_utc()), "\"2016-12-31T12:00:59.999999999Z\"");
}

/// Returns the error for a value that cannot be written.
fn unwritable(value: &dyn Write) -> String {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish().unwrap_err().to_string()
}

#[test]
fn a_value_that_json_cannot_represent_is_an_error_with_its_path() {
    let reason = "is not a finite number, which JSON cannot represent";
    assert_eq!(unwritable(&f64::NAN), format!("NaN {reason}"));
    assert_eq!(unwritable(&vec![1.0, f64::NEG_INFINITY]), format!("[1]: -inf {reason}"));
    let map = BTreeMap::from([
        ("a,]\"}".to_owned(), vec![vec![0.5f32]]),
        ("b".to_owned(), vec![vec![], vec![1.0, 2.0, f32::INFINITY]]),
    ]);
    assert_eq!(unwritable(&map), format!("b[1][2]: inf {reason}"));
    let nested = vec![BTreeMap::from([("x.y".to_owned(), Some(f64::INFINITY))])];
    assert_eq!(unwritable(&nested), format!("[0][\"x.y\"]: inf {reason}"));
}

#[test]
fn a_date_whose_year_does_not_have_four_digits_is_an_error() {
    let reason = "has a year that RFC 3339 cannot represent";
    assert!(unwritable(&DateTime::from_timestamp(1 << 40, 0).unwrap()).ends_with(reason));
    assert_eq!(unwritable(&NaiveDate::from_ymd_opt(10_000, 1, 1).unwrap()), format!("+10000-01-01 {reason}"));
    assert_eq!(unwritable(&NaiveDate::from_ymd_opt(-1, 1, 1).unwrap()), format!("-0001-01-01 {reason}"));
    assert_eq!(written(&NaiveDate::from_ymd_opt(0, 1, 1).unwrap()), "\"0000-01-01\"");
}

#[test]
fn a_value_that_the_sparse_fieldset_omits_need_not_be_writable() {
    struct Price(f64);
    impl Write for Price {
        fn write(&self, w: &mut Writer) {
            w.begin_object();
            w.field("id", &1_i64);
            w.key("price");
            w.float(self.0);
            w.end_object();
        }
    }
    assert_eq!(sparse(&Price(f64::NAN), &["id"]), json!({"id": 1}));
}

fn sparse(value: &dyn Write, fields: &[&str]) -> Value {
    let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
    let mut writer = Writer::new();
    writer.keep_fields(Some(&fields));
    value.write(&mut writer);
    serde_json::from_slice(&writer.finish().unwrap()).unwrap()
}

#[test]
fn only_the_requested_fields_are_written() {
    assert_eq!(sparse(&USER, &["id", "tags"]), json!({"id": 7, "tags": []}));
    assert_eq!(sparse(&USER, &["tags"]), json!({"tags": []}));
    assert_eq!(sparse(&USER, &["nick", "id"]), json!({"id": 7, "nick": null}));
    assert_eq!(sparse(&USER, &["other"]), json!({}));
    assert_eq!(sparse(&vec![USER, USER], &["id"]), json!([{"id": 7}, {"id": 7}]));
    assert_eq!(sparse(&5, &["id"]), json!(5));
}

#[test]
fn a_sparse_fieldset_limits_the_elements_of_a_page_and_not_its_pagination() {
    let pagination = Pagination { limit: 2, has_more: true, next_cursor: Some("c".into()), ..Pagination::default() };
    let page = Page { data: vec![USER, User { id: 8, ..USER }], pagination };
    let expected = json!({
        "data": [{"id": 7}, {"id": 8}],
        "pagination": {"page": null, "limit": 2, "hasMore": true, "nextCursor": "c"},
    });
    assert_eq!(sparse(&page, &["id"]), expected);
}

/// An object that is written key by key, with nested objects.
struct Free;

impl Write for Free {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        for key in ["a", "b", "c"] {
            w.key(key);
            w.begin_object();
            w.key("b");
            w.begin_array();
            w.null();
            w.begin_object();
            w.end_object();
            w.end_array();
            w.key("x");
            w.raw("1");
            w.end_object();
        }
        w.end_object();
    }
}

#[test]
fn a_sparse_fieldset_does_not_limit_nested_objects() {
    let inner = json!({"b": [null, {}], "x": 1});
    assert_eq!(sparse(&Free, &["b"]), json!({"b": inner}));
    assert_eq!(sparse(&Free, &["a", "c"]), json!({"a": inner, "c": inner}));
    assert_eq!(sparse(&Free, &["a"]), json!({"a": inner}));
    assert_eq!(sparse(&Free, &[]), json!({}));
}
