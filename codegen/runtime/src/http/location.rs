//! The path of an operation with the values of its path parameters, for links such as `Location`.

use std::fmt::{Display, Write as _};

use crate::http::percent;
use crate::operation::Operation;

impl Operation {
    /// Returns the path of the operation with these values of its path parameters, percent-encoded, in the order of the
    /// path. A handler writes `Location` with it, so that no path is written twice.
    ///
    /// # Panics
    ///
    /// Panics if the number of values is not that of the path parameters.
    ///
    /// # Examples
    ///
    /// ```
    /// use writ_runtime::{Method, Operation};
    ///
    /// // Generated from the contract.
    /// static GET_FILE: Operation =
    ///     Operation { id: "getFile", method: Method::GET, path: "/users/{userId}/files/{name}", ..Operation::NONE };
    ///
    /// assert_eq!(GET_FILE.path_with(&[&7, &"a b.txt"]), "/users/7/files/a%20b.txt");
    /// ```
    pub fn path_with(&self, values: &[&dyn Display]) -> String {
        let mut path = String::with_capacity(self.path.len() + 32 * values.len());
        let (mut rest, mut left) = (self.path, values.iter());
        while let Some((before, name, after)) = next_parameter(rest) {
            let value = left.next().unwrap_or_else(|| panic!("`{name}` of `{}` has no value", self.path));
            path.push_str(before);
            let _ = write!(path, "{}", percent::encode(&value.to_string()));
            rest = after;
        }
        assert!(left.next().is_none(), "`{}` has fewer path parameters than values", self.path);
        path.push_str(rest);
        path
    }
}

/// Splits a path template at its first parameter: the text before it, its name, and the text after it.
fn next_parameter(path: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = path.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    static FILE: Operation = Operation { path: "/files/{name}.{extension}", ..Operation::NONE };

    #[test]
    fn values_take_the_places_of_parameters_in_order() {
        assert_eq!(FILE.path_with(&[&"a/b", &"txt"]), "/files/a%2Fb.txt");
        assert_eq!(Operation::NONE.path_with(&[]), "/");
    }

    #[test]
    #[should_panic(expected = "`extension` of `/files/{name}.{extension}` has no value")]
    fn a_missing_value_panics() {
        FILE.path_with(&[&"a"]);
    }

    #[test]
    #[should_panic(expected = "has fewer path parameters than values")]
    fn a_surplus_value_panics() {
        Operation::NONE.path_with(&[&"a"]);
    }
}
