//! A written value as the text of a header: style `simple` (OpenAPI 3.0.3 § 4.7.12.3, RFC 6570 § 3.2.2).

use super::object::next_key;
use super::scan::{Fault, Kind, Scan};

/// Why a value cannot stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// A list or an object within one.
    Nested,
    /// An element with a comma, which would be two.
    Comma,
    /// No JSON.
    Broken,
}

impl From<Fault> for Unfit {
    fn from(_: Fault) -> Unfit {
        Unfit::Broken
    }
}

/// The text of a JSON value: `a`, `a,b`, `k,v` or exploded `k=v`. Nothing for null and what is empty.
pub(crate) fn simple(json: &str, explode: bool) -> Result<Option<String>, Unfit> {
    let mut scan = Scan::new(json);
    let mut parts: Vec<String> = Vec::new();
    match scan.peek()? {
        Kind::Null => return Ok(None),
        Kind::Array => {
            let mut more = scan.array_first()?;
            while more {
                parts.push(element(&mut scan)?);
                more = scan.array_step()?;
            }
        }
        Kind::Object => {
            let mut first = true;
            while let Some(key) = next_key(&mut scan, first)?.map(str::to_owned) {
                first = false;
                let value = element(&mut scan)?;
                match explode {
                    true => parts.push(format!("{key}={value}")),
                    false => parts.extend([key, value]),
                }
            }
        }
        _ => return scalar(&mut scan).map(Some),
    }
    Ok(Some(parts.join(",")).filter(|text| !text.is_empty()))
}

fn element(scan: &mut Scan<'_>) -> Result<String, Unfit> {
    let text = scalar(scan)?;
    if text.contains(',') { Err(Unfit::Comma) } else { Ok(text) }
}

fn scalar(scan: &mut Scan<'_>) -> Result<String, Unfit> {
    Ok(match scan.peek()? {
        Kind::Null => scan.null().map(|()| String::new())?,
        Kind::Bool => scan.bool()?.to_string(),
        Kind::Number => scan.number()?.to_owned(),
        Kind::String => scan.string()?.to_owned(),
        Kind::Array | Kind::Object => return Err(Unfit::Nested),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_objects_stand_with_commas_between() {
        assert_eq!(simple(r#"["a",1,true]"#, false), Ok(Some("a,1,true".to_owned())));
        assert_eq!(simple(r#"{"a":1,"b":"c"}"#, false), Ok(Some("a,1,b,c".to_owned())));
        assert_eq!(simple(r#"{"a":1,"b":"c"}"#, true), Ok(Some("a=1,b=c".to_owned())));
        assert_eq!(simple(r#""a,b""#, false), Ok(Some("a,b".to_owned())));
        assert_eq!((simple("null", false), simple("[]", false)), (Ok(None), Ok(None)));
    }

    #[test]
    fn what_would_read_as_something_else_is_refused() {
        assert_eq!(simple(r#"["a,b"]"#, false), Err(Unfit::Comma));
        assert_eq!(simple("[[1]]", false), Err(Unfit::Nested));
        assert_eq!(simple("", false), Err(Unfit::Broken));
    }
}
