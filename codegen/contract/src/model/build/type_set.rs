//! Sets of JSON Schema types, which the composition of schemas intersects.

/// A set of JSON Schema types, such as `string` and `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TypeSet(u8);

impl TypeSet {
    pub const NONE: TypeSet = TypeSet(0);
    pub const NULL: TypeSet = TypeSet(1);
    pub const BOOLEAN: TypeSet = TypeSet(2);
    pub const INTEGER: TypeSet = TypeSet(4);
    /// The JSON Schema type `number`, which includes `integer`.
    pub const NUMBER: TypeSet = TypeSet(8 | 4);
    pub const STRING: TypeSet = TypeSet(16);
    pub const ARRAY: TypeSet = TypeSet(32);
    pub const OBJECT: TypeSet = TypeSet(64);

    /// Returns the set of one JSON Schema type by its name; `None` if the name is unknown.
    pub fn named(name: &str) -> Option<TypeSet> {
        Some(match name {
            "null" => TypeSet::NULL,
            "boolean" => TypeSet::BOOLEAN,
            "integer" => TypeSet::INTEGER,
            "number" => TypeSet::NUMBER,
            "string" => TypeSet::STRING,
            "array" => TypeSet::ARRAY,
            "object" => TypeSet::OBJECT,
            _ => return None,
        })
    }

    /// Returns the intersection of two sets of types.
    pub fn and(self, other: TypeSet) -> TypeSet {
        TypeSet(self.0 & other.0)
    }

    /// Returns the union of two sets of types.
    pub fn or(self, other: TypeSet) -> TypeSet {
        TypeSet(self.0 | other.0)
    }

    /// Returns the JSON types of the set that are not in another set.
    pub fn without(self, other: TypeSet) -> TypeSet {
        TypeSet(self.0 & !other.0)
    }

    /// Returns true if the set contains all JSON types of another set.
    pub fn has(self, other: TypeSet) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns the JSON types of the set in words, for messages: `a string or a number`.
    pub fn words(self) -> String {
        let word = |one: TypeSet| match one {
            TypeSet::NULL => "null",
            TypeSet::BOOLEAN => "a boolean",
            TypeSet::INTEGER => "an integer",
            TypeSet::NUMBER => "a number",
            TypeSet::STRING => "a string",
            TypeSet::ARRAY => "an array",
            _ => "an object",
        };
        self.each().into_iter().map(word).collect::<Vec<_>>().join(" or ")
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the types of the set as separate sets; `number` includes `integer`.
    pub fn each(self) -> Vec<TypeSet> {
        let all = [
            TypeSet::NULL,
            TypeSet::BOOLEAN,
            TypeSet::NUMBER,
            TypeSet::INTEGER,
            TypeSet::STRING,
            TypeSet::ARRAY,
            TypeSet::OBJECT,
        ];
        let mut left = self;
        all.into_iter()
            .filter(|one| {
                let found = left.has(*one) && !one.is_empty();
                if found {
                    left = left.without(*one);
                }
                found
            })
            .collect()
    }
}
