//! Objects with known fields.

use crate::rules::ObjectRule;

/// Where reading an object stands.
#[derive(Debug)]
pub struct Object {
    key: String,
    rule: &'static ObjectRule,
}

impl Object {
    /// The name of the field that [`super::Reader::next_field`] stopped at, where it is an unknown one that is kept.
    pub fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn rule(&self) -> &'static ObjectRule {
        self.rule
    }
}
