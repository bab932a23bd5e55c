//! The check of the string format `email` (RFC 5321 § 4.1.2 `Mailbox`).

use super::network::{is_hostname, is_ipv4, is_ipv6};

/// Returns true if a string is an email address `local@domain` with at most 64 octets in the local part and at
/// most 254 in total (RFC 5321 § 4.5.3.1).
pub(crate) fn is_mailbox(text: &str) -> bool {
    // A quoted local part can contain an `@`, but a domain cannot.
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    text.len() <= 254 && local.len() <= 64 && (is_dot_string(local) || is_quoted(local)) && is_domain(domain)
}

fn is_domain(text: &str) -> bool {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(literal) => match literal.strip_prefix("IPv6:") {
            Some(address) => is_ipv6(address),
            None => is_ipv4(literal),
        },
        None => is_hostname(text),
    }
}

fn is_dot_string(text: &str) -> bool {
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_quoted(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return false;
    };
    let mut bytes = inside.bytes();
    while let Some(byte) = bytes.next() {
        let escaped = match byte {
            b'\\' => bytes.next(),
            b'"' => None,
            other => Some(other),
        };
        if !escaped.is_some_and(|byte| (32..=126).contains(&byte)) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_has_a_local_part_and_a_domain() {
        for text in [
            "a@b",
            "user.name+tag@example.com",
            "!#$%&'*+-/=?^_`{|}~@example.com",
            "\"a b\"@example.com",
            "\"a\\\"b@c\"@example.com",
            "\"\"@example.com",
            "a@[127.0.0.1]",
            "a@[IPv6:::1]",
        ] {
            assert!(is_mailbox(text), "{text}");
        }
        for text in [
            "",
            "a",
            "@b",
            "a@",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a b@c",
            "é@b",
            "\"@b",
            "\"a@b",
            "a\"@b",
            "\"a\"b\"@c",
            "\"a\\\"@c",
            "\"é\"@c",
            "\"\n\"@c",
            "a@-b",
            "a@b..c",
            "a@[1.2.3]",
            "a@[::1]",
            "a@[IPv6:1.2.3.4]",
            "a@[127.0.0.1",
            "a@127.0.0.1]",
        ] {
            assert!(!is_mailbox(text), "{text:?}");
        }
    }

    #[test]
    fn the_length_of_a_mailbox_and_of_its_local_part_is_limited() {
        let label = "a".repeat(63);
        let of_length = |local: usize, domain: usize| {
            let labels = [label.as_str(); 4].join(".");
            format!("{}@{}", "a".repeat(local), &labels[..domain])
        };
        assert!(is_mailbox(&of_length(64, 189)));
        assert!(!is_mailbox(&of_length(64, 190)));
        assert!(is_mailbox(&of_length(64, 5)) && !is_mailbox(&of_length(65, 5)));
    }
}
