//! Media types (RFC 9110 § 8.3.1): parsing, comparison, and the choice of the declared type of a body.

use crate::operation::{Media, MediaKind};

/// A media type or a media range, for example `application/json` or `image/*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// The type and subtype without parameters (the essence): `type/subtype` in lower case.
    pub(crate) essence: String,
    /// The parameters of the media type: names in lower case, and values without their quotes.
    pub(crate) parameters: Vec<(String, String)>,
}

/// The maximum number of characters of a charset in a message. The longest registered name has 45.
const MAX_CHARSET: usize = 45;

/// A measure of how closely a media range matches a media type that it covers. The lesser one is the better
/// match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    /// The distance of a media range from a media type: 0 if the range names the same type and subtype, 1 if it is
    /// `type/*` or `type/*+suffix`, 2 if it is `*/*`.
    distance: u8,
    /// The number of parameters that occur in only one of the two: the media range or the media type.
    loose: usize,
}

impl MediaType {
    /// Parses a media type `type/subtype;name=value`. Returns `None` if the type or the subtype is missing.
    pub(crate) fn parse(text: &str) -> Option<MediaType> {
        let mut parts = elements(text, ';');
        let essence = parts.next()?.trim().to_ascii_lowercase();
        essence.split_once('/').filter(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())?;
        let parameters = parts
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), unquoted(value.trim())))
            .collect();
        Some(MediaType { essence, parameters })
    }

    /// Returns the media type of a plain text in a charset.
    #[cfg(feature = "multipart")]
    pub(crate) fn text_in(charset: &str) -> MediaType {
        let parameters = vec![("charset".to_owned(), charset.to_owned())];
        MediaType { essence: "text/plain".to_owned(), parameters }
    }

    /// Returns true if this media range is `*/*` without parameters.
    pub(crate) fn is_anything(&self) -> bool {
        self.essence == "*/*" && self.parameters.is_empty()
    }

    /// Returns true if this is a media range such as `image/*`, not a concrete media type.
    pub(crate) fn is_range(&self) -> bool {
        self.essence.contains('*')
    }

    /// Returns the message that rejects a text whose `charset` is neither UTF-8 nor ASCII, or `None` for any other text.
    pub(crate) fn foreign_charset(&self) -> Option<String> {
        let charset = self.parameter("charset").filter(|charset| !charset.is_empty() && !is_utf8(charset))?;
        let shown: String = charset.chars().take(MAX_CHARSET).collect();
        Some(format!("must be in UTF-8, not {shown}"))
    }

    /// Returns true if the media type denotes JSON (`application/json`, `text/json` or `…+json`).
    #[cfg(feature = "multipart")]
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.essence.as_str(), "application/json" | "text/json") || self.essence.ends_with("+json")
    }

    /// Returns how closely this media range matches a media type.
    ///
    /// Returns `None` if the range does not cover the media type, or if both have a parameter with
    /// different values. `charset` is ignored.
    pub(crate) fn covers(&self, other: &MediaType) -> Option<Fit> {
        let distance = distance(&self.essence, &other.essence)?;
        let mut shared = 0;
        for (name, value) in self.parameters.iter().filter(|(name, _)| name != "charset") {
            match other.parameter(name) {
                Some(same) if same.eq_ignore_ascii_case(value) => shared += 1,
                Some(_) => return None,
                None => {}
            }
        }
        Some(Fit { distance, loose: self.distinguishing_parameters() + other.distinguishing_parameters() - 2 * shared })
    }

    /// Returns true if one of two media ranges covers the other.
    pub(crate) fn overlaps(&self, other: &MediaType) -> bool {
        distance(&self.essence, &other.essence).is_some() || distance(&other.essence, &self.essence).is_some()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn distinguishing_parameters(&self) -> usize {
        self.parameters.iter().filter(|(name, _)| name != "charset").count()
    }
}

/// The reason why an operation does not accept the `Content-Type` of a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unsupported {
    /// No declared media type matches.
    Media,
    /// The body is a text in another charset than UTF-8, with the message for the caller.
    Charset(String),
}

