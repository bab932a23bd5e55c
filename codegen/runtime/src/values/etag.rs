//! Entity tags and the preconditions on them, for conditional requests (RFC 9110 § 8.8.3, § 13.1).

use std::fmt;

use crate::json::check;
use crate::json::{Read, Reader, Write, Writer};
use crate::validate::rules::StringRule;

/// An entity tag (`ETag`): the version of a representation (RFC 9110 § 8.8.3).
///
/// ```
/// use writ_runtime::ETag;
///
/// let version = 7;
/// let etag = ETag::strong(version);
/// assert_eq!(etag.to_string(), "\"7\"");
/// assert_eq!(ETag::parse("\"7\""), Some(etag));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag {
    /// True for a weak entity tag (`W/`), which promises equivalent content but not equal bytes.
    pub weak: bool,
    /// The opaque tag: the entity tag without its quotes and without `W/`.
    pub tag: String,
}

/// The condition of an `If-Match` or `If-None-Match` header (RFC 9110 § 13.1.1, § 13.1.2).
///
/// ```
/// use writ_runtime::{ETag, IfMatch};
///
/// let if_match = IfMatch::parse("\"6\", \"7\"").unwrap();
/// assert!(if_match.matches_strong(&ETag::strong(7)));
/// assert!(!if_match.matches_strong(&ETag::strong(8)));
/// ```
///
/// A handler changes a resource only if the caller has read its current version:
///
/// ```
/// # writ_runtime::statuses! { PreconditionFailed = 412 }
/// use writ_runtime::{ETag, IfMatch};
///
/// /// Returns the new version of a renamed user.
/// fn rename(if_match: &IfMatch, version: u32) -> Result<u32, PreconditionFailed> {
///     match if_match.matches_strong(&ETag::strong(version)) {
///         true => Ok(version + 1),
///         false => Err(PreconditionFailed::new("the user has changed")),
///     }
/// }
/// # assert!(rename(&ETag::strong(7).into(), 7).is_ok_and(|version| version == 8));
/// # assert!(rename(&ETag::strong(6).into(), 7).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IfMatch {
    /// The condition `*`, which every existing representation satisfies.
    Any,
    /// A list of entity tags, of which at least one must match the current one.
    Tags(Vec<ETag>),
}

impl ETag {
    /// Creates a strong entity tag from a value such as a version number or a hash.
    ///
    /// Characters that an entity tag cannot contain are replaced by `-`.
    pub fn strong(tag: impl fmt::Display) -> ETag {
        ETag { weak: false, tag: opaque(&tag.to_string()) }
    }

    /// Creates a weak entity tag from a value. Characters that an entity tag cannot contain are replaced by
    /// `-`.
    pub fn weak(tag: impl fmt::Display) -> ETag {
        ETag { weak: true, tag: opaque(&tag.to_string()) }
    }

    /// Parses an entity tag, `"abc"` or `W/"abc"`. Returns `None` if the string is anything else.
    pub fn parse(text: &str) -> Option<ETag> {
        match parse_one(text.trim_matches([' ', '\t']))? {
            (tag, "") => Some(tag),
            _ => None,
        }
    }

    /// Returns true if both entity tags are strong and equal (strong comparison, RFC 9110 § 8.8.3.2).
    pub fn matches_strong(&self, other: &ETag) -> bool {
        !self.weak && !other.weak && self.tag == other.tag
    }

    /// Returns true if the entity tags are equal, weak or strong (weak comparison, RFC 9110 § 8.8.3.2).
    pub fn matches_weak(&self, other: &ETag) -> bool {
        self.tag == other.tag
    }
}

/// The character between an entity tag and the version of the contract that its representation belongs to.
const VERSION_MARK: char = '@';

impl ETag {
    /// Returns the entity tag of this representation in a version of the contract.
    pub(crate) fn of_version(&self, version: &str) -> ETag {
        ETag { weak: self.weak, tag: format!("{}{VERSION_MARK}{version}", self.tag) }
    }

    /// Returns the entity tag without the mark of its version. A tag of another version gets a mark that no
    /// representation has, so that it matches none.
    pub(crate) fn without_version(&self, version: &str) -> ETag {
        let own = self.tag.strip_suffix(version).and_then(|tag| tag.strip_suffix(VERSION_MARK));
        match own {
            Some(tag) => ETag { weak: self.weak, tag: tag.to_owned() },
            None => self.of_version("another-version"),
        }
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\"{}\"", if self.weak { "W/" } else { "" }, self.tag)
    }
}

