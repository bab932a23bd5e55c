//! Tests of types of a contract with `serde_json` and with other serializers.

use serde_json::{Value, json};

use super::{Deserialize as _, Serialize as _};
use crate::{IntegerRule, ObjectRule, Read, Reader, StringRule, Unknown, Write, Writer};

#[derive(Debug, Clone, PartialEq)]
struct Line {
    zest: String,
    amount: i32,
    rest: Option<Value>,
}

impl Read for Line {
    fn read(r: &mut Reader<'_>) -> Option<Self> {
        const RULE: &ObjectRule = &ObjectRule {
            fields: &["zest", "amount", "rest"],
            required: &["zest", "amount"],
            unknown: Unknown::Deny,
            ..ObjectRule::NONE
        };
        let (mut zest, mut amount, mut rest) = (None, None, None);
        let mut object = r.object(RULE)?;
        while let Some(field) = r.next_field(&mut object) {
            match field {
                0 => zest = r.string(&StringRule { min: 1, ..StringRule::NONE }),
                1 => amount = r.int32(&IntegerRule { min: Some(1), ..IntegerRule::NONE }),
                _ => rest = r.any(),
            }
        }
        r.end_object(object);
        Some(Line { zest: zest?, amount: amount?, rest })
    }
}

impl Write for Line {
    fn write(&self, w: &mut Writer) {
        w.begin_object();
        w.field("zest", &self.zest);
        w.field("amount", &self.amount);
        w.maybe("rest", &self.rest);
        w.end_object();
    }
}

crate::serde!(Line);

fn line() -> Line {
    let rest = json!({ "a": [1, -2, 1.5, true, null, "é\n"], "big": u64::MAX });
    Line { zest: "lemon".to_owned(), amount: 3, rest: Some(rest) }
}

#[test]
fn a_value_is_serialized_in_the_wire_form_and_field_order_of_the_contract() {
    let text = serde_json::to_string(&line()).unwrap();
    assert!(text.starts_with(r#"{"zest":"lemon","amount":3,"rest":{"#), "{text}");
    let mut writer = Writer::new();
    line().write(&mut writer);
    assert_eq!(text.as_bytes(), writer.finish().unwrap());
}

#[test]
fn a_value_deserializes_from_strings_readers_and_trees() {
    let text = serde_json::to_string(&line()).unwrap();
    assert_eq!(serde_json::from_str::<Line>(&text).unwrap(), line());
    assert_eq!(serde_json::from_reader::<_, Line>(text.as_bytes()).unwrap(), line());
    let tree = serde_json::to_value(line()).unwrap();
    assert_eq!(serde_json::from_value::<Line>(tree).unwrap(), line());
}

#[test]
fn types_of_a_contract_work_as_parts_of_other_types() {
    let held = vec![(String::from("a"), Some(line()))];
    let text = serde_json::to_string(&held).unwrap();
    assert_eq!(serde_json::from_str::<Vec<(String, Option<Line>)>>(&text).unwrap(), held);
}

#[test]
fn a_deserialization_error_lists_every_violation_with_its_field() {
    let error = serde_json::from_value::<Line>(json!({ "zest": "", "amount": 0, "more": 1 })).unwrap_err().to_string();
    for expected in ["zest must have at least 1 character", "amount must be at least 1", "more"] {
        assert!(error.contains(expected), "{error}");
    }
    let error = serde_json::from_value::<Line>(json!([])).unwrap_err().to_string();
    assert!(error.starts_with("the value must be an object"), "{error}");
}

#[test]
fn a_type_can_be_deserialized_by_a_given_function() {
    #[derive(Debug)]
    struct Short(String);
    impl Write for Short {
        fn write(&self, w: &mut Writer) {
            w.string(&self.0);
        }
    }
    crate::serde!(Short = |r| r.string(&StringRule { max: Some(2), ..StringRule::NONE }).map(Short));
    assert_eq!(serde_json::from_str::<Short>(r#""ab""#).unwrap().0, "ab");
    assert!(serde_json::from_str::<Short>(r#""abc""#).unwrap_err().to_string().contains("at most 2 characters"));
}

#[test]
fn invalid_json_is_an_error_of_the_format() {
    let error = serde_json::from_str::<Line>(r#"{"zest": "a", "amount": }"#).unwrap_err().to_string();
    assert!(error.contains("expected value"), "{error}");
}

/// A binary format without any content.
struct Binary;

impl<'de> serde_core::Deserializer<'de> for Binary {
    type Error = serde_core::de::value::Error;

    fn deserialize_any<V: serde_core::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[test]
fn a_binary_format_is_rejected() {
    let error = Line::deserialize(Binary).unwrap_err().to_string();
    assert!(error.contains("human-readable"), "{error}");
}

#[test]
fn the_error_of_a_failing_serializer_is_returned() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is full"))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = line().serialize(&mut serde_json::Serializer::new(Full)).unwrap_err();
    assert!(error.to_string().contains("the disk is full"), "{error}");
}
