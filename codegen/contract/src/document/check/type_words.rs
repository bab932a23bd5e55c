//! The words that contracts write as the `type` of a schema although OpenAPI does not define them.

/// The meaning of a word that is not a type of OpenAPI.
pub(super) struct TypeWord {
    /// The type of OpenAPI that the word means.
    pub name: &'static str,
    /// The format that the word means; `None` if it means only a type.
    pub format: Option<&'static str>,
}

/// The words that mean a type of OpenAPI, by lower-case name: names of other languages, and formats.
const WORDS: &[(&str, &str, Option<&str>)] = &[
    ("int", "integer", None),
    ("int32", "integer", Some("int32")),
    ("int64", "integer", Some("int64")),
    ("long", "integer", Some("int64")),
    ("short", "integer", Some("int32")),
    ("float", "number", Some("float")),
    ("double", "number", Some("double")),
    ("decimal", "number", None),
    ("bool", "boolean", None),
    ("str", "string", None),
    ("text", "string", None),
    ("char", "string", None),
    ("varchar", "string", None),
    ("enum", "string", None),
    ("date", "string", Some("date")),
    ("time", "string", Some("time")),
    ("datetime", "string", Some("date-time")),
    ("date-time", "string", Some("date-time")),
    ("timestamp", "string", Some("date-time")),
    ("uuid", "string", Some("uuid")),
    ("email", "string", Some("email")),
    ("uri", "string", Some("uri")),
    ("url", "string", Some("uri")),
    ("byte", "string", Some("byte")),
    ("binary", "string", Some("binary")),
    ("file", "string", Some("binary")),
    ("list", "array", None),
    ("dict", "object", None),
    ("map", "object", None),
];

/// Returns the meaning of a word that is not a type of OpenAPI, if it has only one: `integer` for `int`.
pub(super) fn type_word(word: &str) -> Option<TypeWord> {
    let lower = word.to_ascii_lowercase();
    let (_, name, format) = WORDS.iter().find(|(known, ..)| *known == lower)?;
    Some(TypeWord { name, format: *format })
}
