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
        Self::NAMES
            .iter()
            .position(|known| *known == name)
            .and_then(Self::from_index)
    }
}
