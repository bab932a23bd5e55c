//! Tests of booleans, numbers and strings.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

use super::{bad, good, read_all};
use crate::json::{Read, Reader};
use crate::validate::format::Format;
use crate::validate::pattern::Pattern;
use crate::validate::rules::{IntegerRule, NumberRule, StringRule, WrittenNumbers};
use crate::values::string_enum::StringEnum;

#[test]
fn an_integer_is_a_number_without_a_fraction_in_any_notation() {
    for (json, value) in [("0", 0), ("-0", 0), ("-0.0", 0), ("1.0", 1), ("1e2", 100), ("-12.50e1", -125), ("100E-2", 1)]
    {
        assert_eq!(good(json, i32::read), value, "{json}");
    }
    assert_eq!(good("0e999999999999999999999", i64::read), 0);
    for json in ["1.5", "1e-1", "0.1", "1e-999999999999999999999"] {
        assert_eq!(bad(json, i64::read), [": must be an integer"], "{json}");
    }
}

#[test]
fn every_integer_type_accepts_its_bounds_and_nothing_beyond() {
    assert_eq!(good("-2147483648", i32::read), i32::MIN);
    assert_eq!(good("2147483647", i32::read), i32::MAX);
    assert_eq!(good("-9223372036854775808", i64::read), i64::MIN);
    assert_eq!(good("9223372036854775807", i64::read), i64::MAX);
    assert_eq!(good("4294967295", u32::read), u32::MAX);
    assert_eq!(good("18446744073709551615", u64::read), u64::MAX);
    assert_eq!(bad("2147483648", i32::read), [": must be at most 2147483647"]);
    assert_eq!(bad("-2147483649", i32::read), [": must be at least -2147483648"]);
    assert_eq!(bad("9223372036854775808", i64::read), [": must be at most 9223372036854775807"]);
    assert_eq!(bad("-1", u64::read), [": must be at least 0"]);
    assert_eq!(bad("18446744073709551616", u64::read), [": must be at most 18446744073709551615"]);
    assert_eq!(bad("1e400", i64::read), [": must be at most 9223372036854775807"]);
    assert_eq!(bad("-1e999999999999999999999999", i64::read), [": must be at least -9223372036854775808"]);
}

#[test]
fn an_integer_is_checked_against_its_rule() {
    const RULE: IntegerRule = IntegerRule { min: Some(5), max: Some(20), multiple_of: Some(5) };
    let read = |r: &mut Reader<'_>| r.int32(&RULE);
    assert_eq!(good("15", read), 15);
    assert_eq!(bad("4", read), [": must be at least 5"]);
    assert_eq!(bad("21", read), [": must be at most 20"]);
    assert_eq!(bad("7", read), [": must be a multiple of 5"]);
    assert_eq!(bad("\"5\"", read), [": must be an integer, not a string"]);
    assert_eq!(bad("null", read), [": must be an integer, not null"]);
}

#[test]
fn a_float_must_be_finite_and_satisfy_its_rule() {
    const RULE: NumberRule =
        NumberRule { min: Some(0.0), max: Some(1.5), exclusive_min: true, multiple_of: Some(0.1), ..NumberRule::NONE };
    let read = |r: &mut Reader<'_>| r.float64(&RULE);
    assert_eq!(good("0.3", read), 0.3);
    assert_eq!(good("1.5", read), 1.5);
    assert_eq!(bad("0", read), [": must be greater than 0"]);
    assert_eq!(bad("-0.0", read), [": must be greater than 0"]);
    assert_eq!(bad("1.6", read), [": must be at most 1.5"]);
    assert_eq!(bad("0.35", read), [": must be a multiple of 0.1"]);
    assert_eq!(bad("1e400", f64::read), [": must be at most 1.7976931348623157e308"]);
    assert_eq!(bad("-1e39", f32::read), [": must be at least -3.4028234663852886e38"]);
    assert_eq!(good("1e-400", f64::read), 0.0);
    assert_eq!(good("16777217", f32::read), 16_777_216.0);
}

