//! The headers of a part of a multipart body (RFC 7578 § 4, RFC 2046 § 5.1).

use http::{HeaderName, HeaderValue, header};

use super::disposition::Disposition;

/// The maximum number of headers of a part.
const MAX_HEADERS: usize = 64;

/// The headers of a part of a multipart body, with the names that its `Content-Disposition` contains.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PartHead {
    /// The headers of the part in the order of the body.
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The names in the header `Content-Disposition` of the part.
    pub(super) disposition: Disposition,
}

impl PartHead {
    /// Parses the header block of a part: header lines that each end in a line break.
    ///
    /// # Errors
    ///
    /// Returns a message if the block is malformed, or if a header that describes the content is repeated, because
    /// two receivers could then read the part in two ways.
    pub(super) fn parse(block: &[u8]) -> Result<PartHead, &'static str> {
        const MALFORMED: &str = "a header of a part is malformed";
        let text = std::str::from_utf8(block).map_err(|_| "a header of a part is not UTF-8")?;
        let mut head = PartHead::default();
        for line in unfolded(text) {
            let (name, value) = line.split_once(':').ok_or(MALFORMED)?;
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| MALFORMED)?;
            let value = HeaderValue::from_bytes(value.trim().as_bytes()).map_err(|_| MALFORMED)?;
            let describes = name == header::CONTENT_DISPOSITION || name == header::CONTENT_TYPE;
            if describes && head.header(name.as_str()).is_some() {
                return Err("the Content-Disposition or Content-Type of a part is repeated");
            }
            if head.headers.len() == MAX_HEADERS {
                return Err("a part has too many headers");
            }
            head.headers.push((name, value));
        }
        if let Some(value) = head.header(header::CONTENT_DISPOSITION.as_str()) {
            head.disposition = Disposition::parse(value)?;
        }
        Ok(head)
    }

    /// Returns the first header with this name, or `None` if the part has no such header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(known, _)| known.as_str().eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value.as_bytes()).ok()
    }
}

/// Returns the lines of a header block. A line that begins with white space continues the one before it
/// (RFC 5322 § 2.2.3).
fn unfolded(block: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in block.split_terminator("\r\n") {
        match lines.last_mut() {
            Some(before) if line.starts_with([' ', '\t']) => {
                before.push(' ');
                before.push_str(line.trim());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(block: &str) -> Result<PartHead, &'static str> {
        PartHead::parse(block.as_bytes())
    }

    #[test]
    fn header_names_have_no_case_and_lines_can_be_folded() {
        let head = parse("CONTENT-disposition: form-data;\r\n\tname=a\r\nContent-Type:text/plain\r\nx-é: b\r\n");
        assert_eq!(head, Err("a header of a part is malformed"));
        let head =
            parse("CONTENT-disposition: form-data;\r\n\tname=a\r\nContent-Type:text/plain\r\nx-b: é\r\n").unwrap();
        assert_eq!(head.disposition.name.as_deref(), Some("a"));
        assert_eq!((head.header("content-type"), head.header("X-B")), (Some("text/plain"), Some("é")));
        assert_eq!(parse(""), Ok(PartHead::default()));
    }

    #[test]
    fn a_malformed_or_repeated_header_is_rejected() {
        for block in ["a\r\n", " a: b\r\n", ": b\r\n", "a b: c\r\n", "a : b\r\n", "a: b\nc: d\r\n", "a: \0\r\n"] {
            assert_eq!(parse(block), Err("a header of a part is malformed"), "{block:?}");
        }
        let twice = "the Content-Disposition or Content-Type of a part is repeated";
        assert_eq!(parse("content-type: a/b\r\nContent-Type: a/b\r\n"), Err(twice));
        assert_eq!(parse("content-disposition: a\r\nContent-Disposition: b\r\n"), Err(twice));
        assert_eq!(PartHead::parse(b"a: \xff\r\n"), Err("a header of a part is not UTF-8"));
        assert_eq!(parse(&"a: b\r\n".repeat(65)), Err("a part has too many headers"));
        assert!(parse(&"a: b\r\n".repeat(64)).is_ok());
    }
}
