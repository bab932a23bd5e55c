//! The check of values that leave against the rules of the contract, by which generated code finds responses that
//! break it.
//!
//! A value is checked where it is typed, before it is written. A type that generated code declares implements
//! [`Conform`] for [`OwnRules`] if the contract has rules that the type itself does not hold. All other rules are
//! data: [`Items`], [`Entries`], [`Nullable`] and [`Boxed`] combine the rules that decoding uses.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::check::{self, Count, OneOf};
use super::codec::Write;
use super::equal::{Canonical, canonical, equal_pair};
use super::number::Integer;
use super::object::next_key;
use super::scan::Scan;
use super::violations::{Segment, ViolationSink};
use super::write::DecimalNumber;
use super::writer::Writer;
use crate::validate::rules::{ArrayRule, IntegerRule, MapRule, NumberRule, StringRule};
use crate::validate::violation::{InputLocation, Violations};

/// A value that can be checked against a rule `R` of the contract before it leaves.
///
/// ```
/// use writ_runtime::{ArrayRule, Checker, Conform, IntegerRule, Items, OwnRules};
///
/// /// Generated from a schema whose `sizes` has `maxItems: 2` and items with `minimum: 1`.
/// struct Shoe {
///     sizes: Vec<i64>,
/// }
///
/// impl Conform<OwnRules> for Shoe {
///     fn conform(&self, _: &OwnRules, c: &mut Checker<'_>) {
///         const SIZES: Items<IntegerRule> = Items {
///             rule: ArrayRule { max: Some(2), ..ArrayRule::NONE },
///             items: IntegerRule { min: Some(1), ..IntegerRule::NONE },
///         };
///         c.field("sizes", &self.sizes, &SIZES);
///     }
/// }
///
/// let mut checker = Checker::new();
/// checker.check(&Shoe { sizes: vec![40, 0, 44] }, &OwnRules);
/// let found = checker.into_violations().list;
/// let found: Vec<String> = found.iter().map(|one| format!("{} {}", one.field, one.message)).collect();
/// assert_eq!(found, ["sizes must have at most 2 elements", "sizes[1] must be at least 1"]);
/// ```
pub trait Conform<R> {
    /// Checks this value against `rule`, and records each broken constraint with its field in the checker.
    fn conform(&self, rule: &R, checker: &mut Checker<'_>);
}

/// The checker of the values of one response or request, with the violations that it has found.
#[derive(Debug)]
pub struct Checker<'v> {
    violations: ViolationSink<'v>,
    /// The fields to which the caller limited the body, or `None`. Handlers need not load the other fields.
    kept: Option<&'v [String]>,
    /// The field with the elements of the page, if the body is one. The sparse fieldset applies to these elements.
    page_list: Option<&'static str>,
}

/// The rules of a type that generated code declares. The implementation of [`Conform`] contains them.
#[derive(Debug, Clone, Copy)]
pub struct OwnRules;

/// The rules of an array and of each of its elements.
#[derive(Debug, Clone, Copy)]
pub struct Items<R> {
    /// The constraints on the array itself.
    pub rule: ArrayRule,
    /// The rule of each element of the array.
    pub items: R,
}

/// The rules of a map and of each of its values.
#[derive(Debug, Clone, Copy)]
pub struct Entries<R> {
    /// The constraints on the map itself.
    pub rule: MapRule,
    /// The rule of each value of the map.
    pub values: R,
}

/// The rule of a value that may also be null, which satisfies it.
#[derive(Debug, Clone, Copy)]
pub struct Nullable<R>(pub R);

/// The rule of a value in a `Box`.
#[derive(Debug, Clone, Copy)]
pub struct Boxed<R>(pub R);

/// The string rule of a value whose Rust type is not `String`, such as a date with a `pattern`. It applies to the
/// string that JSON contains.
#[derive(Debug, Clone, Copy)]
pub struct Spelled(pub StringRule);

/// The JSON values of an `enum` or `const`, of which a value must be one.
#[derive(Debug, Clone, Copy)]
pub struct Listed(pub &'static [&'static str]);

/// The limits on the number of properties of an object with known fields.
#[derive(Debug, Clone, Copy)]
pub struct Properties {
    /// The minimum number of properties that the object must have (`minProperties`).
    pub min: usize,
    /// The maximum number of properties that the object may have (`maxProperties`), or `None`.
    pub max: Option<usize>,
}

