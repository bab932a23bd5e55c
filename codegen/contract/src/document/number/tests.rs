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
fn a_fractional_divisor_has_an_equivalent_integer_divisor() {
    for (text, whole) in [("3", Some(3)), ("1.5", Some(3)), ("0.5", Some(1)), ("1e-8", Some(1)), ("0.75", Some(3))] {
        assert_eq!(whole_divisor(text), whole, "{text}");
    }
    assert_eq!(whole_divisor("0.123456789"), Some(123_456_789));
    assert_eq!((whole_divisor("0"), whole_divisor("-1.5"), whole_divisor("1e-40")), (None, None, None));
}
