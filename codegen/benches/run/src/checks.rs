//! The hand-written checks of the service `checked`, each of which names the invalid field. The path to the
//! field is only converted to a string for a violation.

use std::fmt::Write;
use std::ops::RangeInclusive;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use regex::Regex;
use serde::Serialize;

/// Expands to a regular expression that is compiled once, on first use.
macro_rules! pattern {
    ($pattern:literal) => {{
        static PATTERN: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("the pattern is valid"));
        &*PATTERN
    }};
}

/// A request type that the hand-written service checks against the constraints of the contract.
pub trait Check {
    fn check(&self, checks: &mut Checks);

    fn checked(&self) -> Result<(), Refusal> {
        let mut checks = Checks::default();
        self.check(&mut checks);
        if checks.problems.is_empty() { Ok(()) } else { Err(Refusal { problems: checks.problems }) }
    }
}

/// The state of checking a request: the path to the current value, and the problems found so far.
#[derive(Default)]
pub struct Checks {
    path: Vec<(&'static str, usize)>,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
pub struct Refusal {
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    field: String,
    message: String,
}

impl Checks {
    /// Runs the checks of an array's element, with the element added to the path.
    pub fn at(&mut self, field: &'static str, index: usize, check: impl FnOnce(&mut Checks)) {
        self.path.push((field, index));
        check(self);
        self.path.pop();
    }

    pub fn length(&mut self, field: &str, text: &str, range: RangeInclusive<usize>) {
        if !range.contains(&text.chars().count()) {
            self.violate(field, format!("must have {} to {} characters", range.start(), range.end()));
        }
    }

    pub fn pattern(&mut self, field: &str, text: &str, pattern: &Regex) {
        if !pattern.is_match(text) {
            self.violate(field, format!("must match {pattern}"));
        }
    }

    pub fn range<T: PartialOrd + std::fmt::Display>(&mut self, field: &str, value: &T, range: RangeInclusive<T>) {
        if !range.contains(value) {
            self.violate(field, format!("must be {} to {}", range.start(), range.end()));
        }
    }

    pub fn count<T>(&mut self, field: &str, list: &[T], range: RangeInclusive<usize>) {
        if !range.contains(&list.len()) {
            self.violate(field, format!("must have {} to {} elements", range.start(), range.end()));
        }
    }

    /// Checks that all elements of an array differ. For short lists, comparing pairs is faster than a set.
    pub fn unique(&mut self, field: &str, list: &[String]) {
        if list.iter().enumerate().any(|(index, text)| list[..index].contains(text)) {
            self.violate(field, "must not have equal elements".to_owned());
        }
    }

    pub fn email(&mut self, field: &str, text: &str) {
        let valid = text.rsplit_once('@').is_some_and(|(local, domain)| {
            let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte);
            let is_label = |label: &str| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            };
            (1..=64).contains(&local.len()) && local.bytes().all(is_local) && domain.split('.').all(is_label)
        });
        if !valid {
            self.violate(field, "must be an email address".to_owned());
        }
    }

    fn violate(&mut self, field: &str, message: String) {
        let mut full = String::new();
        for (field, index) in &self.path {
            let dot = if full.is_empty() { "" } else { "." };
            let _ = write!(full, "{dot}{field}[{index}]");
        }
        if !full.is_empty() && !field.is_empty() {
            full.push('.');
        }
        full.push_str(field);
        self.problems.push(Problem { field: full, message });
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(self)).into_response()
    }
}