/// The rule of a value that only the JSON Schema interpreter can check. The value is written as JSON for it.
#[cfg(feature = "jsonschema")]
#[derive(Debug, Clone, Copy)]
pub struct Interpreted(pub &'static super::SchemaValidator);

impl<'v> Checker<'v> {
    /// Creates a checker without violations. The first value to check is a body.
    pub fn new() -> Checker<'v> {
        Checker { violations: ViolationSink::new("", InputLocation::Body, ""), kept: None, page_list: None }
    }

    /// Limits the check to a sparse fieldset: of the outermost object of the body, or of each element of an outermost
    /// array or page, only these fields are checked. `None` checks all fields.
    pub(crate) fn keep_fields(self, fields: Option<&'v [String]>) -> Checker<'v> {
        Checker { kept: fields, ..self }
    }

    /// Begins the check of a page, whose elements are in the field `list`. A sparse fieldset applies to them.
    pub fn begin_page(&mut self, list: &'static str) {
        if self.violations.is_outermost() {
            self.page_list = Some(list);
        }
    }

    /// Returns true if the current object is limited to a sparse fieldset.
    fn is_sparse(&self) -> bool {
        self.kept.is_some() && self.violations.is_limited(self.page_list)
    }

    /// Checks a value at the current place of the response.
    pub fn check<R, T: Conform<R>>(&mut self, value: &T, rule: &R) {
        value.conform(rule, self);
    }

    /// Checks the value of a field of an object, unless a sparse fieldset removes the field.
    pub fn field<R, T: Conform<R>>(&mut self, name: &'static str, value: &T, rule: &R) {
        if self.is_sparse() && !self.kept.is_some_and(|kept| kept.iter().any(|field| field == name)) {
            return;
        }
        self.violations.enter(Segment::Field(name));
        value.conform(rule, self);
        self.violations.leave();
    }

    /// Checks the value of an optional field of an object, unless it is absent.
    pub fn maybe<R, T: Conform<R>>(&mut self, name: &'static str, value: &Option<T>, rule: &R) {
        if let Some(value) = value {
            self.field(name, value, rule);
        }
    }

    /// Checks the value of a header.
    pub fn header<R, T: Conform<R>>(&mut self, name: &'static str, value: &T, rule: &R) {
        self.place(InputLocation::Header, name, value, rule);
    }

    /// Checks the value of a header or parameter.
    pub(crate) fn place<R, T: Conform<R>>(&mut self, location: InputLocation, name: &'static str, value: &T, rule: &R) {
        let location = self.violations.relocate(location);
        self.field(name, value, rule);
        self.violations.relocate(location);
    }

    /// Checks the value of an optional header, unless it is absent.
    pub fn optional_header<R, T: Conform<R>>(&mut self, name: &'static str, value: &Option<T>, rule: &R) {
        if let Some(value) = value {
            self.header(name, value, rule);
        }
    }

    /// Returns the violations that the checker has found.
    pub fn into_violations(self) -> Violations {
        let mut violations = self.violations.into_violations();
        // A keyword that is native and part of an interpreted schema too is found twice.
        for one in std::mem::take(&mut violations.list) {
            if !violations.list.contains(&one) {
                violations.list.push(one);
            }
        }
        violations
    }

    fn element(&mut self, segment: Segment, check: impl FnOnce(&mut Self)) {
        self.violations.enter(segment);
        check(self);
        self.violations.leave();
    }

    fn count(&mut self, count: usize, min: usize, max: Option<usize>, noun: &str) {
        if count < min {
            self.violations.record(format_args!("must have at least {}", Count(min, noun)));
        }
        if let Some(max) = max.filter(|max| count > *max) {
            self.violations.record(format_args!("must have at most {}", Count(max, noun)));
        }
    }
}

impl Default for Checker<'_> {
    fn default() -> Self {
        Checker::new()
    }
}

impl Conform<StringRule> for String {
    fn conform(&self, rule: &StringRule, checker: &mut Checker<'_>) {
        check::string(self, rule, &mut checker.violations);
    }
}

macro_rules! integers {
    ($($type:ident)*) => {
        $(impl Conform<IntegerRule> for $type {
            fn conform(&self, rule: &IntegerRule, checker: &mut Checker<'_>) {
                let range = (i128::from($type::MIN), i128::from($type::MAX));
                check::integer(Integer::Value(i128::from(*self)), range, rule, &mut checker.violations);
            }
        })*
    };
}

integers! { i32 i64 u32 u64 }

impl Conform<NumberRule> for f64 {
    fn conform(&self, rule: &NumberRule, checker: &mut Checker<'_>) {
        // The writer refuses a number that is not finite.
        if self.is_finite() {
            check::number(&format!("{self:e}"), Some(*self), rule, &mut checker.violations);
        }
    }
}

impl Conform<NumberRule> for f32 {
    fn conform(&self, rule: &NumberRule, checker: &mut Checker<'_>) {
        if self.is_finite() {
            check::number(&format!("{self:e}"), None, rule, &mut checker.violations);
        }
    }
}

impl Conform<NumberRule> for Decimal {
    fn conform(&self, rule: &NumberRule, checker: &mut Checker<'_>) {
        check::number(&self.to_string(), None, rule, &mut checker.violations);
    }
}

