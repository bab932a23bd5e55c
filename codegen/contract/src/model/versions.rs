//! The vendor field `x-versions` in the root of a contract: the versions of an API and their dates.

use crate::source::{Span, Spanned};

/// The declaration of an API's versions (`x-versions`), as one of its contracts makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The span of the value of `x-versions`.
    pub span: Span,
    /// The name of the version that serves a request which selects none (`default`), such as `v2`.
    pub default: Spanned<String>,
    /// The media type that selects a version in `Accept` (`mediaType`).
    pub media_type: String,
    /// The name of the query parameter that selects a version (`parameter`).
    pub parameter: String,
    /// The versions with dates, in the order of the contract.
    pub dates: Vec<VersionDates>,
}

/// The dates of one version in `x-versions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionDates {
    /// The name of the version, such as `v1`.
    pub name: Spanned<String>,
    /// The time from which the version is deprecated (`deprecated`), in seconds since 1970-01-01T00:00:00Z.
    pub deprecated: Option<i64>,
    /// The time after which the version may stop to respond (`sunset`), in seconds since 1970-01-01T00:00:00Z.
    pub sunset: Option<i64>,
}

impl Versions {
    /// The media type of a contract that declares none.
    pub const MEDIA_TYPE: &str = "application/vnd.api+json";

    /// The query parameter of a contract that declares none.
    pub const PARAMETER: &str = "version";

    /// Returns true if both declarations say the same, wherever they are written.
    pub fn agrees_with(&self, other: &Versions) -> bool {
        let dates = |versions: &Versions| {
            let mut dates: Vec<_> =
                versions.dates.iter().map(|it| (it.name.value.clone(), it.deprecated, it.sunset)).collect();
            dates.sort();
            dates
        };
        let rules = |versions: &Versions| {
            (versions.default.value.clone(), versions.media_type.clone(), versions.parameter.clone())
        };
        rules(self) == rules(other) && dates(self) == dates(other)
    }
}

/// Returns the number in the name of a version: 2 for `v2`. A number begins with no zero.
///
/// ```
/// use writ_contract::model::version_number;
///
/// assert_eq!(version_number("v2"), Some(2));
/// assert_eq!(version_number("v02"), None);
/// assert_eq!(version_number("orders"), None);
/// ```
pub fn version_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('v')?;
    let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| canonical)
}
