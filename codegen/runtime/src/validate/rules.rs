//! The constraints of schemas as constant data, which the reader checks: a rule type for each kind of value.

use crate::validate::format::Format;
use crate::validate::pattern::Pattern;

/// The constraints of a schema on a string.
///
/// ```
/// use writ_runtime::{Reader, StringRule};
///
/// const NAME: StringRule = StringRule { min: 1, max: Some(100), ..StringRule::NONE };
/// let mut reader = Reader::json(br#""""#);
/// assert_eq!(reader.string(&NAME), None);
/// assert_eq!(reader.into_violations().list[0].message, "must have at least 1 character");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct StringRule {
    /// The minimum length that the string must have, in code points (`minLength`).
    pub min: usize,
    /// The maximum length that the string may have, in code points (`maxLength`), or `None`.
    pub max: Option<usize>,
    /// The pattern that the string must match (`pattern`). A rule with a pattern is a `static`, since the
    /// pattern is compiled on first use.
    pub pattern: Option<&'static Pattern>,
    /// The format that the string must have (`format`), or `None` if any string is allowed.
    pub format: Option<Format>,
}

impl StringRule {
    /// The string rule without constraints, which every string satisfies.
    pub const NONE: StringRule = StringRule { min: 0, max: None, pattern: None, format: None };
}

/// The constraints of a schema on an integer, in addition to the range of its Rust type.
///
/// The generator converts exclusive bounds to inclusive ones.
///
/// ```
/// use writ_runtime::{IntegerRule, Reader};
///
/// const QUANTITY: IntegerRule = IntegerRule { min: Some(1), max: Some(999), ..IntegerRule::NONE };
/// assert_eq!(Reader::json(b"12").int32(&QUANTITY), Some(12));
/// assert_eq!(Reader::json(b"1000").int32(&QUANTITY), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct IntegerRule {
    /// The lowest allowed value of the integer (`minimum`).
    pub min: Option<i128>,
    /// The highest allowed value of the integer (`maximum`).
    pub max: Option<i128>,
    /// The number of which the integer must be a multiple (`multipleOf`). A value that is not positive is
    /// ignored.
    pub multiple_of: Option<i128>,
}

impl IntegerRule {
    /// The integer rule without constraints, which every integer satisfies.
    pub const NONE: IntegerRule = IntegerRule { min: None, max: None, multiple_of: None };
}

/// The constraints of a schema on a number that can have a fraction.
///
/// ```
/// use writ_runtime::{NumberRule, Reader};
///
/// const RATIO: NumberRule = NumberRule { min: Some(0.0), exclusive_min: true, ..NumberRule::NONE };
/// assert_eq!(Reader::json(b"0.5").float64(&RATIO), Some(0.5));
/// assert_eq!(Reader::json(b"0").float64(&RATIO), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct NumberRule {
    /// The lower bound of the number (`minimum` or `exclusiveMinimum`), or `None`.
    pub min: Option<f64>,
    /// The upper bound of the number (`maximum` or `exclusiveMaximum`), or `None`.
    pub max: Option<f64>,
    /// True if the number must be greater than `min` and not equal to it (`exclusiveMinimum`).
    pub exclusive_min: bool,
    /// True if the number must be less than `max` and not equal to it (`exclusiveMaximum`).
    pub exclusive_max: bool,
    /// The number of which the value must be a multiple (`multipleOf`), in decimal arithmetic. A value that is
    /// not positive is ignored.
    pub multiple_of: Option<f64>,
    /// The constraints with all their digits, if a 64-bit float cannot represent one of them; otherwise `None`.
    pub written: Option<&'static WrittenNumbers>,
}

impl NumberRule {
    /// The number rule without constraints, which every finite number satisfies.
    pub const NONE: NumberRule = NumberRule {
        min: None,
        max: None,
        exclusive_min: false,
        exclusive_max: false,
        multiple_of: None,
        written: None,
    };
}

