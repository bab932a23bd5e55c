//! The kinds of JSON values that the scanner finds, and the faults that make a JSON text invalid.

/// The kind of a JSON value, which its first byte determines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// The reason why a JSON text is not valid.
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

/// The result of scanning a JSON token: the token, or the fault that makes the text invalid.
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
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Fault::End => "it ends too early",
            Fault::Value => "a value is expected",
            Fault::Word => "`true`, `false` or `null` is misspelled",
            Fault::Number => "a number is incomplete or begins with a zero",
            Fault::Key => "a key in double quotes is expected",
            Fault::Colon => "`:` is expected",
            Fault::ArrayEnd => "`,` or `]` is expected",
            Fault::ObjectEnd => "`,` or `}` is expected",
            Fault::TrailingComma => "a trailing comma is not allowed",
            Fault::TrailingData => "other text follows the value",
            Fault::Control => "a string contains a control character",
            Fault::Escape => "a string contains an unknown escape sequence",
            Fault::Surrogate => "a string contains an unpaired surrogate",
            Fault::TooDeep => "it is nested too deeply",
        }
    }
}
