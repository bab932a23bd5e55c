//! Sets of JSON types, which describe the values that a schema allows.

/// A set of JSON types, for example the types that an alternative of a `oneOf` allows.
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
    /// The JSON Schema type `null` in a set of types.
    pub const NULL: Types = Types(1);
    /// The JSON Schema type `boolean` in a set of types.
    pub const BOOL: Types = Types(2);
    /// The JSON Schema type `number` in a set of types, which includes the integers.
    pub const NUMBER: Types = Types(4 | 8);
    /// The JSON Schema type `integer` in a set of types.
    pub const INTEGER: Types = Types(8);
    /// The type of a JSON number with a fraction. Only values have this type; schemas name `number` instead.
    pub(crate) const FRACTION: Types = Types(4);
    /// The JSON Schema type `string` in a set of types.
    pub const STRING: Types = Types(16);
    /// The JSON Schema type `array` in a set of types.
    pub const ARRAY: Types = Types(32);
    /// The JSON Schema type `object` in a set of types.
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
