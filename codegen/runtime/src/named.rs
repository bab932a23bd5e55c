//! Enums of the contract: values that are known by name.

/// An enum whose values the contract names.
pub trait Named: Sized + Copy + 'static {
    /// The names as the contract spells them, in its order.
    const NAMES: &'static [&'static str];

    /// The values, each where its name stands in [`Named::NAMES`].
    const ALL: &'static [Self];

    /// Where its name stands in [`Named::NAMES`].
    fn index(self) -> usize;

    /// The value that is named `NAMES[index]`.
    fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Its name as the contract spells it.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.index()).copied().unwrap_or_default()
    }

    /// The value of that name.
    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).and_then(Self::from_index)
    }

    /// Every value, in the order of the contract.
    fn all() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied()
    }
}

/// A text that names no value of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The text.
    pub text: String,
    /// The names there are.
    pub names: &'static [&'static str],
}

/// The value of that name, or an error that holds all names there are.
pub fn parse<T: Named>(text: &str) -> Result<T, UnknownName> {
    T::from_name(text).ok_or_else(|| UnknownName { text: text.to_owned(), names: T::NAMES })
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is none of {}", self.text, self.names.join(", "))
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    /// With the names that its own traits use.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Outcome {
        Err,
        Error,
    }

    impl Named for Outcome {
        const NAMES: &'static [&'static str] = &["err", "error"];
        const ALL: &'static [Self] = &[Outcome::Err, Outcome::Error];

        fn index(self) -> usize {
            self as usize
        }
    }

    crate::named!(Outcome);

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

    crate::open_named!(Mood);

    #[test]
    fn a_named_value_comes_back_from_its_text() {
        for value in Outcome::all() {
            assert_eq!(value.to_string().parse(), Ok(value));
            assert_eq!(Outcome::from_name(value.as_str()), Some(value));
        }
        assert_eq!(Outcome::all().count(), 2);
    }

    #[test]
    fn a_text_that_is_no_name_is_told_the_names() {
        let error = "fine".parse::<Outcome>().unwrap_err();
        assert_eq!(error.to_string(), "`fine` is none of err, error");
    }

    #[test]
    fn of_an_open_enum_every_text_is_a_value() {
        assert_eq!("err".parse(), Ok(Mood::Err));
        let other = Mood::from("fine");
        assert_eq!(other, Mood::Unlisted("fine".to_owned()));
        assert_eq!((other.to_string().as_str(), other.as_ref()), ("fine", "fine"));
    }
}