#[test]
fn bounds_are_compared_as_decimals_whatever_the_width_of_the_float() {
    const RULE: NumberRule = NumberRule { min: Some(0.1), max: Some(0.7), ..NumberRule::NONE };
    let read = |r: &mut Reader<'_>| r.float32(&RULE);
    assert_eq!(good("0.7", read), 0.7);
    assert_eq!(good("0.1", read), 0.1);
    assert_eq!(good("7E-1", read), 0.7);
    assert_eq!(bad("0.70000000000000001", read), [": must be at most 0.7"]);
    assert_eq!(bad("0.09999999999999999999", read), [": must be at least 0.1"]);
    const OPEN: NumberRule =
        NumberRule { min: Some(0.3), exclusive_min: true, max: Some(1e23), exclusive_max: true, ..NumberRule::NONE };
    for read in [|r: &mut Reader<'_>| r.float32(&OPEN).map(f64::from), |r: &mut Reader<'_>| r.float64(&OPEN)] {
        assert_eq!(bad("0.3", read), [": must be greater than 0.3"]);
        assert_eq!(bad("0.30000000000000000", read), [": must be greater than 0.3"]);
        assert!(good("0.30000000000000001", read) > 0.29);
        assert_eq!(bad("1e23", read), [": must be less than 100000000000000000000000"]);
        assert_eq!(bad("100000000000000000000000", read), [": must be less than 100000000000000000000000"]);
        assert!(good("99999999999999999999999", read) > 9e22);
    }
}

#[test]
fn a_bound_that_a_float_cannot_represent_is_compared_with_all_its_digits() {
    const WRITTEN: WrittenNumbers =
        WrittenNumbers { min: Some("-9007199254740993"), max: Some("9007199254740993"), multiple_of: None };
    const RULE: NumberRule = NumberRule {
        min: Some(-9007199254740992.0),
        max: Some(9007199254740992.0),
        exclusive_max: true,
        written: Some(&WRITTEN),
        ..NumberRule::NONE
    };
    let read = |r: &mut Reader<'_>| r.float64(&RULE);
    assert_eq!(good("9007199254740992.9", read), 9007199254740992.0);
    assert_eq!(bad("9007199254740993", read), [": must be less than 9007199254740993"]);
    assert_eq!(good("-9007199254740993", read), -9007199254740992.0);
    assert_eq!(bad("-9007199254740993.5", read), [": must be at least -9007199254740993"]);
    const STEP: WrittenNumbers = WrittenNumbers { multiple_of: Some("900719925474099301e-2"), ..WrittenNumbers::NONE };
    const STEPS: NumberRule =
        NumberRule { multiple_of: Some(9007199254740993.01), written: Some(&STEP), ..NumberRule::NONE };
    let read = |r: &mut Reader<'_>| r.float64(&STEPS);
    assert!(good("18014398509481986.02", read) > 1e16);
    assert_eq!(bad("18014398509481986.03", read).len(), 1);
}

#[test]
fn zero_is_compared_with_numbers_near_it_exactly() {
    const RULE: NumberRule = NumberRule { min: Some(0.0), exclusive_min: true, ..NumberRule::NONE };
    let read = |r: &mut Reader<'_>| r.float64(&RULE);
    assert_eq!(good("1e-999", read), 0.0);
    for zero in ["0", "-0", "0.0", "-0e5"] {
        assert_eq!(bad(zero, read), [": must be greater than 0"], "{zero}");
    }
    assert_eq!(bad("-1e-999", read), [": must be greater than 0"]);
    const SMALL: NumberRule = NumberRule { max: Some(5e-324), exclusive_max: true, ..NumberRule::NONE };
    assert_eq!(bad("5e-324", |r| r.float64(&SMALL)).len(), 1);
    assert!(good("4e-324", |r| r.float64(&SMALL)) > 0.0);
}

#[test]
fn an_integer_may_be_spelled_with_a_fraction_or_an_exponent() {
    for (text, value) in [("1.0", 1), ("1e2", 100), ("10E-1", 1), ("-0.0", 0), ("9007199254740993.0", 9007199254740993)]
    {
        assert_eq!(good(text, i64::read), value, "{text}");
    }
    assert_eq!(bad("1.5", i64::read), [": must be an integer"]);
    assert_eq!(bad("1e-1", i64::read), [": must be an integer"]);
}

