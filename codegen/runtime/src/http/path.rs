//! What the parameters of a path caught, decoded where somebody looks at it.

use std::borrow::Cow;
use std::ops::Range;

use crate::http::percent;

/// Where a parameter stands in a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Its name in the template.
    pub name: &'static str,
    /// The bytes of the path that it caught.
    pub at: Range<usize>,
}

/// The parameters of a request's path, in the order of the template.
#[derive(Debug, Clone, Copy)]
pub struct PathValues<'a> {
    path: &'a str,
    captured: &'a [Captured],
}

impl<'a> PathValues<'a> {
    /// What was caught in `path`, as it came.
    pub fn new(path: &'a str, captured: &'a [Captured]) -> PathValues<'a> {
        PathValues { path, captured }
    }

    /// Each parameter's name and value, percent-decoded; the pipeline lets nothing in that cannot be.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> {
        self.captured.iter().map(move |captured| {
            let raw = self.raw_at(captured);
            (captured.name, percent::decode(raw).unwrap_or(Cow::Borrowed(raw)))
        })
    }

    /// The value of a parameter, percent-decoded.
    pub fn get(self, name: &str) -> Option<Cow<'a, str>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// The value of a parameter as it came.
    pub(crate) fn raw(self, name: &str) -> Option<&'a str> {
        self.captured.iter().find(|captured| captured.name == name).map(|captured| self.raw_at(captured))
    }

    fn raw_at(self, captured: &Captured) -> &'a str {
        self.path.get(captured.at.clone()).unwrap_or_default()
    }
}