/// Returns the index of the declared media type that matches the `Content-Type` of a body. An exact match is
/// preferred to `type/*`, and `type/*` to `*/*`.
///
/// # Errors
///
/// Returns an error if no declared media type matches, or if the body is decoded and its charset is not UTF-8.
pub(crate) fn declared_index(content_type: &str, media: &[Media]) -> Result<usize, Unsupported> {
    // Most clients send the media type as the contract spells it, which needs no parsing.
    if !content_type.contains(';')
        && let Some(index) = media.iter().position(|media| media.essence == content_type)
    {
        return Ok(index);
    }
    let sent = MediaType::parse(content_type).ok_or(Unsupported::Media)?;
    let fits = |(index, media): (usize, &Media)| Some((MediaType::parse(media.essence)?.covers(&sent)?, index));
    let (_, index) = media.iter().enumerate().filter_map(fits).min().ok_or(Unsupported::Media)?;
    match sent.foreign_charset() {
        Some(message) if media[index].kind != MediaKind::Bytes => Err(Unsupported::Charset(message)),
        _ => Ok(index),
    }
}

/// Returns true if text in this charset is always valid UTF-8, which includes ASCII.
fn is_utf8(charset: &str) -> bool {
    ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
}

/// Returns the distance of a media range from the `type/subtype` that it covers: 0 if they are equal, 1 if the
/// range is `type/*` or `type/*+suffix`, 2 if it is `*/*`.
fn distance(range: &str, essence: &str) -> Option<u8> {
    if range == essence {
        return Some(0);
    }
    let (kind, subtype) = essence.split_once('/')?;
    match range.split_once('/')? {
        ("*", "*") => Some(2),
        (known, "*") if known == kind => Some(1),
        // A contract can declare `application/*+json`.
        (known, suffix) if known == kind && suffix.starts_with("*+") && subtype.ends_with(&suffix[1..]) => Some(1),
        _ => None,
    }
}

/// Splits the value of a header at the separators that are outside of double quotes.
pub(crate) fn elements(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter: char| {
        let is_separator = letter == separator && !quoted;
        if letter == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && letter == '\\' && !escaped;
        is_separator
    })
}

