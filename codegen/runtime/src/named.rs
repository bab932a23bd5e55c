//! Enums of the contract: values that are known by name.

/// An enum whose values the contract names.
pub trait Named: Sized + Copy {
    /// The names as the contract spells them, in its order.
    const NAMES: &'static [&'static str];

    /// The value that is named `NAMES[index]`.
    fn from_index(index: usize) -> Option<Self>;

    /// Where its name stands in [`Named::NAMES`].
    fn index(self) -> usize;

    /// Its name as the contract spells it.
    fn name(self) -> &'static str {
        Self::NAMES.get(self.index()).copied().unwrap_or_default()
    }

    /// The value of that name.
    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).and_then(Self::from_index)
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

impl UnknownName {
    /// The error of reading `text` as a `T`.
    pub fn of<T: Named>(text: &str) -> UnknownName {
        UnknownName { text: text.to_owned(), names: T::NAMES }
    }
}

impl std::fmt::Display for UnknownName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is none of {}", self.text, self.names.join(", "))
    }
}

impl std::error::Error for UnknownName {}
