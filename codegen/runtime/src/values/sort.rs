//! The sort order of a list: a field that the contract names, and a direction.

use std::fmt;

use crate::json::{Read, Reader, Write, Writer};
use crate::validate::rules::ArrayRule;
use crate::values::string_enum::StringEnum;

/// The sort order that a caller requests for a list: the field to sort by and the direction.
///
/// A query parameter contains the order as `name` or `-name`; the contract declares the names as an enum.
///
/// ```
/// use writ_runtime::{Sort, StringEnum};
///
/// // Generated from the contract.
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// enum UserSort {
///     CreatedAt,
///     Name,
/// }
/// # impl StringEnum for UserSort {
/// #     const NAMES: &'static [&'static str] = &["createdAt", "name"];
/// #     const ALL: &'static [Self] = &[UserSort::CreatedAt, UserSort::Name];
/// #     fn index(self) -> usize {
/// #         self as usize
/// #     }
/// # }
///
/// fn order_by(sort: Sort<UserSort>) -> &'static str {
///     match (sort.by, sort.descending) {
///         (UserSort::CreatedAt, false) => "created_at",
///         (UserSort::CreatedAt, true) => "created_at DESC",
///         (UserSort::Name, false) => "name",
///         (UserSort::Name, true) => "name DESC",
///     }
/// }
///
/// assert_eq!(order_by(Sort { by: UserSort::CreatedAt, descending: true }), "created_at DESC");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort<T> {
    /// The field to sort by, a value of the enum that the contract declares.
    pub by: T,
    /// True if the sort order is descending: the greatest value comes first (`-name`).
    pub descending: bool,
}

impl<T: StringEnum> Read for Sort<T> {
    /// Reads the sort order from a string: `name` and `+name` ascend, `-name` descends.
    ///
    /// A space before the name also means ascending, since the `+` of a query is decoded to a space.
    fn read(reader: &mut Reader<'_>) -> Option<Sort<T>> {
        let (index, descending) = reader.sort_index(T::NAMES)?;
        T::from_index(index).map(|by| Sort { by, descending })
    }
}

impl<T: StringEnum> Write for Sort<T> {
    fn write(&self, writer: &mut Writer) {
        let sign = if self.descending { "-" } else { "" };
        writer.string(&format!("{sign}{}", self.by.name()));
    }
}

impl Reader<'_> {
    /// Reads a sort order, which must be one of `orders`.
    pub fn sort_order<T: StringEnum + PartialEq>(
        &mut self,
        rule: &ArrayRule,
        orders: &[&[Sort<T>]],
    ) -> Option<Vec<Sort<T>>> {
        let order = self.array(rule, Sort::read)?;
        if orders.contains(&order.as_slice()) {
            return Some(order);
        }
        self.violations.record(format_args!("must be one of {}", Orders(orders)));
        None
    }

    fn sort_index(&mut self, names: &[&str]) -> Option<(usize, bool)> {
        self.with_string("a sort order", |text, violations| {
            let (name, descending) = match text.split_at_checked(1) {
                Some(("-", name)) => (name, true),
                Some(("+" | " ", name)) => (name, false),
                _ => (text, false),
            };
            let index = names.iter().position(|known| *known == name);
            if index.is_none() {
                let names = names.join(", ");
                violations.record(format_args!("must be one of {names}; prefix it with `-` for descending order"));
            }
            Some((index?, descending))
        })
    }
}

/// Sort orders for a message: `createdAt`, `-createdAt` or `-createdAt,name`.
struct Orders<'a, T>(&'a [&'a [Sort<T>]]);

impl<T: StringEnum> fmt::Display for Orders<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, order) in self.0.iter().enumerate() {
            let separator = match index {
                0 => "`",
                _ if index + 1 == self.0.len() => "` or `",
                _ => "`, `",
            };
            f.write_str(separator)?;
            for (index, key) in order.iter().enumerate() {
                let (comma, sign) = (if index > 0 { "," } else { "" }, if key.descending { "-" } else { "" });
                write!(f, "{comma}{sign}{}", key.by.name())?;
            }
        }
        f.write_str("`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::TextValue;
    use crate::validate::violation::InputLocation;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Field {
        Name,
        CreatedAt,
    }

    impl StringEnum for Field {
        const NAMES: &'static [&'static str] = &["name", "created_at"];

        const ALL: &'static [Self] = &[Field::Name, Field::CreatedAt];

        fn index(self) -> usize {
            self as usize
        }
    }

    fn read(text: &str) -> Option<Sort<Field>> {
        let mut reader = Reader::text(TextValue::Scalar(text.into()), InputLocation::Query, "sort");
        let sort = Sort::read(&mut reader);
        assert_eq!(sort.is_some(), reader.into_violations().is_empty());
        sort
    }

    #[test]
    fn a_sign_sets_the_direction_and_a_space_counts_as_a_plus() {
        let ascending = Some(Sort { by: Field::Name, descending: false });
        assert_eq!(read("name"), ascending);
        assert_eq!(read("+name"), ascending);
        assert_eq!(read(" name"), ascending);
        assert_eq!(read("-created_at"), Some(Sort { by: Field::CreatedAt, descending: true }));
    }

    #[test]
    fn a_sort_order_must_be_listed() {
        let key = |by, descending| Sort { by, descending };
        let orders: [&[Sort<Field>]; 3] = [
            &[key(Field::Name, false)],
            &[key(Field::CreatedAt, true)],
            &[key(Field::CreatedAt, true), key(Field::Name, false)],
        ];
        let read = |words: &[&str]| {
            let words = words.iter().map(|word| TextValue::Scalar((*word).into())).collect();
            let mut reader = Reader::text(TextValue::List(words), InputLocation::Query, "sort");
            let rule = ArrayRule { min: 1, max: Some(2), ..ArrayRule::NONE };
            let order = reader.sort_order(&rule, &orders);
            (order, reader.into_violations().list.into_iter().map(|one| (one.field, one.message)).collect::<Vec<_>>())
        };
        assert_eq!(read(&["-created_at", "+name"]), (Some(orders[2].to_vec()), Vec::new()));
        let message = "must be one of `name`, `-created_at` or `-created_at,name`";
        assert_eq!(read(&["name", "-created_at"]), (None, vec![("sort".into(), message.into())]));
        assert_eq!(read(&["name", "name", "name"]).0, None);
    }

    #[test]
    fn an_unknown_name_is_a_violation_that_lists_the_names() {
        for text in ["", "-", "--name", "Name", "é"] {
            assert_eq!(read(text), None, "{text}");
        }
        let mut reader = Reader::text(TextValue::Scalar("age".into()), InputLocation::Query, "sort");
        assert!(Sort::<Field>::read(&mut reader).is_none());
        let violations = reader.into_violations().list;
        assert_eq!(violations[0].field, "sort");
        assert_eq!(violations[0].message, "must be one of name, created_at; prefix it with `-` for descending order");
    }
}