/// Returns the value of a header parameter, which is a token or a quoted string (RFC 9110 § 5.6.4), without
/// quotes and escapes.
fn unquoted(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => {
            let mut letters = inner.chars();
            let mut out = String::with_capacity(inner.len());
            while let Some(letter) = letters.next() {
                out.extend(if letter == '\\' { letters.next() } else { Some(letter) });
            }
            out
        }
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_declared_media_type_is_chosen_for_a_body() {
        const MEDIA: &[Media] = &[
            Media { essence: "*/*", kind: MediaKind::Bytes },
            Media { essence: "text/*", kind: MediaKind::Text },
            Media { essence: "application/json", kind: MediaKind::Json },
        ];
        assert_eq!(declared_index("Application/JSON; charset=UTF-8", MEDIA), Ok(2));
        assert_eq!(declared_index("text/html", MEDIA), Ok(1));
        assert_eq!(declared_index("image/png", MEDIA), Ok(0));
        let foreign = Unsupported::Charset("must be in UTF-8, not utf-16".to_owned());
        assert_eq!(declared_index("application/json; charset=utf-16", MEDIA), Err(foreign));
        assert_eq!(declared_index("image/svg+xml; charset=utf-16", MEDIA), Ok(0));
        assert_eq!(declared_index("nonsense", MEDIA), Err(Unsupported::Media));
        assert_eq!(declared_index("text/html", &MEDIA[2..]), Err(Unsupported::Media));
    }

    #[test]
    fn versions_of_a_media_type_differ_by_their_parameters() {
        const MEDIA: &[Media] = &[
            Media { essence: "application/json;version=1", kind: MediaKind::Json },
            Media { essence: "application/json;version=2", kind: MediaKind::Json },
            Media { essence: "application/*+json", kind: MediaKind::Json },
        ];
        assert_eq!(declared_index("application/json; Version=\"2\"; charset=utf-8", MEDIA), Ok(1));
        assert_eq!(declared_index("application/json", MEDIA), Ok(0));
        assert_eq!(declared_index("application/json;version=3", MEDIA), Err(Unsupported::Media));
        assert_eq!(declared_index("application/vnd.acme+json", MEDIA), Ok(2));
        const WITH_PLAIN: &[Media] = &[MEDIA[0], Media { essence: "application/json", kind: MediaKind::Json }];
        assert_eq!(declared_index("application/json", WITH_PLAIN), Ok(1));
        assert_eq!(declared_index("application/json;version=1", WITH_PLAIN), Ok(0));
        assert_eq!(declared_index("application/json;version=9", WITH_PLAIN), Ok(1));
    }

    #[test]
    fn separators_within_quotes_are_ignored() {
        let found: Vec<&str> = elements("a;b=\"c;\\\";d\";e", ';').collect();
        assert_eq!(found, ["a", "b=\"c;\\\";d\"", "e"]);
        assert_eq!(MediaType::parse("a/b;c=\"d\\\"e\"").unwrap().parameters, [("c".to_owned(), "d\"e".to_owned())]);
    }

    #[test]
    fn a_media_type_has_a_type_and_a_subtype() {
        for text in ["", "text", "/csv", "text/", "/", ";a=b"] {
            assert_eq!(MediaType::parse(text), None, "{text}");
        }
        let parsed = MediaType::parse(" Text/CSV ; Header = Present ; flag; a=\"b;c\"").unwrap();
        assert_eq!(parsed.essence, "text/csv");
        assert_eq!((parsed.parameter("header"), parsed.parameter("a")), (Some("Present"), Some("b;c")));
        assert_eq!((parsed.parameter("flag"), parsed.parameters.len()), (None, 2));
    }

    #[test]
    fn only_a_charset_that_is_compatible_with_utf_8_is_decoded() {
        let foreign = |text: &str| MediaType::parse(text).unwrap().foreign_charset();
        for text in ["a/b", "a/b;charset=UTF-8", "a/b;charset=utf8", "a/b;charset=US-ASCII", "a/b;charset=\"\""] {
            assert_eq!(foreign(text), None, "{text}");
        }
        assert_eq!(foreign("a/b;charset=latin1").as_deref(), Some("must be in UTF-8, not latin1"));
        let long = foreign(&format!("a/b;charset={}", "x".repeat(50)));
        assert_eq!(long, Some(format!("must be in UTF-8, not {}", "x".repeat(45))));
    }

    #[test]
    fn a_range_covers_its_type_its_suffix_or_everything() {
        let covers = |range: &str, media: &str| {
            let (range, media) = (MediaType::parse(range).unwrap(), MediaType::parse(media).unwrap());
            range.covers(&media).map(|fit| (fit.distance, fit.loose))
        };
        assert_eq!(covers("a/b", "a/b"), Some((0, 0)));
        assert_eq!(covers("a/*", "a/b"), Some((1, 0)));
        assert_eq!(covers("a/*+c", "a/b+c"), Some((1, 0)));
        assert_eq!(covers("*/*", "a/b"), Some((2, 0)));
        for (range, media) in
            [("a/b", "a/c"), ("b/*", "a/b"), ("b/*+c", "a/b+c"), ("a/*+c", "a/b+d"), ("a/c+c", "a/b+c")]
        {
            assert_eq!(covers(range, media), None, "{range} {media}");
        }
        assert_eq!(covers("a/b;v=1", "a/b;V=1;w=2"), Some((0, 1)));
        assert_eq!(covers("a/b;v=x;charset=utf-8", "a/b;v=X"), Some((0, 0)));
        assert_eq!(covers("a/b;v=1;w=2", "a/b"), Some((0, 2)));
        assert_eq!(covers("a/b;v=1", "a/b;v=2"), None);
    }

    #[test]
    fn a_quote_or_a_backslash_within_quotes_can_be_escaped() {
        let split = |text| elements(text, ';').collect::<Vec<&str>>();
        assert_eq!(split(r#"a="b\\";c"#), [r#"a="b\\""#, "c"]);
        assert_eq!(split(r#"a="b\";c";d"#), [r#"a="b\";c""#, "d"]);
        // A backslash outside of quotes is an ordinary character.
        assert_eq!(split(r#"a\"b;c";d"#), [r#"a\"b;c""#, "d"]);
        assert_eq!(unquoted(r#""a\\b\"c""#), r#"a\b"c"#);
        assert_eq!(unquoted("\"a"), "\"a");
    }
}
