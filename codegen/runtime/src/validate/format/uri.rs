//! The checks of the string formats `uri` and `uri-reference` (RFC 3986).

use super::network::is_ipv6;

/// Returns true if a string is a URI: a scheme and a colon, then the rest (RFC 3986 § 3).
pub(crate) fn is_uri(text: &str) -> bool {
    scheme_of(text).is_some_and(is_relative)
}

/// Returns true if a string is a URI or a relative reference (RFC 3986 § 4.1).
pub(crate) fn is_reference(text: &str) -> bool {
    match scheme_of(text) {
        Some(rest) => is_relative(rest),
        // The first segment of a relative reference has no colon, which would end a scheme (§ 4.2).
        None => !first_segment(text).contains(':') && is_relative(text),
    }
}

/// Returns the part of a URI after the scheme and its colon, or `None` if there is no scheme.
fn scheme_of(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once(':')?;
    let letters = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && letters).then_some(rest)
}

fn first_segment(text: &str) -> &str {
    text.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Returns true if a string is a URI without its scheme: `//authority`, a path, `?query` and `#fragment`, all
/// optional except the path.
fn is_relative(text: &str) -> bool {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (text, query) = text.split_once('?').unwrap_or((text, ""));
    if !is_made_of(fragment, b"/?:@") || !is_made_of(query, b"/?:@") {
        return false;
    }
    match text.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            is_authority(authority) && is_made_of(path, b"/:@")
        }
        None => is_made_of(text, b"/:@"),
    }
}

/// Returns true if a string is the authority of a URI, `userinfo@host:port`. Only the host is required (RFC
/// 3986 § 3.2).
fn is_authority(text: &str) -> bool {
    let (user, host) = text.split_once('@').unwrap_or(("", text));
    is_made_of(user, b":") && is_host(host)
}

fn is_host(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((literal, port)) = rest.split_once(']') else {
            return false;
        };
        let port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return port && (is_ipv6(literal) || is_future_address(literal));
    }
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    is_port(port) && is_made_of(name, b"")
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns true if a string is an IP address of a future version in a URI, for example `v1.x` (RFC 3986 §
/// 3.2.2).
fn is_future_address(text: &str) -> bool {
    let Some((version, address)) = text.strip_prefix(['v', 'V']).and_then(|text| text.split_once('.')) else {
        return false;
    };
    let hex = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex && !address.is_empty() && !address.contains('%') && is_made_of(address, b":")
}

/// Returns true if a piece of a URI consists of unreserved characters, sub-delimiters, percent-encoded octets
/// and the characters in `others` (RFC 3986 § 2).
fn is_made_of(text: &str, others: &[u8]) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => [bytes.next(), bytes.next()].iter().all(|hex| hex.is_some_and(|hex| hex.is_ascii_hexdigit())),
            byte => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || others.contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_a_scheme_and_only_the_characters_of_its_parts() {
        for text in [
            "a:",
            "a+b-c.1:x",
            "urn:a:b",
            "mailto:a@b.c",
            "http:///p",
            "http://example.com",
            "http://127.0.0.1:8080",
            "http://u:p@h:80/p/q;r=1,2:@?x=/?:@#f/?:@",
            "http://a%20b/%C3%a9",
            "http://h:",
            "http://[::1]",
            "http://[::1]:80/",
            "http://[v1.a:b]",
            "http://[Vf.a]:1",
        ] {
            assert!(is_uri(text) && is_reference(text), "{text}");
        }
        for text in [
            ":a",
            "1a:b",
            "a_b:c",
            "http://h:8a",
            "http://[::1",
            "http://[::1]x",
            "http://[::1]:x",
            "http://[1.2.3.4]",
            "http://[v.a]",
            "http://[vg.a]",
            "http://[v1.]",
            "http://[v1.a%20]",
            "http://[v1]",
            "http://u@v@h",
            "http://h/[",
            "a:b c",
            "a:%",
            "a:%2",
            "a:%2g",
            "a:%g2",
            "a:#b#c",
            "a:?^",
            "a:#^",
            "a:é",
        ] {
            assert!(!is_uri(text) && !is_reference(text), "{text}");
        }
    }

    #[test]
    fn a_reference_without_a_scheme_has_no_colon_in_its_first_segment() {
        for text in ["", "a/b", "/a", "//h/p", "?q:", "#f:", "../a", "a/b:c", "./a:b", "a?b:c"] {
            assert!(!is_uri(text) && is_reference(text), "{text}");
        }
    }
}
