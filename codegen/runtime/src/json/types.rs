//! The JSON types of a value, as a set.

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types(u8);

impl Types {
    /// None.
    pub const NONE: Types = Types(0);
    /// `null`.
    pub const NULL: Types = Types(1);
    /// `true` and `false`.
    pub const BOOL: Types = Types(2);
    /// Numbers, integers among them.
    pub const NUMBER: Types = Types(4 | 8);
    /// Numbers without a fraction.
    pub const INTEGER: Types = Types(8);
    /// Numbers with a fraction: what a value is, not what a schema asks for.
    pub(crate) const FRACTION: Types = Types(4);
    /// Strings.
    pub const STRING: Types = Types(16);
    /// Arrays.
    pub const ARRAY: Types = Types(32);
    /// Objects.
    pub const OBJECT: Types = Types(64);
    /// All of them.
    pub const ANY: Types = Types(127);

    /// Both sets together.
    pub const fn or(self, other: Types) -> Types {
        Types(self.0 | other.0)
    }

    /// Whether the sets share a type.
    pub const fn meets(self, other: Types) -> bool {
        self.0 & other.0 != 0
    }
}
