//! Sets of JSON types.

/// A set of JSON types.
///
/// ```
/// use writ_runtime::Types;
///
/// const ID: Types = Types::INTEGER.or(Types::STRING);
/// assert!(ID.meets(Types::NUMBER));
/// assert!(!ID.meets(Types::OBJECT));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types(u8);

impl Types {
    /// The empty set of JSON types.
    pub const NONE: Types = Types(0);
    /// The type of `null`.
    pub const NULL: Types = Types(1);
    /// The type of `true` and `false`.
    pub const BOOL: Types = Types(2);
    /// The type of all numbers, including integers.
    pub const NUMBER: Types = Types(4 | 8);
    /// The type of numbers without a fraction.
    pub const INTEGER: Types = Types(8);
    /// The type of numbers with a fraction. Values have it, schemas do not.
    pub(crate) const FRACTION: Types = Types(4);
    /// The type of strings.
    pub const STRING: Types = Types(16);
    /// The type of arrays.
    pub const ARRAY: Types = Types(32);
    /// The type of objects.
    pub const OBJECT: Types = Types(64);
    /// The set of all JSON types.
    pub const ANY: Types = Types(127);

    /// Returns the union of two sets of JSON types.
    pub const fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    /// Returns true if two sets have a JSON type in common.
    pub const fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }
}