#[test]
fn multiples_are_compared_as_decimal_numbers() {
    let step = |json: &str, step| {
        read_all(json, |r| r.float64(&NumberRule { multiple_of: Some(step), ..NumberRule::NONE })).1.is_empty()
    };
    assert!(step("0.0075", 0.0001) && !step("0.00751", 0.0001));
    assert!(step("4.5", 1.5) && !step("35", 1.5));
    assert!(step("1e308", 0.5) && step("1e300", 123.0) == (1e300 % 123.0 == 0.0));
    assert!(step("0", 0.01) && step("0e5", 7.0) && step("19.99", 0.01) && !step("19.999", 0.01));
    assert!(step("12391239123", 1e-8) && step("300", 1e2) && !step("250", 1e2));
    assert!(step("1e15", 0.01) && step("1000000000000000.01", 0.01) && !step("1000000000000000.001", 0.01));
    assert!(step("5", 0.0) && step("5", -1.0) && step("5", f64::NAN));
}

#[test]
fn a_decimal_is_read_from_a_number_or_a_string_with_all_its_digits() {
    assert_eq!(good("19.90", Decimal::read).to_string(), "19.90");
    assert_eq!(good("\"0.10\"", Decimal::read).to_string(), "0.10");
    assert_eq!(good("1e3", Decimal::read).to_string(), "1000");
    assert_eq!(good("\"-12e-2\"", Decimal::read).to_string(), "-0.12");
    assert_eq!(good("0e99", Decimal::read), Decimal::ZERO);
    assert_eq!(good("79228162514264337593543950335", Decimal::read), Decimal::MAX);
    for json in ["79228162514264337593543950336", "1e29", "1e-29", "0.12345678901234567890123456789", "1e9999999999"] {
        assert_eq!(bad(json, Decimal::read), [": must have at most 28 digits"], "{json}");
    }
    for json in ["\"1_000\"", "\"+1\"", "\".5\"", "\"\"", "\" 1\"", "\"NaN\"", "\"0x1\""] {
        assert_eq!(bad(json, Decimal::read), [": must be a decimal number"], "{json}");
    }
    assert_eq!(bad("[]", Decimal::read), [": must be a decimal number, not an array"]);
    let read = |r: &mut Reader<'_>| r.decimal_string(&NumberRule::NONE);
    assert_eq!(good("\"5\"", read), Decimal::from(5));
    assert_eq!(bad("5", read), [": must be a string that contains a decimal number, not a number"]);
}

#[test]
fn a_decimal_is_checked_against_its_rule_without_rounding() {
    const RULE: NumberRule =
        NumberRule { min: Some(0.1), max: Some(1e300), multiple_of: Some(0.05), ..NumberRule::NONE };
    let read = |r: &mut Reader<'_>| r.decimal(&RULE);
    assert_eq!(good("0.1", read).to_string(), "0.1");
    assert_eq!(bad("0.0999999999999999999999999", read)[0], ": must be at least 0.1");
    assert_eq!(bad("0.12", read), [": must be a multiple of 0.05"]);
}