impl IfMatch {
    /// Parses the value of `If-Match` or `If-None-Match`: `*` or a comma-separated list of entity tags.
    ///
    /// Returns `None` if the string is anything else, or if the list is empty.
    pub fn parse(text: &str) -> Option<IfMatch> {
        let mut rest = text.trim_matches([' ', '\t']);
        if rest == "*" {
            return Some(IfMatch::Any);
        }
        let mut tags = Vec::new();
        // An entity tag can contain commas, so the string is not simply split at them. A recipient ignores
        // empty elements (RFC 9110 § 5.6.1.2).
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

    /// Returns the condition on the tags without marks, which handlers know, for a condition on the tags of a version of the
    /// contract.
    pub(crate) fn without_version(&self, version: &str) -> IfMatch {
        match self {
            IfMatch::Any => IfMatch::Any,
            IfMatch::Tags(tags) => IfMatch::Tags(tags.iter().map(|tag| tag.without_version(version)).collect()),
        }
    }

    /// Returns true if the current entity tag satisfies the condition by strong comparison, as `If-Match`
    /// requires.
    pub fn matches_strong(&self, current: &ETag) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Tags(tags) => tags.iter().any(|tag| tag.matches_strong(current)),
        }
    }

    /// Returns true if the current entity tag satisfies the condition by weak comparison, as `If-None-Match`
    /// requires.
    pub fn matches_weak(&self, current: &ETag) -> bool {
        match self {
            IfMatch::Any => true,
            IfMatch::Tags(tags) => tags.iter().any(|tag| tag.matches_weak(current)),
        }
    }
}

impl Read for IfMatch {
    fn read(reader: &mut Reader<'_>) -> Option<IfMatch> {
        reader.entity_tags(&StringRule::NONE)
    }
}

impl Reader<'_> {
    /// Reads the value of `If-Match` and checks its text against the rule of its schema.
    pub fn entity_tags(&mut self, rule: &StringRule) -> Option<IfMatch> {
        self.with_string("entity tags", |text, violations| {
            let Some(tags) = IfMatch::parse(text) else {
                violations.record(format_args!("must be `*` or entity tags in double quotes"));
                return None;
            };
            check::string(text, rule, violations).then_some(tags)
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

/// Parses the entity tag at the beginning of a string and returns it with the remaining string.
fn parse_one(text: &str) -> Option<(ETag, &str)> {
    let (weak, rest) = match text.strip_prefix("W/") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (tag, rest) = rest.strip_prefix('"')?.split_once('"')?;
    tag.chars().all(is_tag_char).then(|| (ETag { weak, tag: tag.to_owned() }, rest))
}

/// Returns true if an entity tag may contain the character: a visible one other than `"`, or one beyond ASCII
/// (`etagc` of RFC 9110 § 8.8.3).
fn is_tag_char(c: char) -> bool {
    c != '"' && !c.is_ascii_control() && c != ' '
}

fn opaque(tag: &str) -> String {
    // Recipients disagree about the encoding of header characters beyond ASCII, so those are replaced too.
    tag.chars().map(|c| if c.is_ascii() && is_tag_char(c) { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_round_trips_through_its_string() {
        for text in ["\"\"", "\"abc\"", "W/\"a,b\"", "\"W/\""] {
            assert_eq!(ETag::parse(text).map(|tag| tag.to_string()).as_deref(), Some(text));
        }
        for text in ["", "abc", "w/\"a\"", "\"a", "\"a\"b", "\"a b\"", "\"a\", \"b\"", "*"] {
            assert_eq!(ETag::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_created_tag_is_a_valid_header_value() {
        assert_eq!(ETag::strong(7).to_string(), "\"7\"");
        assert_eq!(ETag::weak("a\"b\r\n é").to_string(), "W/\"a-b----\"");
    }

    #[test]
    fn only_weak_comparison_accepts_weak_tags() {
        let (strong, weak) = (ETag::strong("1"), ETag::weak("1"));
        assert!(strong.matches_strong(&strong));
        assert!(!strong.matches_strong(&weak) && !weak.matches_strong(&weak));
        assert!(strong.matches_weak(&weak) && weak.matches_weak(&weak));
        assert!(!strong.matches_weak(&ETag::strong("2")));
    }

    #[test]
    fn a_tag_of_an_older_version_matches_only_in_that_version() {
        let current = ETag::strong(7);
        let marked = current.of_version("v1");
        assert_eq!(marked.to_string(), "\"7@v1\"");
        assert!(IfMatch::from(marked.clone()).without_version("v1").matches_strong(&current));
        for foreign in [current.clone(), current.of_version("v2"), marked.of_version("v3")] {
            assert!(!IfMatch::from(foreign).without_version("v1").matches_weak(&current));
        }
        assert_eq!(IfMatch::Any.without_version("v1"), IfMatch::Any);
    }

    #[test]
    fn a_condition_is_a_star_or_a_list_of_tags_that_can_contain_commas() {
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
