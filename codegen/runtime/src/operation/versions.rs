//! The versions of an API as constant data: their numbers, prefixes and dates.

use super::Operation;

/// The versions of an API, and the rules by which a request selects one of them (`x-versions`).
///
/// Generated code contains one `static` for all contracts of a crate. A request selects a version by its path
/// (`/v1/users`), by a media type in `Accept` or by a query parameter:
///
/// ```
/// use writ_runtime::{Version, Versions};
///
/// // Generated from the contracts.
/// static VERSIONS: Versions = Versions {
///     default: 2,
///     media_type: "application/vnd.api+json",
///     parameter: "version",
///     all: &[
///         Version { number: 1, prefix: "/v1", deprecated: Some(1_793_491_200), ..Version::NONE },
///         Version { number: 2, prefix: "/v2", ..Version::NONE },
///     ],
/// };
///
/// assert_eq!(VERSIONS.get(2).map(|version| version.prefix), Some("/v2"));
/// assert!(VERSIONS.get(3).is_none());
/// assert_eq!(VERSIONS.successor(1).map(|version| version.number), Some(2));
/// ```
#[derive(Debug)]
pub struct Versions {
    /// The number of the version that serves a request which selects none.
    pub default: u32,
    /// The media type that selects a version in `Accept` by its parameter `version`.
    pub media_type: &'static str,
    /// The name of the query parameter that selects a version.
    pub parameter: &'static str,
    /// The versions of the API, oldest first.
    pub all: &'static [Version],
}

/// A version of an API as constant data.
#[derive(Debug, Clone, Copy)]
pub struct Version {
    /// The number of the version, for example 1.
    pub number: u32,
    /// The prefix of the version's paths, for example `/v1`.
    pub prefix: &'static str,
    /// The time from which the version is deprecated, in seconds since 1970-01-01T00:00:00Z. `None` if the contract
    /// does not deprecate it.
    pub deprecated: Option<i64>,
    /// The time after which the version may stop to respond, in seconds since 1970-01-01T00:00:00Z. `None` if the
    /// contract does not say it.
    pub sunset: Option<i64>,
    /// The operations of the version: `operations::ALL` of its generated module.
    pub operations: &'static [&'static Operation],
    /// The contract of the version as JSON, with all of its files in one document.
    pub json: &'static str,
    /// The contract of the version as YAML, with all of its files in one document.
    pub yaml: &'static str,
}

impl Version {
    /// A version without dates, operations and documents. Tests take the fields of a version that they do not set from this
    /// constant (`..Version::NONE`).
    pub const NONE: Version =
        Version { number: 0, prefix: "", deprecated: None, sunset: None, operations: &[], json: "", yaml: "" };
}

impl Versions {
    /// Returns the version with this number.
    pub fn get(&self, number: u32) -> Option<&'static Version> {
        self.all.iter().find(|version| version.number == number)
    }

    /// Returns the version that follows the version with this number.
    pub fn successor(&self, number: u32) -> Option<&'static Version> {
        self.all.iter().find(|version| version.number > number)
    }

    /// Returns the operations of all versions, those of the latest version first. Operations that several versions have are
    /// contained once for each.
    pub fn operations(&self) -> Vec<&'static Operation> {
        self.all.iter().rev().flat_map(|version| version.operations).copied().collect()
    }

    /// Returns the version whose prefix begins `path`, and the rest of the path behind the prefix. The rest is empty or
    /// begins with `/`.
    pub fn of_path<'a>(&self, path: &'a str) -> Option<(&'static Version, &'a str)> {
        self.all.iter().find_map(|version| {
            let rest = path.strip_prefix(version.prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some((version, rest))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn version(number: u32, prefix: &'static str) -> Version {
        Version { number, prefix, ..Version::NONE }
    }

    #[test]
    fn a_prefix_ends_with_its_path_segment() {
        static ALL: &[Version] = &[version(1, "/v1"), version(11, "/v11")];
        let versions = Versions { default: 1, media_type: "a/b", parameter: "version", all: ALL };
        let of_path = |path| versions.of_path(path).map(|(version, rest)| (version.number, rest));
        assert_eq!(of_path("/v1/users"), Some((1, "/users")));
        assert_eq!(of_path("/v11/users"), Some((11, "/users")));
        assert_eq!(of_path("/v1"), Some((1, "")));
        for other in ["/v12/users", "/users", "/v", "v1/users", "/V1/users"] {
            assert_eq!(of_path(other), None, "{other}");
        }
    }
}