/// The numbers of a [`NumberRule`] as JSON numbers with all their digits. `None` is a number that the rule's 64-bit
/// float already represents by its shortest decimal notation.
///
/// ```
/// use writ_runtime::{NumberRule, Reader, WrittenNumbers};
///
/// const WRITTEN: &WrittenNumbers = &WrittenNumbers { max: Some("9007199254740993"), ..WrittenNumbers::NONE };
/// const RULE: NumberRule =
///     NumberRule { max: Some(9007199254740992.0), written: Some(WRITTEN), ..NumberRule::NONE };
/// assert!(Reader::json(b"9007199254740993").float64(&RULE).is_some());
/// assert!(Reader::json(b"9007199254740993.5").float64(&RULE).is_none());
/// ```
#[derive(Debug, Clone, Copy)]
pub struct WrittenNumbers {
    /// The lower bound with all its digits.
    pub min: Option<&'static str>,
    /// The upper bound with all its digits.
    pub max: Option<&'static str>,
    /// The number of which the value must be a multiple, with all its digits, at most 18.
    pub multiple_of: Option<&'static str>,
}

impl WrittenNumbers {
    /// The constraints of a rule whose 64-bit floats represent all numbers.
    pub const NONE: WrittenNumbers = WrittenNumbers { min: None, max: None, multiple_of: None };
}

/// The constraints of a schema on an array, without those on its elements.
///
/// ```
/// use writ_runtime::{ArrayRule, Read, Reader};
///
/// const TAGS: ArrayRule = ArrayRule { max: Some(10), unique: true, ..ArrayRule::NONE };
/// assert_eq!(Reader::json(br#"["a", "a"]"#).array(&TAGS, String::read), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ArrayRule {
    /// The minimum number of elements that the array must have (`minItems`).
    pub min: usize,
    /// The maximum number of elements that the array may have (`maxItems`), or `None`.
    pub max: Option<usize>,
    /// True if all elements of the array must be different, compared as JSON values (`uniqueItems`).
    pub unique: bool,
}

impl ArrayRule {
    /// The array rule without constraints, which every array satisfies.
    pub const NONE: ArrayRule = ArrayRule { min: 0, max: None, unique: false };
}

/// The constraints of a schema on an object that is read as a map, without those on the map's values.
///
/// ```
/// use writ_runtime::{MapRule, Read, Reader};
///
/// const LABELS: MapRule = MapRule { min: 1, ..MapRule::NONE };
/// assert_eq!(Reader::json(b"{}").map(&LABELS, String::read), None);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct MapRule {
    /// The minimum number of properties that the object must have (`minProperties`).
    pub min: usize,
    /// The maximum number of properties that the object may have (`maxProperties`), or `None`.
    pub max: Option<usize>,
    /// The rule that every key of the map must satisfy (`propertyNames`).
    pub key: Option<&'static StringRule>,
}

impl MapRule {
    /// The map rule without constraints, which every map satisfies.
    pub const NONE: MapRule = MapRule { min: 0, max: None, key: None };
}

/// The constraints of a schema on an object with known fields, without those on their values.
///
/// The [module documentation](crate::json) has an example.
#[derive(Debug, Clone, Copy)]
pub struct ObjectRule {
    /// The names of the known fields of a JSON object. The reader identifies a field by its index in this list.
    pub fields: &'static [&'static str],
    /// The names of the required fields of a JSON object, a subset of `fields`. Reading is fastest if both lists
    /// have the same order.
    pub required: &'static [&'static str],
    /// The treatment of a JSON object's fields that are neither in `fields` nor in `ignored`.
    pub unknown: Unknown,
    /// The names of declared fields that belong to the other direction only: `readOnly` fields of a request and
    /// `writeOnly` fields of a response. The reader skips them. If unknown fields are ignored anyway, the list is
    /// empty.
    pub ignored: &'static [&'static str],
    /// The minimum number of properties that the object must have (`minProperties`).
    pub min: usize,
    /// The maximum number of properties that the object may have (`maxProperties`), or `None`.
    pub max: Option<usize>,
}

impl ObjectRule {
    /// The object rule without known fields and constraints, which ignores unknown fields.
    pub const NONE: ObjectRule =
        ObjectRule { fields: &[], required: &[], unknown: Unknown::Ignore, ignored: &[], min: 0, max: None };
}

/// The treatment of an object's field that the contract does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// Skips an unknown field without a violation.
    Ignore,
    /// Rejects an unknown field: it is a violation (`additionalProperties: false`).
    Deny,
    /// Keeps an unknown field: the reader returns its key, so that generated code can put it into a map.
    Keep,
}
