//! The checks of the string formats `hostname`, `ipv4` and `ipv6`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::idna;

/// Returns true if a string is a host name: labels of letters, digits and inner hyphens, with at most 63 octets
/// each and 253 in total (RFC 1123 § 2.1).
pub(crate) fn is_hostname(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Returns true if a string is an IPv4 address in dotted decimal notation without leading zeros.
pub(crate) fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// Returns true if a string is an IPv6 address without a zone and without brackets.
pub(crate) fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let letters = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if bytes.is_empty() || bytes.len() > 63 || !letters || label.starts_with('-') || label.ends_with('-') {
        return false;
    }
    // The prefix `xn--` marks an A-label, which encodes other letters (RFC 5890 § 2.3.2.1).
    match bytes.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case(b"xn--") => {
            decoded(&bytes[4..]).is_some_and(|label| !label.is_ascii() && idna::is_label(&label))
        }
        _ => true,
    }
}

/// Decodes the part of a host name's A-label after `xn--` (Punycode, RFC 3492 § 6.2).
fn decoded(encoded: &[u8]) -> Option<String> {
    let (mut letters, digits): (Vec<char>, &[u8]) = match encoded.iter().rposition(|byte| *byte == b'-') {
        Some(hyphen) => (encoded[..hyphen].iter().map(|byte| char::from(*byte)).collect(), &encoded[hyphen + 1..]),
        None => (Vec::new(), encoded),
    };
    let (mut code, mut place, mut bias) = (0x80u32, 0u32, 72u32);
    let mut digits = digits.iter();
    let mut first = true;
    while digits.len() > 0 {
        let before = place;
        let (mut weight, mut threshold_from) = (1u32, 36u32);
        loop {
            let digit = digits.next().and_then(|byte| digit(*byte))?;
            place = digit.checked_mul(weight).and_then(|step| place.checked_add(step))?;
            let threshold = threshold_from.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            threshold_from += 36;
        }
        let length = u32::try_from(letters.len()).ok()? + 1;
        bias = adapt(place - before, length, first);
        first = false;
        code = code.checked_add(place / length)?;
        place %= length;
        letters.insert(usize::try_from(place).ok()?, char::from_u32(code)?);
        place += 1;
    }
    Some(letters.into_iter().collect())
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

/// Returns the bias of the Punycode decoder after a code point (RFC 3492 § 6.1).
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_name_has_labels_of_letters_digits_and_inner_hyphens() {
        let longest = "a".repeat(63);
        let total = [longest.as_str(); 4].join(".");
        for text in ["a", "A-1.b", "a--b", "1.2", "xn", &longest, &total[..253]] {
            assert!(is_hostname(text), "{text}");
        }
        for text in ["", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "é", &"a".repeat(64), &total[..254]] {
            assert!(!is_hostname(text), "{text}");
        }
    }

    #[test]
    fn the_encoded_letters_of_an_a_label_are_decoded() {
        for (encoded, text) in [
            ("bcher-kva", "bücher"),
            ("maana-pta", "mañana"),
            ("fiqs8s", "中国"),
            ("FIQS8S", "中国"),
            ("80akhbyknj4f", "испытание"),
            ("b1abfaaepdrnnbgefbadotcwatmq2g4l", "почемужеонинеговорятпорусски"),
            ("3B-ww4c5e180e575a65lsy2b", "3年B組金八先生"),
            ("Hello-Another-Way--fc4qua05auwb3674vfr0b", "Hello-Another-Way-それぞれの場所"),
            ("abc-", "abc"),
            ("", ""),
        ] {
            assert_eq!(decoded(encoded.as_bytes()).as_deref(), Some(text), "{encoded}");
        }
        for broken in ["bcher-kv", "a_", "99999999", "zzzzzzzzz", "a-é"] {
            assert_eq!(decoded(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn an_a_label_encodes_letters_beyond_ascii() {
        for text in ["xn--bcher-kva", "XN--bcher-kva.example", "xn--fiqs8s"] {
            assert!(is_hostname(text), "{text}");
        }
        for text in ["xn--", "xn--abc-", "xn--bcher-kv", "xn--99999999"] {
            assert!(!is_hostname(text), "{text}");
        }
    }
}