#[test]
fn the_length_of_a_string_is_counted_in_code_points() {
    let read = |r: &mut Reader<'_>| r.string(&StringRule { min: 2, max: Some(3), ..StringRule::NONE });
    assert_eq!(good("\"éé\"", read), "éé");
    assert_eq!(good(r#""\ud83d\ude00\u00e9""#, read), "😀é");
    assert_eq!(bad("\"😀\"", read), [": must have at least 2 characters"]);
    assert_eq!(bad("\"abcd\"", read), [": must have at most 3 characters"]);
    assert_eq!(bad("1", read), [": must be a string, not a number"]);
}

#[test]
fn every_broken_constraint_of_a_string_is_a_violation() {
    static PATTERN: Pattern = Pattern::linear("^a", "^a");
    static RULE: StringRule = StringRule { min: 9, max: None, pattern: Some(&PATTERN), format: Some(Format::Email) };
    let expected = [": must have at least 9 characters", ": must match the pattern `^a`", ": must be an email address"];
    assert_eq!(bad("\"b\"", |r| r.string(&RULE)), expected);
}

#[test]
fn typed_formats_are_read_into_their_types() {
    let moment = DateTime::parse_from_rfc3339("2024-05-31T11:45:00.25Z").unwrap().to_utc();
    assert_eq!(good("\"2024-05-31t13:45:00.250+02:00\"", DateTime::read), moment);
    assert_eq!(good("\"2024-02-29\"", NaiveDate::read), NaiveDate::from_ymd_opt(2024, 2, 29).unwrap());
    assert_eq!(good("\"2EB8AA08-aa98-11ea-b4aa-73b441d16380\"", Uuid::read).get_version_num(), 1);
    assert_eq!(good("\"aGk=\"", Bytes::read), "hi");
    assert_eq!(good("\"usr_01h2xcejqtf2nbrexx3vqjhp41\"", |r| r.id("usr")).get_version_num(), 7);
    assert_eq!(good("\"PT5M\"", Reader::duration), "PT5M");
    assert_eq!(good("\"13:45:00+01:00\"", Reader::time), "13:45:00+01:00");
    assert_eq!(bad("\"2023-02-29\"", NaiveDate::read), [": must be a date as in `2024-05-31`"]);
    assert_eq!(bad("\"{2EB8AA08-aa98-11ea-b4aa-73b441d163}\"", Uuid::read), [": must be a UUID"]);
    assert_eq!(bad("\"aGk\"", Bytes::read), [": must be base64 with padding"]);
    assert_eq!(bad("\"usr-1\"", |r| r.id("usr")), [": must be an id that begins with `usr_`"]);
    assert_eq!(bad("5", DateTime::read), [": must be a date and time as in `2024-05-31T13:45:00Z`, not a number"]);
}

#[test]
fn a_leap_second_round_trips() {
    let moment = good("\"1998-12-31T15:59:60.5-08:00\"", DateTime::read);
    assert_eq!(super::writing::written(&moment), "\"1998-12-31T23:59:60.500Z\"");
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Color {
    Red,
    Green,
}

impl StringEnum for Color {
    const NAMES: &'static [&'static str] = &["red", "green"];

    const ALL: &'static [Self] = &[Color::Red, Color::Green];

    fn index(self) -> usize {
        self as usize
    }
}

#[test]
fn an_enum_is_read_by_name_and_lists_its_names() {
    assert_eq!(good("\"green\"", Reader::string_enum::<Color>), Color::Green);
    assert_eq!(good(r#""\u0072ed""#, Reader::string_enum::<Color>), Color::Red);
    assert_eq!(bad("\"Red\"", Reader::string_enum::<Color>), [": must be one of red, green"]);
    assert_eq!(good("\"red\"", |r| r.open_string_enum(Color::NAMES)), Ok(0));
    assert_eq!(good("\"blue\"", |r| r.open_string_enum(Color::NAMES)), Err("blue".to_owned()));
    assert_eq!(Color::from_name("green").map(StringEnum::name), Some("green"));
}

#[test]
fn constants_compare_as_json() {
    const VALUES: [&str; 4] = ["1", "\"a\"", "null", r#"{"x":[1.50,true],"y":{}}"#];
    let read = |r: &mut Reader<'_>| r.one_of_values(&VALUES);
    assert_eq!(good("1.0", read), 0);
    assert_eq!(good("10e-1", read), 0);
    assert_eq!(good(r#""\u0061""#, read), 1);
    assert_eq!(good("null", read), 2);
    assert_eq!(good(r#"{ "y": {}, "x": [ 15e-1, true ] }"#, read), 3);
    assert_eq!(bad("2", |r| r.one_of_values(&["1"])), [": must be 1"]);
    assert_eq!(bad("true", read)[0], r#": must be one of 1, "a", null, {"x":[1.50,true],"y":{}}"#);
}

#[test]
fn a_value_of_any_type_is_read_unchanged() {
    let json = r#"{"a":[null,true,-1,18446744073709551615,1.5,"\u00e9"],"b":{}}"#;
    assert_eq!(good(json, Reader::any), json!({"a": [null, true, -1, u64::MAX, 1.5, "é"], "b": {}}));
    assert_eq!(bad(r#"{"a":1,"a":2}"#, Reader::any), ["a: must appear only once"]);
    assert_eq!(bad("[1e999]", Reader::any), ["[0]: must be within the range of 64-bit numbers"]);
    assert_eq!(good("null", Reader::null), ());
    assert_eq!(bad("0", Reader::null), [": must be null"]);
    assert!(good("true", bool::read));
    assert_eq!(bad("\"true\"", bool::read), [": must be a boolean, not a string"]);
}
