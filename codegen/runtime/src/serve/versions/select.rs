//! The selection of the version of a request.

use axum::extract::Request;
use http::{HeaderValue, StatusCode, header};

use super::accept::{self, Echo, Preferred, VersionAccept};
use super::api::VersionedApi;
use super::query::{self, VersionQuery};
use crate::response::problem::Problem;
use crate::serve::table;
use crate::validate::violation::{InputLocation, Violation};

/// The version of a request, with everything about the request that the headers of its response repeat.
pub(super) struct Selection {
    /// The index of the version among those that are served.
    pub(super) version: usize,
    /// True if the path belongs to the version. False for operations that belong to none, and for unknown paths.
    pub(super) versioned: bool,
    /// The media type of a JSON response.
    pub(super) echo: Echo,
    /// The value of `Link` to the resource in the following version.
    pub(super) link: Option<HeaderValue>,
}

/// The description of the selector in the path.
const PATH: &str = "the path";

/// The number of a version, and the part of the request that selects it.
#[derive(Clone, Copy)]
struct Selected<'a> {
    number: u32,
    by: &'a str,
}

impl VersionedApi {
    /// Selects the version of a request, and changes the request so that only its path names the version.
    ///
    /// # Errors
    ///
    /// Returns the refusal of an unknown version, or of selectors that disagree.
    pub(super) fn select(&self, request: &mut Request) -> Result<Selection, Problem> {
        let path = request.uri().path();
        let Some(below) = path.strip_prefix(&self.table.base).filter(|rest| rest.starts_with('/')) else {
            return Ok(self.unversioned(Echo::Contract));
        };
        let by_path = self.versions.of_path(below).map(|(version, _)| version.number);
        if by_path.is_none() && names_version(below) {
            return Err(Problem::new(StatusCode::NOT_FOUND, "the API has no version with the prefix of this path"));
        }
        let parameter = query::read(request.uri().query().unwrap_or_default(), self.versions.parameter);
        let accepted = accept::read(request.headers(), self.versions);
        let versioned = by_path.is_some() || !self.table.has_path(path);
        let number = match versioned {
            true => self.number(by_path, parameter.as_ref(), accepted.as_ref())?,
            // All versions have the operation in common, so selectors have no effect.
            false => self.versions.default,
        };
        let version = self.index(number).unwrap_or(self.default);
        // The request becomes one whose path names the version, and that has no other selector.
        let prefix = (versioned && by_path.is_none()).then(|| self.served[version].version.prefix);
        if prefix.is_some() || parameter.is_some() {
            let path = format!("{}{}{below}", self.table.base, prefix.unwrap_or_default());
            let query = match parameter {
                Some(parameter) => Some(parameter.rest),
                None => request.uri().query().map(str::to_owned),
            };
            table::set_target(request, &path, query.as_deref());
        }
        let echo = accepted.map_or(Echo::Contract, |accepted| {
            let (echo, value) = if versioned { accepted.within(number) } else { accepted.without_version() };
            request.headers_mut().insert(header::ACCEPT, value);
            echo
        });
        Ok(Selection { version, versioned, echo, link: None })
    }

    fn unversioned(&self, echo: Echo) -> Selection {
        Selection { version: self.default, versioned: false, echo, link: None }
    }

    /// Returns the number of the version that the selectors of a request name.
    fn number(
        &self,
        by_path: Option<u32>,
        parameter: Option<&VersionQuery<'_>>,
        accepted: Option<&VersionAccept>,
    ) -> Result<u32, Problem> {
        let mut selected = by_path.map(|number| Selected { number, by: PATH });
        for value in parameter.iter().flat_map(|parameter| &parameter.values) {
            let number = accept::number(value).filter(|number| self.index(*number).is_some());
            let number = number.ok_or_else(|| self.unknown_in_query())?;
            agree(&mut selected, Selected { number, by: self.versions.parameter })?;
        }
        match accepted.map_or(Preferred::None, |accepted| accepted.version) {
            Preferred::None => {}
            Preferred::One(number) if self.index(number).is_some() => {
                agree(&mut selected, Selected { number, by: "Accept" })?;
            }
            Preferred::Tie(one, other) => return Err(tie(one, other)),
            Preferred::One(_) | Preferred::Unknown => return Err(self.unknown_in_accept()),
        }
        Ok(selected.map_or(self.versions.default, |selected| selected.number))
    }

    fn unknown_in_query(&self) -> Problem {
        let violation = Violation {
            location: InputLocation::Query,
            field: self.versions.parameter.to_owned(),
            message: format!("must be {}", self.numbers(" or ")).into(),
        };
        let problem = Problem::new(StatusCode::BAD_REQUEST, "the API does not have the requested version");
        problem.with_code("VALIDATION_ERROR").with_violation(violation)
    }

    fn unknown_in_accept(&self) -> Problem {
        let media_type = self.versions.media_type;
        let offered = format!("{media_type} is only available in the versions {}", self.numbers(" and "));
        Problem::new(StatusCode::NOT_ACCEPTABLE, offered)
    }

    /// Returns the numbers of the versions as text.
    fn numbers(&self, last: &str) -> String {
        let numbers: Vec<String> = self.served.iter().map(|served| served.version.number.to_string()).collect();
        match numbers.split_last() {
            Some((only, [])) => only.clone(),
            Some((newest, others)) => format!("{}{last}{newest}", others.join(", ")),
            None => String::new(),
        }
    }
}

/// Returns true if the first segment of a path names a version by its number, for example `/v9/users`.
fn names_version(path: &str) -> bool {
    let digits = path.strip_prefix("/v").map(|rest| rest.split('/').next().unwrap_or_default());
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Adds a selector to those that have been read before.
fn agree<'a>(selected: &mut Option<Selected<'a>>, next: Selected<'a>) -> Result<(), Problem> {
    let first = *selected.get_or_insert(next);
    if first.number == next.number {
        return Ok(());
    }
    let (one, other) = (first.number, next.number);
    Err(contradiction(match first.by == next.by {
        true => format!("`{}` selects version {one} of the API and also version {other}", first.by),
        false => {
            format!("{} selects version {one} of the API, but `{}` selects version {other}", first.name(), next.by)
        }
    }))
}

impl Selected<'_> {
    fn name(&self) -> String {
        match self.by {
            PATH => PATH.to_owned(),
            header_or_parameter => format!("`{header_or_parameter}`"),
        }
    }
}

fn tie(one: u32, other: u32) -> Problem {
    contradiction(format!("`Accept` prefers the versions {one} and {other} of the API equally"))
}

fn contradiction(message: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}
