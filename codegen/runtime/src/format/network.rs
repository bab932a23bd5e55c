//! Host names and addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Labels of letters, digits and inner hyphens, 63 octets each and 253 together (RFC 1123 § 2.1).
pub(crate) fn is_hostname(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Dotted decimal without leading zeros.
pub(crate) fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// Without a zone or brackets.
pub(crate) fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let letters = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if bytes.is_empty() || bytes.len() > 63 || !letters || label.starts_with('-') || label.ends_with('-') {
        return false;
    }
    // RFC 5891 § 4.2.3.1: two hyphens there announce an encoding, and `xn` is the only one.
    match (bytes.get(..2), bytes.get(2..4)) {
        (Some(prefix), Some(b"--")) => prefix.eq_ignore_ascii_case(b"xn") && is_punycode(&bytes[4..]),
        _ => true,
    }
}

/// Whether a label after `xn--` decodes to text with at least one character beyond ASCII (RFC 3492 § 6.2).
fn is_punycode(encoded: &[u8]) -> bool {
    let (mut length, digits) = match encoded.iter().rposition(|byte| *byte == b'-') {
        Some(hyphen) => (hyphen as u32, &encoded[hyphen + 1..]),
        None => (0, encoded),
    };
    let (mut code, mut place, mut bias) = (0x80u32, 0u32, 72u32);
    let mut digits = digits.iter();
    let mut first = true;
    while digits.len() > 0 {
        let before = place;
        let (mut weight, mut threshold_from) = (1u32, 36u32);
        loop {
            let Some(digit) = digits.next().and_then(|byte| digit(*byte)) else {
                return false;
            };
            let Some(next) = digit.checked_mul(weight).and_then(|step| place.checked_add(step)) else {
                return false;
            };
            place = next;
            let threshold = threshold_from.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            let Some(next) = weight.checked_mul(36 - threshold) else {
                return false;
            };
            weight = next;
            threshold_from += 36;
        }
        length += 1;
        bias = adapt(place - before, length, first);
        first = false;
        let Some(next) = code.checked_add(place / length) else {
            return false;
        };
        code = next;
        if char::from_u32(code).is_none() {
            return false;
        }
        place = place % length + 1;
    }
    !first
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// RFC 3492 § 6.1.
fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}
