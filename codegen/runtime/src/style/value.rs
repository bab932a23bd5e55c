//! Conversion of typed values, via their JSON text, to values whose scalars are strings.
//!
//! The code that writes parameters by their styles takes such values, so that it is compiled once and not for
//! each type.

use std::borrow::Cow;

use crate::json::{Kind, Scan, TextValue, Unwritable, Write, Writer, next_key};

/// Returns the JSON text of the typed value of a parameter or field.
///
/// # Errors
///
/// Returns an error if JSON or the format of the value cannot represent it.
pub(crate) fn json(value: &dyn Write) -> Result<Vec<u8>, Unwritable> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish()
}

/// Converts a JSON text into a value whose scalars are strings, or returns `None` if the text is not valid.
/// Numbers keep their spelling.
pub(crate) fn text_value(json: &[u8]) -> Option<TextValue<'static>> {
    read(&mut Scan::new(std::str::from_utf8(json).ok()?))
}

/// Returns the names of the fields of a JSON object with the JSON text of each value.
#[cfg(feature = "client")]
pub(crate) fn fields(json: &[u8]) -> Option<Vec<(String, &str)>> {
    let mut scan = Scan::new(std::str::from_utf8(json).ok()?);
    let mut fields = Vec::new();
    while let Some(key) = next_key(&mut scan, fields.is_empty()).ok()?.map(str::to_owned) {
        scan.peek().ok()?;
        fields.push((key, scan.skip(usize::MAX).ok()?));
    }
    Some(fields)
}

/// Returns the string of a parameter's value if it is a scalar, or `None` if it is a list or a map.
#[cfg(feature = "client")]
pub(crate) fn scalar<'v>(value: &'v TextValue<'_>) -> Option<&'v str> {
    match value {
        TextValue::Scalar(text) => Some(text),
        TextValue::Null | TextValue::List(_) | TextValue::Map(_) => None,
    }
}

fn read(scan: &mut Scan<'_>) -> Option<TextValue<'static>> {
    let owned = |text: String| TextValue::Scalar(Cow::Owned(text));
    Some(match scan.peek().ok()? {
        Kind::Null => scan.null().ok().map(|()| TextValue::Null)?,
        Kind::Bool => owned(scan.bool().ok()?.to_string()),
        Kind::Number => owned(scan.number().ok()?.to_owned()),
        Kind::String => owned(scan.string().ok()?.to_owned()),
        Kind::Array => {
            let mut list = Vec::new();
            let mut more = scan.array_first().ok()?;
            while more {
                list.push(read(scan)?);
                more = scan.array_step().ok()?;
            }
            TextValue::List(list)
        }
        Kind::Object => {
            let mut map = Vec::new();
            let mut first = true;
            while let Some(key) = next_key(scan, first).ok()?.map(str::to_owned) {
                first = false;
                map.push((Cow::Owned(key), read(scan)?));
            }
            TextValue::Map(map)
        }
    })
}

/// Returns JSON whose other characters than ASCII are escaped (RFC 8259 § 7), since a header should contain only ASCII
/// (RFC 9110 § 5.5).
pub(crate) fn ascii(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '\0'..='\x7f' => out.push(letter),
            _ => letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_a_header_has_escapes() {
        assert_eq!(ascii(r#"{"a":"\n é👍~"}"#), r#"{"a":"\n \u00e9\ud83d\udc4d~"}"#);
        assert_eq!(serde_json::from_str::<String>(&ascii("\"é👍\"")).unwrap(), "é👍");
    }

    #[test]
    fn numbers_keep_their_digits_in_conversion() {
        let scalar = |text: &'static str| TextValue::Scalar(text.into());
        let found = text_value(br#"{"a": [1.10, 12345678901234567890, true], "b": null, "c": {"d": "x\n"}}"#);
        let expected = TextValue::Map(vec![
            ("a".into(), TextValue::List(vec![scalar("1.10"), scalar("12345678901234567890"), scalar("true")])),
            ("b".into(), TextValue::Null),
            ("c".into(), TextValue::Map(vec![("d".into(), scalar("x\n"))])),
        ]);
        assert_eq!(found, Some(expected));
        assert_eq!(text_value(b"[1"), None);
    }
}
