//! Scanning and decoding the content of JSON strings with their escapes (RFC 8259 § 7).

use super::token::Fault;

/// The result of decoding a JSON string with escapes: its end, or the fault in it.
pub(crate) struct Quoted {
    /// The offset after the closing quote of a JSON string, or the offset of the fault in the string.
    pub(crate) end: usize,
    pub(crate) fault: Option<Fault>,
}

const ONES: u64 = u64::MAX / 255;

/// Returns the offset of the first byte at or after `at` that needs treatment in a JSON string: a quote, a
/// backslash or a control character. Returns the end of `bytes` if there is none.
///
/// The search compares eight bytes at a time.
#[inline]
pub(crate) fn run_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let word = u64::from_le_bytes(*chunk);
        let found = (zeros(word ^ (ONES * 0x22)) | zeros(word ^ (ONES * 0x5c)) | below_space(word)) & (ONES * 0x80);
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b'"' | b'\\' | 0..0x20) {
            break;
        }
        at += 1;
    }
    at
}

/// Finds the zero bytes among the eight bytes of `word`: in the result, the highest bit of each of them is set.
/// Only the lowest of these bits is exact.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word
}

/// Finds the bytes below 0x20 among the eight bytes of `word`: in the result, the highest bit of each of them is
/// set. Only the lowest of these bits is exact.
#[inline]
fn below_space(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word
}

/// Decodes a JSON string with escapes into `plain`. `start` is the offset of the byte after the opening quote.
pub(crate) fn unescape(text: &str, start: usize, plain: &mut String) -> Quoted {
    plain.clear();
    let bytes = text.as_bytes();
    let mut at = start;
    loop {
        let end = run_end(bytes, at);
        plain.push_str(text.get(at..end).unwrap_or_default());
        at = end;
        match bytes.get(at) {
            Some(b'"') => return Quoted { end: at + 1, fault: None },
            Some(b'\\') => match escape(bytes, at + 1) {
                Ok((c, end)) => {
                    plain.push(c);
                    at = end;
                }
                Err(fault) => return Quoted { end: at, fault: Some(fault) },
            },
            Some(_) => return Quoted { end: at, fault: Some(Fault::Control) },
            None => return Quoted { end: at, fault: Some(Fault::End) },
        }
    }
}

/// Decodes an escape of a JSON string, whose backslash is before `at`. Returns the character and the offset
/// after the escape.
fn escape(bytes: &[u8], at: usize) -> Result<(char, usize), Fault> {
    let c = match bytes.get(at) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(bytes, at + 1),
        Some(_) => return Err(Fault::Escape),
        None => return Err(Fault::End),
    };
    Ok((c, at + 1))
}

/// Decodes the four hexadecimal digits of a `\u` escape, or two such escapes that form a surrogate pair.
fn unicode(bytes: &[u8], at: usize) -> Result<(char, usize), Fault> {
    let first = four(bytes, at)?;
    if let Some(c) = char::from_u32(first) {
        return Ok((c, at + 4));
    }
    if first >= 0xdc00 || bytes.get(at + 4..at + 6) != Some(b"\\u") {
        return Err(Fault::Surrogate);
    }
    let second = four(bytes, at + 6)?;
    if !(0xdc00..0xe000).contains(&second) {
        return Err(Fault::Surrogate);
    }
    let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    char::from_u32(code).map(|c| (c, at + 10)).ok_or(Fault::Surrogate)
}

fn four(bytes: &[u8], at: usize) -> Result<u32, Fault> {
    let digits = bytes.get(at..at + 4).ok_or(Fault::End)?;
    digits.iter().try_fold(0, |value, digit| {
        let digit = char::from(*digit).to_digit(16).ok_or(Fault::Escape)?;
        Ok(value << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::run_end;

    #[test]
    fn a_run_ends_at_a_special_byte_at_any_offset() {
        for special in [b'"', b'\\', 0, 0x1f, b'\n'] {
            for at in 0..40 {
                let mut bytes = vec![b'~'; 40];
                bytes[at] = special;
                assert_eq!(run_end(&bytes, 0), at);
                assert_eq!(run_end(&bytes, at + 1), 40);
            }
        }
        let harmless: Vec<u8> = (0x20..=0xff).filter(|byte| !b"\"\\".contains(byte)).collect();
        assert_eq!(run_end(&harmless, 0), harmless.len());
        assert_eq!(run_end(&[], 0), 0);
        assert_eq!(run_end(b"abc", 9), 9);
    }
}
