//! Path templates as a gateway compares them: a fixed path, or a regular expression that has the semantics of the service's
//! router.
//!
//! The router of a service compares a fixed segment with the decoded segment of a request, so `/a%3Ab` reaches `/a:b`. In a
//! segment with parameters it compares the normal form, in which only unreserved characters are decoded (RFC 3986 § 6.2.2.2).

use std::cmp::Ordering;
use std::fmt::Write as _;

/// A path template of a contract, such as `/users/{userId}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    segments: Vec<Segment>,
}

/// A segment of a path template.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    /// A fixed text, percent-decoded.
    Literal(String),
    /// Fixed texts and parameters, such as `{name}.{extension}`.
    Mixed(Vec<Piece>),
    /// A parameter as a complete segment.
    Parameter,
}

/// A piece of a segment with several pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A fixed text in the normal form of a path.
    Literal(String),
    /// A parameter, which matches at least one character.
    Parameter,
}

impl Template {
    /// Parses a path template. Everything that is not `{name}` is fixed text, so every text is valid.
    pub fn parse(path: &str) -> Template {
        let segments = path.strip_prefix('/').unwrap_or(path).split('/').map(Segment::parse).collect();
        Template { segments }
    }

    /// Returns the path if the template has no parameters and only characters with one spelling.
    pub fn exact(&self) -> Option<String> {
        self.literal_prefix().filter(|texts| texts.len() == self.segments.len()).map(|texts| joined(&texts))
    }

    /// Returns a regular expression (RE2) for complete paths in normal form that the template matches.
    pub fn regex(&self) -> String {
        self.segments.iter().fold(String::new(), |regex, segment| regex + "/" + &segment.regex())
    }

    /// Returns the fixed segments before the first parameter, each in its only spelling. Returns `None` if the template
    /// begins with another segment.
    pub fn literal_prefix(&self) -> Option<Vec<&str>> {
        let texts: Vec<&str> = self.segments.iter().map_while(Segment::plain).collect();
        (!texts.is_empty()).then_some(texts)
    }

    /// Returns the template without its first segment if that is `first`.
    pub fn below(&self, first: &str) -> Option<Template> {
        match self.segments.split_first()? {
            (Segment::Literal(text), rest) if text == first && !rest.is_empty() => {
                Some(Template { segments: rest.to_vec() })
            }
            _ => None,
        }
    }

    /// Returns true if a path may match both templates.
    pub fn overlaps(&self, other: &Template) -> bool {
        let mut pairs = self.segments.iter().zip(&other.segments);
        self.segments.len() == other.segments.len() && pairs.all(|(one, other)| one.overlaps(other))
    }

    /// Compares two templates by the order in which the router of a service tries them: fixed segments come before mixed
    /// ones, and these before parameters.
    pub fn precedence(&self, other: &Template) -> Ordering {
        let pairs = self.segments.iter().zip(&other.segments);
        let order = pairs.map(|(one, other)| one.precedence(other)).find(|order| order.is_ne());
        order.unwrap_or_else(|| self.segments.len().cmp(&other.segments.len()))
    }
}

impl Segment {
    fn parse(segment: &str) -> Segment {
        match pieces(segment).as_slice() {
            [Piece::Parameter] => Segment::Parameter,
            pieces if pieces.contains(&Piece::Parameter) => Segment::Mixed(pieces.to_vec()),
            _ => Segment::Literal(decode(segment).unwrap_or_else(|| segment.to_owned())),
        }
    }

    /// Returns the fixed text if a request can spell it in one way only.
    fn plain(&self) -> Option<&str> {
        match self {
            Segment::Literal(text) if text.bytes().all(is_unreserved) => Some(text),
            _ => None,
        }
    }

