//! Tests of the values of numbers kept as source text.

use super::*;

#[test]
fn a_number_with_an_integral_value_is_an_integer_in_every_notation() {
    for (text, value) in [
        ("0", 0),
        ("-0", 0),
        ("+7", 7),
        ("1.0", 1),
        ("-12.500e1", -125),
        ("1e3", 1000),
        ("120e-1", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("0.0e99", 0),
        ("170141183460469231731687303715884105727", i128::MAX),
    ] {
        assert_eq!(integer(text), Some(value), "{text}");
    }
    for text in ["1.5", "1e-1", "1e40", ".inf", ".nan", "", "-", ".", "1e999999999999999999999", "x"] {
        assert_eq!(integer(text), None, "{text}");
    }
}

#[test]
fn a_float_is_the_nearest_f64() {
    assert_eq!(float("1.5e300"), Some(1.5e300));
    assert_eq!(float("-.INF"), Some(f64::NEG_INFINITY));
    assert_eq!(float("0x10"), Some(16.0));
    assert!(float(".nan").is_some_and(f64::is_nan));
    assert_eq!(float("text"), None);
}

#[test]
fn decimals_are_compared_and_divided_without_rounding() {
    let decimal = |text| Decimal::parse(text).unwrap();
    for (low, high) in [
        ("0.7", "0.70000000000000000001"),
        ("-2", "-1e-9"),
        ("-1", "0"),
        ("9007199254740992", "9007199254740993"),
        ("99", "1e2"),
    ] {
        assert_eq!(decimal(low).compare(&decimal(high)), Ordering::Less, "{low} {high}");
        assert_eq!(decimal(high).compare(&decimal(low)), Ordering::Greater, "{high} {low}");
    }
    assert_eq!(decimal("-0.0").compare(&decimal("+0e7")), Ordering::Equal);
    assert_eq!(decimal("1.50e1").compare(&decimal("15")), Ordering::Equal);
    for (value, step, is_multiple) in
        [("0.3", "0.1", true), ("1e15", "0.01", true), ("0.35", "0.1", false), ("1e308", "7", false), ("0", "3", true)]
    {
        assert_eq!(decimal(value).is_multiple_of(&decimal(step)), is_multiple, "{value} {step}");
    }
    assert_eq!([".inf", "0x1F", "", ".", "1e", "1_0"].map(Decimal::parse), [const { None }; 6]);
}

#[test]
fn a_number_keeps_its_digits_if_a_float_does_not_represent_them() {
    for text in ["0.1", "1e23", "-0", "12345678901234567", "0.30000000000000004"] {
        let exact = Decimal::parse(&format!("{:e}", text.parse::<f64>().unwrap())) == Decimal::parse(text);
        assert_eq!(rounded(text).is_none(), exact, "{text}");
    }
    assert_eq!(rounded("+9007199254740993").as_deref(), Some("9007199254740993"));
    assert_eq!(rounded("0.1"), None);
    assert_eq!(rounded(".inf"), None);
}

#[test]
fn a_fractional_divisor_has_an_equivalent_integer_divisor() {
    for (text, whole) in [("3", Some(3)), ("1.5", Some(3)), ("0.5", Some(1)), ("1e-8", Some(1)), ("0.75", Some(3))] {
        assert_eq!(whole_divisor(text), whole, "{text}");
    }
    assert_eq!(whole_divisor("0.123456789"), Some(123_456_789));
    assert_eq!((whole_divisor("0"), whole_divisor("-1.5"), whole_divisor("1e-40")), (None, None, None));
}
