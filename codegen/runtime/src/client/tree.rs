//! A written value taken apart again, its scalars as text: what the styles of parameters put together.

use crate::json::{Kind, Scan, Write, Writer, next_key};

/// A value, its scalars as they are spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    Null,
    Scalar(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

/// The JSON text of a value.
pub(super) fn json(value: &dyn Write) -> Vec<u8> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish()
}

/// The value that a JSON text is. Numbers keep their digits.
pub(super) fn tree(json: &[u8]) -> Option<Tree> {
    read(&mut Scan::new(std::str::from_utf8(json).ok()?))
}

/// The fields of a JSON object, the text of each as it is spelled.
pub(super) fn fields(json: &[u8]) -> Option<Vec<(String, &str)>> {
    let mut scan = Scan::new(std::str::from_utf8(json).ok()?);
    let mut fields = Vec::new();
    while let Some(key) = next_key(&mut scan, fields.is_empty()).ok()?.map(str::to_owned) {
        scan.peek().ok()?;
        fields.push((key, scan.skip(usize::MAX).ok()?));
    }
    Some(fields)
}

fn read(scan: &mut Scan<'_>) -> Option<Tree> {
    Some(match scan.peek().ok()? {
        Kind::Null => scan.null().ok().map(|()| Tree::Null)?,
        Kind::Bool => Tree::Scalar(scan.bool().ok()?.to_string()),
        Kind::Number => Tree::Scalar(scan.number().ok()?.to_owned()),
        Kind::String => Tree::Scalar(scan.string().ok()?.to_owned()),
        Kind::Array => {
            let mut list = Vec::new();
            let mut more = scan.array_first().ok()?;
            while more {
                list.push(read(scan)?);
                more = scan.array_step().ok()?;
            }
            Tree::List(list)
        }
        Kind::Object => {
            let mut map = Vec::new();
            let mut first = true;
            while let Some(key) = next_key(scan, first).ok()?.map(str::to_owned) {
                first = false;
                map.push((key, read(scan)?));
            }
            Tree::Map(map)
        }
    })
}

impl Tree {
    /// The text of a scalar; nothing of null.
    pub(super) fn scalar(&self) -> Option<&str> {
        match self {
            Tree::Null => Some(""),
            Tree::Scalar(text) => Some(text),
            Tree::List(_) | Tree::Map(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_taken_apart_and_numbers_keep_their_digits() {
        let scalar = |text: &str| Tree::Scalar(text.to_owned());
        let found = tree(br#"{"a": [1.10, 12345678901234567890, true], "b": null, "c": {"d": "x\n"}}"#);
        let expected = Tree::Map(vec![
            ("a".into(), Tree::List(vec![scalar("1.10"), scalar("12345678901234567890"), scalar("true")])),
            ("b".into(), Tree::Null),
            ("c".into(), Tree::Map(vec![("d".into(), scalar("x\n"))])),
        ]);
        assert_eq!(found, Some(expected));
        assert_eq!(tree(b"[1"), None);
    }
}
