//! The kinds of JSON values, and the reasons why bytes are not JSON.

/// The kind of a value, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// The reason why the bytes are not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    End,
    Value,
    Word,
    Number,
    Key,
    Colon,
    ArrayEnd,
    ObjectEnd,
    TrailingComma,
    TrailingData,
    Control,
    Escape,
    Surrogate,
    TooDeep,
}

/// The result of scanning one token.
pub(crate) type Scanned<T> = Result<T, Fault>;

impl Kind {
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "a boolean",
            Kind::Number => "a number",
            Kind::String => "a string",
            Kind::Array => "an array",
            Kind::Object => "an object",
        }
    }
}

impl Fault {
    pub(crate) fn what(self) -> &'static str {
        match self {
            Fault::End => "it ends too early",
            Fault::Value => "a value is expected",
            Fault::Word => "`true`, `false` or `null` is misspelt",
            Fault::Number => "a number is incomplete or begins with a zero",
            Fault::Key => "a key in double quotes is expected",
            Fault::Colon => "`:` is expected",
            Fault::ArrayEnd => "`,` or `]` is expected",
            Fault::ObjectEnd => "`,` or `}` is expected",
            Fault::TrailingComma => "nothing follows a comma",
            Fault::TrailingData => "something follows the value",
            Fault::Control => "a string holds a control character",
            Fault::Escape => "a string holds an unknown escape",
            Fault::Surrogate => "a string holds half of a surrogate pair",
            Fault::TooDeep => "it nests too deep",
        }
    }
}
