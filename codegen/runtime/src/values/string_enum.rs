//! Enums of strings: a Rust variant for each string that the contract lists.

use crate::json::Reader;

/// An enum whose values are the strings that a contract lists (`enum`).
///
/// Generated code implements this trait, and also `Display` and `FromStr` by
/// [`string_enum!`](crate::string_enum):
///
/// ```
/// use writ_runtime::StringEnum;
///
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// enum Status {
///     Active,
///     Closed,
/// }
///
/// impl StringEnum for Status {
///     const NAMES: &'static [&'static str] = &["active", "closed"];
///     const ALL: &'static [Self] = &[Status::Active, Status::Closed];
///
///     fn index(self) -> usize {
///         self as usize
///     }
/// }
///
/// writ_runtime::string_enum!(Status);
///
/// assert_eq!("closed".parse(), Ok(Status::Closed));
/// assert_eq!(Status::Active.to_string(), "active");
/// ```
pub trait StringEnum: Sized + Copy + 'static {
    /// The strings of the enum as the contract spells them, in the contract's order.
    const NAMES: &'static [&'static str];

    /// The values of the Rust enum, in the order of [`StringEnum::NAMES`].
    const ALL: &'static [Self];

    /// Returns the position of this enum value in [`StringEnum::ALL`].
    fn index(self) -> usize;

    /// Returns the enum value at a position of [`StringEnum::ALL`], or `None` beyond its end.
    fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Returns the string of the enum value, as the contract spells it.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.index()).copied().unwrap_or_default()
    }

    /// Returns the enum value of a string of the contract, or `None` if the contract does not list the string.
    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).and_then(Self::from_index)
    }

    /// Returns all values of the enum, in the order of the contract.
    fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied()
    }
}

impl Reader<'_> {
    /// Reads a string as a value of an enum. A string that the contract does not list is a violation.
    pub fn string_enum<T: StringEnum>(&mut self) -> Option<T> {
        self.name_index(T::NAMES).and_then(T::from_index)
    }
}

/// The error of parsing a string as an enum of the contract, if the enum does not list the string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownValue {
    /// The string that the contract does not list.
    pub text: String,
    /// The strings that the contract lists for the enum.
    pub names: &'static [&'static str],
}

/// Returns the enum value of a string of the contract. `FromStr` of generated enums calls it.
///
/// # Errors
///
/// Returns [`UnknownValue`], which lists all strings, if the contract does not list the string.
pub fn string_enum_of<T: StringEnum>(text: &str) -> Result<T, UnknownValue> {
    T::from_name(text).ok_or_else(|| UnknownValue { text: text.to_owned(), names: T::NAMES })
}

impl std::fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is not one of {}", self.text, self.names.join(", "))
    }
}

impl std::error::Error for UnknownValue {}

/// Implements `as_str`, `Display` and `FromStr` for an enum that implements [`StringEnum`]. That trait has an
/// example.
#[macro_export]
macro_rules! string_enum {
    ($name:ident) => {
        impl $name {
            /// Returns the string of the enum value, as the contract spells it.
            pub fn as_str(self) -> &'static str {
                <Self as $crate::StringEnum>::name(self)
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::UnknownValue;

            // The error type is not written as `Self::Err`, since the contract can name an enum value `Err`.
            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::UnknownValue> {
                $crate::string_enum_of(text)
            }
        }
    };
}

/// Implements `Display`, `FromStr`, `From<&str>` and `AsRef<str>` for an open enum
/// (`x-extensible-enum`), which also holds strings that the contract does not list.
///
/// The enum must have a method `as_str` and implement `From<String>`, so that parsing never fails.
///
/// ```
/// // Generated from the contract.
/// #[derive(Debug, PartialEq)]
/// enum Color {
///     Red,
///     Other(String),
/// }
///
/// # impl From<String> for Color {
/// #     fn from(text: String) -> Color {
/// #         if text == "red" { Color::Red } else { Color::Other(text) }
/// #     }
/// # }
/// # impl Color {
/// #     fn as_str(&self) -> &str {
/// #         match self {
/// #             Color::Red => "red",
/// #             Color::Other(text) => text,
/// #         }
/// #     }
/// # }
/// writ_runtime::open_string_enum!(Color);
///
/// assert_eq!(Color::from("red"), Color::Red);
/// assert_eq!(Color::from("teal").to_string(), "teal");
/// ```
#[macro_export]
macro_rules! open_string_enum {
    ($name:ident) => {
        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::from(::std::string::String::from(text))
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = ::core::convert::Infallible;

            // The error type is not written as `Self::Err`, since the contract can name an enum value `Err`.
            fn from_str(text: &str) -> ::core::result::Result<Self, ::core::convert::Infallible> {
                ::core::result::Result::Ok(Self::from(text))
            }
        }

        impl ::core::convert::AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An enum for tests, whose variants `Err` and `Error` have names that the implemented traits use too.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Outcome {
        Err,
        Error,
    }

    impl StringEnum for Outcome {
        const NAMES: &'static [&'static str] = &["err", "error"];
        const ALL: &'static [Self] = &[Outcome::Err, Outcome::Error];

        fn index(self) -> usize {
            self as usize
        }
    }

    crate::string_enum!(Outcome);

    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Mood {
        Err,
        Unlisted(String),
    }

    impl From<String> for Mood {
        fn from(text: String) -> Self {
            if text == "err" { Mood::Err } else { Mood::Unlisted(text) }
        }
    }

    impl Mood {
        fn as_str(&self) -> &str {
            match self {
                Mood::Err => "err",
                Mood::Unlisted(text) => text,
            }
        }
    }

    crate::open_string_enum!(Mood);

    #[test]
    fn a_value_round_trips_through_its_name() {
        for value in Outcome::all() {
            assert_eq!(value.to_string().parse(), Ok(value));
            assert_eq!(Outcome::from_name(value.as_str()), Some(value));
        }
        assert_eq!(Outcome::all().count(), 2);
    }

    #[test]
    fn parsing_an_unknown_name_fails_with_a_list_of_the_names() {
        let error = "fine".parse::<Outcome>().unwrap_err();
        assert_eq!(error.to_string(), "`fine` is not one of err, error");
    }

    #[test]
    fn every_string_is_a_value_of_an_open_enum() {
        assert_eq!("err".parse(), Ok(Mood::Err));
        let other = Mood::from("fine");
        assert_eq!(other, Mood::Unlisted("fine".to_owned()));
        assert_eq!((other.to_string().as_str(), other.as_ref()), ("fine", "fine"));
    }
}
