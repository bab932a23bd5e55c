//! `oneOf`, `anyOf` and discriminators.

/// One branch of a union and what decides whether a value can be meant for it.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// Its name in messages.
    pub name: &'static str,
    /// The JSON types that it takes.
    pub types: Types,
    /// The fields that an object must have.
    pub required: &'static [&'static str],
    /// Fields with a constant value, as JSON text.
    pub consts: &'static [(&'static str, &'static str)],
}

impl Branch {
    /// A branch that takes everything.
    pub const NONE: Branch = Branch { name: "", types: Types::ANY, required: &[], consts: &[] };
}

/// A set of JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Types(u8);

impl Types {
    /// `null`.
    pub const NULL: Types = Types(1);
    /// `true` and `false`.
    pub const BOOL: Types = Types(2);
    /// Numbers, integers among them.
    pub const NUMBER: Types = Types(4 | 8);
    /// Numbers without a fraction.
    pub const INTEGER: Types = Types(8);
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
