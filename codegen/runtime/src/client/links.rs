//! The header `Link` of received responses (RFC 8288), and the targets of links.

use http::HeaderMap;
use reqwest::Url;

/// Returns the target of the first link with a relation in the headers `Link` of a response (RFC 8288 § 3).
///
/// A link whose context is another resource (`anchor`) does not count (§ 3.2).
pub(super) fn link(headers: &HeaderMap, relation: &str) -> Option<String> {
    let values = headers.get_all(http::header::LINK).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(links).find(|link| link.has(relation)).map(|link| link.target.to_owned())
}

/// A link of a header `Link`: its target and its parameters.
struct Link<'h> {
    target: &'h str,
    parameters: Vec<(String, String)>,
}

impl Link<'_> {
    /// Returns true if the link has a relation and no other context. Only the first `rel` counts (RFC 8288 § 3.3).
    fn has(&self, relation: &str) -> bool {
        let find = |name: &str| self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        let is_related = |value: &String| value.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(relation));
        find("anchor").is_none() && find("rel").is_some_and(is_related)
    }
}

/// Returns the links of a header value. Parsing ends at text that is no link (RFC 8288, appendix B.2).
fn links(value: &str) -> Vec<Link<'_>> {
    let mut links = Vec::new();
    let mut rest = value.trim_start_matches([',', ' ', '\t']);
    while let Some((target, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        let (parameters, after) = parameters(after);
        links.push(Link { target: target.trim(), parameters });
        rest = after.trim_start_matches([',', ' ', '\t']);
    }
    links
}

/// Returns the parameters of a link, and the text after them.
fn parameters(mut rest: &str) -> (Vec<(String, String)>, &str) {
    let mut parameters = Vec::new();
    loop {
        let Some(after) = rest.trim_start().strip_prefix(';') else { return (parameters, rest) };
        let after = after.trim_start();
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let (name, after) = after.split_at(end);
        let (value, after) = match after.strip_prefix('=').map(str::trim_start) {
            None => (String::new(), after),
            Some(value) => match value.strip_prefix('"') {
                Some(quoted) => unquote(quoted),
                None => {
                    let end = value.find([';', ',']).unwrap_or(value.len());
                    (value[..end].trim_end().to_owned(), &value[end..])
                }
            },
        };
        parameters.push((name.trim().to_ascii_lowercase(), value));
        rest = after;
    }
}

/// Returns the text of a quoted string after its first quote, and the text after the string (RFC 9110 § 5.6.4).
fn unquote(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut letters = quoted.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return (text, &quoted[index + 1..]),
            '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
            letter => text.push(letter),
        }
    }
    (text, "")
}

/// Returns the URL that a link in the response to `request` leads to (RFC 3986 § 5).
///
/// # Errors
///
/// Returns a message if the link is no URL, or if it leads to another origin (RFC 6454 § 4): a client never sends its
/// credentials there. A user name and password in the link are removed (RFC 9110 § 4.2.4).
pub(super) fn resolve(request: &str, link: &str) -> Result<String, String> {
    let base = Url::parse(request).map_err(|error| format!("`{request}` is not a valid URL: {error}"))?;
    let mut target =
        base.join(link).map_err(|error| format!("the link to the next page is not a valid URL: {error}"))?;
    if target.origin() != base.origin() {
        return Err(format!(
            "the link to the next page leads to another origin: {}",
            target.origin().ascii_serialization()
        ));
    }
    target.set_fragment(None);
    // Both fail only for URLs without a host, which have another origin.
    let _ = target.set_username("");
    let _ = target.set_password(None);
    Ok(target.into())
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{link, resolve};

    fn next(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::LINK, HeaderValue::from_static(value));
        }
        link(&headers, "next")
    }

    #[test]
    fn the_link_with_the_relation_next_is_found() {
        let found = Some("/users?page=3".to_owned());
        assert_eq!(next(&["</users?page=1>; rel=\"prev\", </users?page=3>; rel=\"next\""]), found);
        assert_eq!(next(&["</a>; rel=last", "</users?page=3>;rel=next"]), found);
        assert_eq!(next(&["</users?page=3>; title=\"a, \\\"b\\\"; rel=prev\"; REL=\"x NEXT\""]), found);
        assert_eq!(next(&["</a,b;c>; rel=\"prev\" , </users?page=3> ; rel = \"next\""]), found);
        assert_eq!(next(&[" ,, </users?page=3>; crossorigin; rel=next"]), found);
    }

    #[test]
    fn other_links_are_not_followed() {
        assert_eq!(next(&[]), None);
        assert_eq!(next(&["</a>; rel=\"nextpage\"", "</b>", "garbage; rel=next"]), None);
        assert_eq!(next(&["</a>; rel=prev; rel=next"]), None);
        assert_eq!(next(&["</a>; rel=next; anchor=\"#other\""]), None);
        assert_eq!(next(&["</a; rel=next"]), None);
        assert_eq!(next(&["</a>; rel=\"next"]), Some("/a".to_owned()));
    }

    #[test]
    fn a_link_stays_within_its_origin() {
        let request = "https://api.example.com/v1/users?page=1";
        let target = |link: &str| resolve(request, link);
        assert_eq!(target("?page=2").as_deref(), Ok("https://api.example.com/v1/users?page=2"));
        assert_eq!(target("/v1/users?page=2#end").as_deref(), Ok("https://api.example.com/v1/users?page=2"));
        assert_eq!(target("HTTPS://API.example.com:443/v1/x").as_deref(), Ok("https://api.example.com/v1/x"));
        for other in
            ["http://api.example.com/", "//evil.example/", "https://api.example.com:8443/", "file:///etc", "https://"]
        {
            assert!(target(other).is_err(), "{other}");
        }
        let credentials = target("https://user:secret@api.example.com/v1/users");
        assert_eq!(credentials.as_deref(), Ok("https://api.example.com/v1/users"));
    }
}
