//! The path parameters of a request, percent-decoded when they are read.

use std::borrow::Cow;
use std::ops::Range;

use crate::http::percent;

/// The location of a path parameter in the path of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// The name of the path parameter in the path template.
    pub name: &'static str,
    /// The byte range of the request's path that the parameter matched.
    pub at: Range<usize>,
}

/// The values of a request's path parameters, in the order of the path template.
///
/// ```
/// use writ_runtime::{Captured, PathValues};
///
/// let captured = [Captured { name: "userId", at: 7..14 }];
/// let values = PathValues::new("/users/ann%20b", &captured);
/// assert_eq!(values.get("userId").as_deref(), Some("ann b"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PathValues<'a> {
    path: &'a str,
    captured: &'a [Captured],
}

impl<'a> PathValues<'a> {
    /// Creates the values from the path of a request, still percent-encoded, and the location of each parameter
    /// in it.
    pub fn new(path: &'a str, captured: &'a [Captured]) -> PathValues<'a> {
        PathValues { path, captured }
    }

    /// Returns an iterator over the path parameters: each name with its percent-decoded value.
    ///
    /// A value that is not valid percent-encoding stays as it is. The pipeline rejects such a request before decoding it.
    pub fn iter(self) -> impl Iterator<Item = (&'static str, Cow<'a, str>)> {
        self.captured.iter().map(move |captured| {
            let raw = self.raw_at(captured);
            (captured.name, percent::decode(raw).unwrap_or(Cow::Borrowed(raw)))
        })
    }

    /// Returns the percent-decoded value of a path parameter, or `None` if the path template has no such
    /// parameter.
    pub fn get(self, name: &str) -> Option<Cow<'a, str>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns the name of the first path parameter whose value is not valid percent-encoding.
    pub(crate) fn undecodable(self) -> Option<&'static str> {
        self.captured.iter().find(|captured| percent::decode(self.raw_at(captured)).is_none()).map(|it| it.name)
    }

    /// Returns the value of a path parameter without percent-decoding it.
    pub(crate) fn raw(self, name: &str) -> Option<&'a str> {
        self.captured.iter().find(|captured| captured.name == name).map(|captured| self.raw_at(captured))
    }

    fn raw_at(self, captured: &Captured) -> &'a str {
        self.path.get(captured.at.clone()).unwrap_or_default()
    }
}
