//! Entity tags and the conditions on them (RFC 9110 § 8.8.3, § 13.1).

use std::fmt;

use crate::json::{Read, Reader, Write, Writer};

/// An entity tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag {
    /// Whether it only promises equivalence (`W/`).
    pub weak: bool,
    /// The opaque tag, without its quotes.
    pub tag: String,
}

/// What `If-Match` or `If-None-Match` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: any current representation.
    Any,
    /// One of these.
    Tags(Vec<ETag>),
}

impl ETag {
    /// A strong tag of what `tag` shows as. Characters that no tag can hold become `-`.
    pub fn strong(tag: impl fmt::Display) -> ETag {
        ETag { weak: false, tag: opaque(&tag.to_string()) }
    }

    /// A weak tag, as [`ETag::strong`].
    pub fn weak(tag: impl fmt::Display) -> ETag {
        ETag { weak: true, tag: opaque(&tag.to_string()) }
    }

    /// Reads one entity tag: `"abc"` or `W/"abc"`.
    pub fn parse(text: &str) -> Option<ETag> {
        match parse_one(text.trim_matches([' ', '\t']))? {
            (tag, "") => Some(tag),
            _ => None,
        }
    }

    /// Whether both are strong and equal (RFC 9110 § 8.8.3.2).
    pub fn matches_strong(&self, other: &ETag) -> bool {
        !self.weak && !other.weak && self.tag == other.tag
    }

    /// Whether the opaque tags are equal (RFC 9110 § 8.8.3.2).
    pub fn matches_weak(&self, other: &ETag) -> bool {
        self.tag == other.tag
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\"{}\"", if self.weak { "W/" } else { "" }, self.tag)
    }
}

impl IfMatch {
    /// Reads the value of `If-Match` or `If-None-Match`: `*` or a comma list of tags.
    pub fn parse(text: &str) -> Option<IfMatch> {
        let mut rest = text.trim_matches([' ', '\t']);
        if rest == "*" {
            return Some(IfMatch::Any);
        }
        let mut tags = Vec::new();
        // A comma may stand within a tag, so the list is not simply split. Empty elements are
        // to be ignored (RFC 9110 § 5.6.1.2).
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            let (tag, after) = parse_one(rest)?;
            tags.push(tag);
            rest = after.trim_start_matches([' ', '\t']);
            if !rest.is_empty() && !rest.starts_with(',') {
                return None;
            }
        }
        if tags.is_empty() { None } else { Some(IfMatch::Tags(tags)) }
    }

    /// Whether `current` satisfies it by strong comparison, as `If-Match` asks.
    pub fn matches_strong(&self, current: &ETag) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Tags(tags) => tags.iter().any(|tag| tag.matches_strong(current)),
        }
    }

    /// Whether `current` satisfies it by weak comparison, as `If-None-Match` asks.
    pub fn matches_weak(&self, current: &ETag) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Tags(tags) => tags.iter().any(|tag| tag.matches_weak(current)),
        }
    }
}

impl Read for IfMatch {
    fn read(reader: &mut Reader<'_>) -> Option<IfMatch> {
        reader.with_string("entity tags", |text, violations| {
            let tags = IfMatch::parse(text);
            if tags.is_none() {
                violations.record(format_args!("must be `*` or entity tags in double quotes"));
            }
            tags
        })
    }
}

impl Read for ETag {
    fn read(reader: &mut Reader<'_>) -> Option<ETag> {
        reader.with_string("an entity tag", |text, violations| {
            let tag = ETag::parse(text);
            if tag.is_none() {
                violations.record(format_args!("must be an entity tag in double quotes"));
            }
            tag
        })
    }
}

impl fmt::Display for IfMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let IfMatch::Tags(tags) = self else { return f.write_str("*") };
        tags.iter().enumerate().try_for_each(|(at, tag)| write!(f, "{}{tag}", if at == 0 { "" } else { ", " }))
    }
}

impl From<ETag> for IfMatch {
    fn from(tag: ETag) -> IfMatch {
        IfMatch::Tags(vec![tag])
    }
}

impl Write for IfMatch {
    fn write(&self, writer: &mut Writer) {
        writer.string(&self.to_string());
    }
}

impl Write for ETag {
    fn write(&self, writer: &mut Writer) {
        writer.string(&self.to_string());
    }
}

/// Reads the tag at the beginning, and gives what follows.
fn parse_one(text: &str) -> Option<(ETag, &str)> {
    let (weak, rest) = match text.strip_prefix("W/") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (tag, rest) = rest.strip_prefix('"')?.split_once('"')?;
    tag.chars().all(is_tag_char).then(|| (ETag { weak, tag: tag.to_owned() }, rest))
}

/// `etagc`: visible characters but the quote, and what is beyond ASCII.
fn is_tag_char(c: char) -> bool {
    c != '"' && !c.is_ascii_control() && c != ' '
}

fn opaque(tag: &str) -> String {
    // A header cannot hold what is beyond ASCII in a way that everyone reads alike.
    tag.chars().map(|c| if c.is_ascii() && is_tag_char(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_back_from_its_text() {
        for text in ["\"\"", "\"abc\"", "W/\"a,b\"", "\"W/\""] {
            assert_eq!(ETag::parse(text).map(|tag| tag.to_string()).as_deref(), Some(text));
        }
        for text in ["", "abc", "w/\"a\"", "\"a", "\"a\"b", "\"a b\"", "\"a\", \"b\"", "*"] {
            assert_eq!(ETag::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_made_tag_can_always_stand_in_a_header() {
        assert_eq!(ETag::strong(7).to_string(), "\"7\"");
        assert_eq!(ETag::weak("a\"b\r\n é").to_string(), "W/\"a-b----\"");
    }

    #[test]
    fn strong_comparison_refuses_weak_tags_and_weak_comparison_does_not() {
        let (strong, weak) = (ETag::strong("1"), ETag::weak("1"));
        assert!(strong.matches_strong(&strong));
        assert!(!strong.matches_strong(&weak) && !weak.matches_strong(&weak));
        assert!(strong.matches_weak(&weak) && weak.matches_weak(&weak));
        assert!(!strong.matches_weak(&ETag::strong("2")));
    }

    #[test]
    fn a_condition_is_a_star_or_a_list_whose_tags_may_hold_commas() {
        assert_eq!(IfMatch::parse(" * "), Some(IfMatch::Any));
        let tags = IfMatch::Tags(vec![ETag::strong("a,b"), ETag::weak("c")]);
        assert_eq!(IfMatch::parse("\"a,b\" ,, W/\"c\","), Some(tags.clone()));
        assert!(tags.matches_strong(&ETag::strong("a,b")) && !tags.matches_strong(&ETag::strong("c")));
        assert!(tags.matches_weak(&ETag::strong("c")) && IfMatch::Any.matches_strong(&ETag::weak("x")));
        for text in ["", ",", "\"a\" \"b\"", "*, \"a\"", "a"] {
            assert_eq!(IfMatch::parse(text), None, "{text}");
        }
    }
}
