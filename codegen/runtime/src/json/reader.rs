//! One reader over JSON bytes and over the text of parameters.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Branch, Object, TextValue};
use crate::named::Named;
use crate::operation::Place;
use crate::patch::Patch;
use crate::rules::{ArrayRule, IntegerRule, MapRule, NumberRule, ObjectRule, StringRule};
use crate::violation::Violations;

/// Reads one value and collects everything that is wrong with it.
#[derive(Debug)]
pub struct Reader<'a> {
    text: Option<TextValue<'a>>,
    violations: Violations,
}

#[allow(unused_variables, missing_docs)]
impl<'a> Reader<'a> {
    /// Reads a JSON body.
    pub fn json(bytes: &'a [u8]) -> Reader<'a> {
        Reader { text: None, violations: Violations::default() }
    }
    /// Reads the JSON text of a parameter.
    pub fn json_at(bytes: &'a [u8], place: Place, name: &'a str) -> Reader<'a> {
        Reader::json(bytes)
    }
    /// Reads a parameter's or a form's text; `name` stands before every field path.
    pub fn text(value: TextValue<'a>, place: Place, name: &'a str) -> Reader<'a> {
        Reader { text: Some(value), violations: Violations::default() }
    }
    /// Refuses what stands behind the value.
    pub fn finish(&mut self) {}
    /// What was wrong.
    pub fn into_violations(self) -> Violations {
        self.violations
    }
    /// Records a violation at the place where the reader stands.
    pub fn violate(&mut self, message: std::fmt::Arguments<'_>) {}
    pub fn bool(&mut self) -> Option<bool> { None }
    pub fn int32(&mut self, rule: &IntegerRule) -> Option<i32> { None }
    pub fn int64(&mut self, rule: &IntegerRule) -> Option<i64> { None }
    pub fn uint32(&mut self, rule: &IntegerRule) -> Option<u32> { None }
    pub fn uint64(&mut self, rule: &IntegerRule) -> Option<u64> { None }
    pub fn float32(&mut self, rule: &NumberRule) -> Option<f32> { None }
    pub fn float64(&mut self, rule: &NumberRule) -> Option<f64> { None }
    pub fn decimal(&mut self, rule: &NumberRule) -> Option<Decimal> { None }
    pub fn string(&mut self, rule: &StringRule) -> Option<String> { None }
    pub fn date_time(&mut self) -> Option<DateTime<Utc>> { None }
    pub fn date(&mut self) -> Option<NaiveDate> { None }
    pub fn time(&mut self) -> Option<String> { None }
    pub fn duration(&mut self) -> Option<String> { None }
    pub fn uuid(&mut self) -> Option<Uuid> { None }
    pub fn bytes(&mut self) -> Option<Bytes> { None }
    pub fn id(&mut self, prefix: &str) -> Option<Uuid> { None }
    pub fn any(&mut self) -> Option<serde_json::Value> { None }
    pub fn null(&mut self) -> Option<()> { None }
    pub fn raw(&mut self) -> Option<&'a [u8]> { None }
    pub fn named<T: Named>(&mut self) -> Option<T> { None }
    /// An enum that is open: the index of a known name, or the name itself.
    pub fn open_named(&mut self, names: &'static [&'static str]) -> Option<Result<usize, String>> { None }
    pub fn one_of_values(&mut self, values: &[&str]) -> Option<usize> { None }
    pub fn nullable<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> { None }
    pub fn patch<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Patch<T>> { None }
    pub fn array<T>(&mut self, rule: &ArrayRule, read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> { None }
    pub fn map<T>(&mut self, rule: &MapRule, read: impl FnMut(&mut Self) -> Option<T>) -> Option<BTreeMap<String, T>> { None }
    pub fn object(&mut self, rule: &'static ObjectRule) -> Option<Object> { None }
    pub fn next_field(&mut self, object: &mut Object) -> Option<usize> { None }
    pub fn end_object(&mut self, object: Object) { object.rule(); }
    pub fn one_of<T>(&mut self, branches: &[Branch], read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<T> { None }
    pub fn any_of<T>(&mut self, branches: &[Branch], read: impl FnMut(&mut Self, usize) -> Option<T>) -> Option<T> { None }
    pub fn tagged<T>(&mut self, property: &str, tags: &[(&str, usize)], read: impl FnOnce(&mut Self, usize) -> Option<T>) -> Option<T> { None }
}