    fn regex(&self) -> String {
        match self {
            Segment::Literal(text) => text.bytes().fold(String::new(), |regex, byte| regex + &either(byte)),
            Segment::Mixed(pieces) => pieces.iter().fold(String::new(), |regex, piece| match piece {
                Piece::Literal(text) => regex + &expression(text),
                Piece::Parameter => regex + ANY,
            }),
            Segment::Parameter => ANY.to_owned(),
        }
    }

    fn overlaps(&self, other: &Segment) -> bool {
        match (self, other) {
            (Segment::Literal(one), Segment::Literal(other)) => one == other,
            (Segment::Literal(text), _) | (_, Segment::Literal(text)) => !text.is_empty(),
            _ => true,
        }
    }

    fn precedence(&self, other: &Segment) -> Ordering {
        let rank = |segment: &Segment| match segment {
            Segment::Literal(_) => 0,
            Segment::Mixed(_) => 1,
            Segment::Parameter => 2,
        };
        match (self, other) {
            (Segment::Literal(one), Segment::Literal(other)) => one.cmp(other),
            // The segment with more fixed text comes first; the expressions only make the order of others stable.
            (Segment::Mixed(one), Segment::Mixed(two)) => {
                weight(two).cmp(&weight(one)).then_with(|| self.regex().cmp(&other.regex()))
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

/// Returns a fixed path in normal form, such as a base path, as a regular expression.
pub(crate) fn expression(path: &str) -> String {
    path.chars().fold(String::new(), |regex, character| regex + &escaped(character))
}

/// The regular expression of a parameter. Paths with dot segments match no template, and are refused before.
const ANY: &str = "[^/]+";

/// Returns the path of these segments.
fn joined(segments: &[&str]) -> String {
    segments.iter().fold(String::new(), |path, segment| path + "/" + segment)
}

fn weight(pieces: &[Piece]) -> usize {
    let lengths = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.len(),
        Piece::Parameter => 0,
    });
    lengths.sum()
}

/// Returns the pieces of a segment, as the router of a service reads them.
fn pieces(segment: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else { break };
        let name = &rest[open + 1..open + length];
        if name.is_empty() || name.contains('{') {
            // `{}` and `{a{b}` are not parameters: the text up to the next brace is fixed.
            let end = if name.is_empty() { open + length + 1 } else { open + 1 };
            pieces.push(Piece::Literal(normal(&rest[..end])));
            rest = &rest[end..];
            continue;
        }
        if open > 0 {
            pieces.push(Piece::Literal(normal(&rest[..open])));
        }
        pieces.push(Piece::Parameter);
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(normal(rest)));
    }
    pieces
}

/// Returns the regular expression of a byte of a decoded text: the character and its encoding, as far as a path in normal
/// form can contain them.
fn either(byte: u8) -> String {
    let character = char::from(byte);
    match byte {
        _ if is_unreserved(byte) => escaped(character),
        b'!' | b'$' | b'&'..=b',' | b':' | b';' | b'=' | b'@' => format!("(?:{}|%{byte:02X})", escaped(character)),
        _ => format!("%{byte:02X}"),
    }
}

/// Returns a character as a regular expression.
fn escaped(character: char) -> String {
    match character {
        _ if character.is_ascii_alphanumeric() || "/-_~%!&',:;=@".contains(character) => character.to_string(),
        _ => format!("\\{character}"),
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Returns the normal form of a text of a path: unreserved characters are decoded, and those that a path cannot contain
/// are encoded.
fn normal(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'%' if let Some((byte, after)) = encoded(after) => {
                rest = after;
                push(&mut out, byte, is_unreserved(byte));
            }
            b'%' => out.push('%'),
            _ => push(&mut out, *byte, is_unreserved(*byte) || b"!$&'()*+,;=:@/".contains(byte)),
        }
    }
    out
}

fn push(out: &mut String, byte: u8, plain: bool) {
    match plain {
        true => out.push(char::from(byte)),
        // Writing to a string cannot fail.
        false => drop(write!(out, "%{byte:02X}")),
    }
}