impl Conform<NumberRule> for DecimalNumber {
    fn conform(&self, rule: &NumberRule, checker: &mut Checker<'_>) {
        self.0.conform(rule, checker);
    }
}

impl<T: Write> Conform<ArrayRule> for Vec<T> {
    fn conform(&self, rule: &ArrayRule, checker: &mut Checker<'_>) {
        checker.count(self.len(), rule.min, rule.max, "element");
        if rule.unique
            && let Some((first, second)) = equal_pair(&self.iter().filter_map(canonical_of).collect::<Vec<_>>())
        {
            checker
                .violations
                .record(format_args!("must not have equal elements, but elements {first} and {second} are equal"));
        }
    }
}

impl<R, T: Write + Conform<R>> Conform<Items<R>> for Vec<T> {
    fn conform(&self, rule: &Items<R>, checker: &mut Checker<'_>) {
        self.conform(&rule.rule, checker);
        for (index, item) in self.iter().enumerate() {
            checker.element(Segment::Index(index), |checker| item.conform(&rule.items, checker));
        }
    }
}

impl<T> Conform<MapRule> for BTreeMap<String, T> {
    fn conform(&self, rule: &MapRule, checker: &mut Checker<'_>) {
        checker.count(self.len(), rule.min, rule.max, "field");
        for (key, rule) in self.keys().filter_map(|key| Some((key, rule.key?))) {
            checker.element(Segment::Owned(key.clone()), |checker| key.conform(rule, checker));
        }
    }
}

impl<R, T: Conform<R>> Conform<Entries<R>> for BTreeMap<String, T> {
    fn conform(&self, rule: &Entries<R>, checker: &mut Checker<'_>) {
        self.conform(&rule.rule, checker);
        for (key, value) in self {
            checker.element(Segment::Owned(key.clone()), |checker| value.conform(&rule.values, checker));
        }
    }
}

impl<R, T: Conform<R>> Conform<Nullable<R>> for Option<T> {
    fn conform(&self, rule: &Nullable<R>, checker: &mut Checker<'_>) {
        if let Some(value) = self {
            value.conform(&rule.0, checker);
        }
    }
}

impl<R, T: Conform<R>> Conform<Boxed<R>> for Box<T> {
    fn conform(&self, rule: &Boxed<R>, checker: &mut Checker<'_>) {
        (**self).conform(&rule.0, checker);
    }
}

impl<A, B, T: Conform<A> + Conform<B>> Conform<(A, B)> for T {
    fn conform(&self, (one, other): &(A, B), checker: &mut Checker<'_>) {
        self.conform(one, checker);
        self.conform(other, checker);
    }
}

impl<T: Write> Conform<Spelled> for T {
    fn conform(&self, rule: &Spelled, checker: &mut Checker<'_>) {
        if let Some(text) = written(self).and_then(|json| serde_json::from_slice::<String>(&json).ok()) {
            check::string(&text, &rule.0, &mut checker.violations);
        }
    }
}

impl<T: Write> Conform<Listed> for T {
    fn conform(&self, rule: &Listed, checker: &mut Checker<'_>) {
        let value = canonical_of(self);
        if !rule.0.iter().any(|known| value.is_some() && canonical(known) == value) {
            checker.violations.record(format_args!("must be {}", OneOf(rule.0)));
        }
    }
}

impl<T: Write> Conform<Properties> for T {
    fn conform(&self, rule: &Properties, checker: &mut Checker<'_>) {
        if checker.is_sparse() {
            return;
        }
        if let Some(count) = written(self).and_then(|json| count_keys(&json)) {
            checker.count(count, rule.min, rule.max, "field");
        }
    }
}

#[cfg(feature = "jsonschema")]
impl<T: Write> Conform<Interpreted> for T {
    fn conform(&self, rule: &Interpreted, checker: &mut Checker<'_>) {
        if checker.is_sparse() {
            return;
        }
        if let Some(json) = written(self) {
            rule.0.record_violations(&json, &mut checker.violations);
        }
    }
}

/// Returns the JSON text of a value, or `None` if it cannot be written. The writer of the response reports that.
fn written(value: &impl Write) -> Option<Vec<u8>> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish().ok()
}

fn canonical_of(value: &impl Write) -> Option<Canonical> {
    canonical(std::str::from_utf8(&written(value)?).ok()?)
}

fn count_keys(json: &[u8]) -> Option<usize> {
    let mut scan = Scan::new(std::str::from_utf8(json).ok()?);
    let mut count = 0;
    while next_key(&mut scan, count == 0).ok()?.is_some() {
        count += 1;
        scan.peek().ok()?;
        scan.skip(usize::MAX).ok()?;
    }
    Some(count)
}
