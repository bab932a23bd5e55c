//! The query parameter that selects a version.

use std::borrow::Cow;

use crate::http::percent;
use crate::http::query::pairs;

/// The values of the version parameter in a query, and the query without them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct VersionQuery<'a> {
    /// The percent-decoded values of the parameter, in the order of the query. Never empty.
    pub(super) values: Vec<Cow<'a, str>>,
    /// The query without the parameter.
    pub(super) rest: String,
}

/// Reads the version parameter of a query. Returns `None` if the query does not contain it.
pub(super) fn read<'a>(query: &'a str, parameter: &str) -> Option<VersionQuery<'a>> {
    pairs(query).find(|pair| pair.name == parameter)?;
    let (mut values, mut rest) = (Vec::new(), String::with_capacity(query.len()));
    for pair in pairs(query) {
        if pair.name == parameter {
            values.push(percent::decode_form(pair.raw).unwrap_or(Cow::Borrowed(pair.raw)));
            continue;
        }
        if !rest.is_empty() {
            rest.push('&');
        }
        rest.push_str(pair.raw_name);
        // The name of a pair is followed by its value, or by the end of the pair.
        let after = pair.raw_name.as_ptr() as usize + pair.raw_name.len() - query.as_ptr() as usize;
        if query.as_bytes().get(after) == Some(&b'=') {
            rest.push('=');
            rest.push_str(pair.raw);
        }
    }
    Some(VersionQuery { values, rest })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_values(query: &str) -> Option<(Vec<String>, String)> {
        read(query, "version").map(|read| (read.values.into_iter().map(Cow::into_owned).collect(), read.rest))
    }

    #[test]
    fn the_parameter_is_removed_and_everything_else_is_kept() {
        let found =
            |values: &[&str], rest: &str| Some((values.iter().map(|&it| it.to_owned()).collect(), rest.to_owned()));
        assert_eq!(read_values("version=2"), found(&["2"], ""));
        assert_eq!(read_values("a=%20&version=2&b&c="), found(&["2"], "a=%20&b&c="));
        assert_eq!(read_values("%76ersion=%32&version=1"), found(&["2", "1"], ""));
        assert_eq!(read_values("version&x=version"), found(&[""], "x=version"));
        assert_eq!(read_values("versions=2&Version=1"), None);
        assert_eq!(read_values(""), None);
    }
}