/// Returns the byte whose two hexadecimal digits begin the text, and the rest of the text.
fn encoded(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.split_at_checked(2)?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?;
    Some((byte, rest))
}

/// Returns a percent-decoded text, or `None` if an encoding or the result is not valid.
fn decode(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        (out, rest) = match byte {
            b'%' => {
                let (byte, after) = encoded(after)?;
                ([out, vec![byte]].concat(), after)
            }
            _ => ([out, vec![*byte]].concat(), after),
        };
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    fn matches(template: &str, path: &str) -> bool {
        Regex::new(&format!("^(?:{})$", Template::parse(template).regex())).unwrap().is_match(path)
    }

    #[test]
    fn a_template_matches_the_paths_that_the_router_accepts() {
        for (template, path, expected) in [
            ("/users/{id}", "/users/7", true),
            ("/users/{id}", "/users/a%2Fb", true),
            ("/users/{id}", "/users/", false),
            ("/users/{id}", "/users/7/", false),
            ("/users/{id}", "/users/7/8", false),
            ("/users/{id}", "/Users/7", false),
            ("/users:batch", "/users:batch", true),
            ("/users:batch", "/users%3Abatch", true),
            ("/{id}.json", "/a.json", true),
            ("/{id}.json", "/axjson", false),
            ("/{id}.json", "/.json", false),
            ("/{a}:{b}", "/x:y", true),
            ("/{a}:{b}", "/x%3Ay", false),
            ("/{a}{b}", "/x", false),
            ("/café", "/caf%C3%A9", true),
            ("/100%", "/100%25", true),
            ("/a b", "/a%20b", true),
            ("/a+b(c)", "/a+b(c)", true),
            ("/{}", "/%7B%7D", true),
            ("/", "/", true),
            ("/a/", "/a/", true),
            ("/a/", "/a", false),
        ] {
            assert_eq!(matches(template, path), expected, "{template} {path}");
        }
    }

    #[test]
    fn only_a_template_with_one_spelling_is_an_exact_path() {
        assert_eq!(Template::parse("/v2/users").exact().as_deref(), Some("/v2/users"));
        assert_eq!(Template::parse("/").exact().as_deref(), Some("/"));
        assert_eq!(Template::parse("/%76%32/~me").exact().as_deref(), Some("/v2/~me"));
        for other in ["/users/{id}", "/users:batch", "/café", "/{id}.json"] {
            assert_eq!(Template::parse(other).exact(), None, "{other}");
        }
    }

    #[test]
    fn templates_have_the_order_of_the_router() {
        let mut paths =
            ["/a/{b}", "/{a}/b", "/a/{b}.json", "/a/b", "/a/x{b}.json", "/{a}/{b}", "/a"].map(Template::parse).to_vec();
        paths.sort_by(Template::precedence);
        let expected = ["/a", "/a/b", "/a/x{b}.json", "/a/{b}.json", "/a/{b}", "/{a}/b", "/{a}/{b}"];
        assert_eq!(paths, expected.map(Template::parse));
    }

    #[test]
    fn templates_overlap_if_a_path_may_match_both() {
        for (one, other, expected) in [
            ("/a/{b}", "/a/b", true),
            ("/a/{b}", "/{a}/b", true),
            ("/a/{b}", "/b/{b}", false),
            ("/a/{b}", "/a", false),
            ("/a/{b}", "/a/", false),
            ("/{a}.json", "/a", true),
        ] {
            assert_eq!(Template::parse(one).overlaps(&Template::parse(other)), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_template_below_a_version_has_no_prefix() {
        let below = |path: &str| Template::parse(path).below("v2");
        assert_eq!(below("/v2/users/{id}"), Some(Template::parse("/users/{id}")));
        assert_eq!(below("/v2/"), Some(Template::parse("/")));
        for other in ["/v2", "/v1/users", "/users"] {
            assert_eq!(below(other), None, "{other}");
        }
    }
}
