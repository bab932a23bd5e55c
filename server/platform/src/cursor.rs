//! Pagination cursors: opaque, versioned and signed strings, so that clients cannot forge or change them.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use hmac::{Hmac, Mac};
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use writ_runtime::BadCursor;

use crate::config::parse::decoded;
use crate::random;

/// The version of the binary layout of a pagination cursor, stored in its first byte. A cursor with another
/// version is rejected.
const VERSION: u8 = 2;

/// The length of the truncated signature of a pagination cursor: 16 bytes, which are 128 bits.
const SIGNATURE_LENGTH: usize = 16;

/// The encoder and decoder of pagination cursors. Clones share the signing key.
///
/// ```
/// use writ_platform::cursor::{Cursor, Cursors, SortValue, filter_hash};
///
/// let cursors = Cursors::new(None);
/// let filter = filter_hash([Some("admin")]);
/// let cursor = Cursor { sort: "events:+name".into(), filter, total: Some(7), values: vec![SortValue::Text("Ada".into())] };
///
/// let text = cursors.seal(&cursor);
/// assert_eq!(cursors.open(&text, "events:+name", filter), Ok(cursor));
/// // A cursor is not valid for another sort order.
/// assert!(cursors.open(&text, "events:-name", filter).is_err());
/// ```
#[derive(Clone)]
pub struct Cursors(Hmac<Sha256>);

/// The content of a pagination cursor: the last row of a page. The next page starts after this row.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// The name and sort order of the list that a pagination cursor belongs to, for example
    /// `events:-opens,+name`. The cursor is valid only for this list and sort order.
    pub sort: String,
    /// The hash of the filters of the list that a pagination cursor belongs to, as [`filter_hash`] returns it.
    pub filter: [u8; 8],
    /// The number of elements in the list when the walk over its pages began, if it is known.
    pub total: Option<u64>,
    /// The last row of the page before a pagination cursor: the values of the row in the sort columns. The
    /// unique id comes last.
    pub values: Vec<SortValue>,
}

/// The value of one row in one sort column, as a pagination cursor contains it.
#[derive(Debug, Clone, PartialEq)]
pub enum SortValue {
    /// A value in a pagination cursor from a text column.
    Text(String),
    /// The cursor value of a timestamp column: the microseconds of the timestamp, the precision that PostgreSQL stores.
    Time(DateTime<Utc>),
    /// A value in a pagination cursor from a date column.
    Date(NaiveDate),
    /// A value in a pagination cursor from a decimal column.
    Decimal(Decimal),
    /// A value in a pagination cursor from an integer column.
    Integer(i64),
    /// A value in a pagination cursor from a column of floating-point numbers.
    Number(f64),
    /// A value in a pagination cursor from a boolean column, in which `false` comes before `true`.
    Boolean(bool),
    /// A value in a pagination cursor from a UUID column.
    Id(Uuid),
}

impl fmt::Debug for Cursors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursors")
    }
}

/// Returns a hash of a list's filters. A pagination cursor contains the hash, so that it is valid only for these
/// filters.
///
/// The caller must pass the filters in one fixed sequence. An absent filter (`None`) and an empty filter
/// (`Some("")`)
/// have different hashes.
pub fn filter_hash<'a>(filters: impl IntoIterator<Item = Option<&'a str>>) -> [u8; 8] {
    let mut hash = Sha256::new();
    for filter in filters {
        // The length in front of each text makes the filters `ab`, `c` different from `a`, `bc`.
        hash.update(filter.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
        hash.update(filter.unwrap_or_default());
    }
    let mut short = [0; 8];
    short.copy_from_slice(&hash.finalize()[..8]);
    short
}

/// Returns a hash of the statement of a list and the values of its filters, for the use of [`filter_hash`].
#[cfg(feature = "postgres")]
pub(crate) fn value_hash(statement: &str, values: &[SortValue]) -> [u8; 8] {
    let mut bytes = Vec::new();
    put(&mut bytes, statement.as_bytes());
    values.iter().for_each(|value| value.put(&mut bytes));
    let mut short = [0; 8];
    short.copy_from_slice(&Sha256::digest(&bytes)[..8]);
    short
}

impl Cursors {
    /// Creates an encoder and decoder of pagination cursors with `key`, 32 bytes in base64.
    ///
    /// Without a key the process generates a random one, and its cursors are valid only until the process ends.
    pub fn new(key: Option<&SecretString>) -> Cursors {
        let key = key.and_then(|key| decoded(key.expose_secret())).unwrap_or_else(|| random::bytes::<32>().to_vec());
        // The signing key is derived for cursors alone, so that the configured key is never used for two
        // purposes.
        let mut derived = keyed(&key);
        derived.update(b"writ cursor v1");
        Cursors(keyed(&derived.finalize().into_bytes()))
    }

    /// Encodes and signs a pagination cursor as base64url text without padding (RFC 4648 § 5).
    pub fn seal(&self, cursor: &Cursor) -> String {
        let mut bytes = vec![VERSION];
        put(&mut bytes, cursor.sort.as_bytes());
        bytes.extend_from_slice(&cursor.filter);
        // A list has fewer elements than the largest number, which stands for an unknown total.
        bytes.extend_from_slice(&cursor.total.unwrap_or(u64::MAX).to_be_bytes());
        for value in &cursor.values {
            value.put(&mut bytes);
        }
        let signature = self.0.clone().chain_update(&bytes).finalize().into_bytes();
        bytes.extend_from_slice(&signature[..SIGNATURE_LENGTH]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Decodes a pagination cursor and checks that it belongs to the list with this sort order and filter hash.
    ///
    /// # Errors
    /// Returns [`BadCursor::Unreadable`] if this service has not signed the text, and [`BadCursor::OtherList`]
    /// if the cursor belongs to another list, sort order or filter.
    pub fn open(&self, text: &str, sort: &str, filter: [u8; 8]) -> Result<Cursor, BadCursor> {
        let cursor = self.read(text).ok_or(BadCursor::Unreadable)?;
        if cursor.sort == sort && cursor.filter == filter { Ok(cursor) } else { Err(BadCursor::OtherList) }
    }

    /// Decodes a pagination cursor of any list. Returns `None` if its signature or layout is not valid.
    fn read(&self, text: &str) -> Option<Cursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (bytes, signature) = bytes.split_last_chunk::<SIGNATURE_LENGTH>()?;
        self.0.clone().chain_update(bytes).verify_truncated_left(signature).ok()?;
        let (version, mut rest) = bytes.split_first()?;
        if *version != VERSION {
            return None;
        }
        let sort = String::from_utf8(take(&mut rest)?.to_vec()).ok()?;
        let filter = *rest.split_off(..8)?.first_chunk()?;
        let total = Some(u64::from_be_bytes(fixed(&mut rest)?)).filter(|total| *total != u64::MAX);
        let mut values = Vec::new();
        while !rest.is_empty() {
            values.push(SortValue::take(&mut rest)?);
        }
        Some(Cursor { sort, filter, total, values })
    }
}

impl SortValue {
    fn put(&self, bytes: &mut Vec<u8>) {
        match self {
            SortValue::Text(text) => {
                bytes.push(b't');
                put(bytes, text.as_bytes());
            }
            SortValue::Time(time) => {
                bytes.push(b'm');
                bytes.extend_from_slice(&time.timestamp_micros().to_be_bytes());
            }
            SortValue::Date(date) => {
                bytes.push(b'y');
                bytes.extend_from_slice(&date.num_days_from_ce().to_be_bytes());
            }
            SortValue::Decimal(decimal) => {
                bytes.push(b'd');
                bytes.extend_from_slice(&decimal.serialize());
            }
            SortValue::Integer(integer) => {
                bytes.push(b'i');
                bytes.extend_from_slice(&integer.to_be_bytes());
            }
            SortValue::Number(number) => {
                bytes.push(b'f');
                bytes.extend_from_slice(&number.to_be_bytes());
            }
            SortValue::Boolean(boolean) => bytes.extend_from_slice(&[b'b', u8::from(*boolean)]),
            SortValue::Id(id) => {
                bytes.push(b'u');
                bytes.extend_from_slice(id.as_bytes());
            }
        }
    }

    fn take(bytes: &mut &[u8]) -> Option<SortValue> {
        Some(match bytes.split_off_first()? {
            b't' => SortValue::Text(String::from_utf8(take(bytes)?.to_vec()).ok()?),
            b'm' => SortValue::Time(DateTime::from_timestamp_micros(i64::from_be_bytes(fixed(bytes)?))?),
            b'y' => SortValue::Date(NaiveDate::from_num_days_from_ce_opt(i32::from_be_bytes(fixed(bytes)?))?),
            b'd' => SortValue::Decimal(Decimal::deserialize(fixed(bytes)?)),
            b'i' => SortValue::Integer(i64::from_be_bytes(fixed(bytes)?)),
            b'f' => SortValue::Number(f64::from_be_bytes(fixed(bytes)?)),
            b'b' => SortValue::Boolean(fixed::<1>(bytes)? != [0]),
            b'u' => SortValue::Id(Uuid::from_bytes(fixed(bytes)?)),
            _ => return None,
        })
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length (RFC 2104 § 3)")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("a key of any length")
}

/// Appends a text to the bytes of a pagination cursor: its length in two bytes, then the text. A text is
/// truncated to 65,535 bytes; PostgreSQL cannot index longer values either.
fn put(bytes: &mut Vec<u8>, text: &[u8]) {
    let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&text[..usize::from(length)]);
}

/// Takes a text from the start of a pagination cursor's bytes: a length in two bytes, then a text of that
/// length.
fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u16::from_be_bytes(fixed(bytes)?);
    bytes.split_off(..usize::from(length))
}

/// Takes `N` bytes from the start of a pagination cursor's bytes. Returns `None` if fewer bytes are left.
fn fixed<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    bytes.split_off(..N)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        Cursor {
            sort: "events:-createdAt,+name".to_owned(),
            filter: filter_hash([Some("admin"), None]),
            total: Some(42),
            values: vec![
                SortValue::Time(DateTime::from_timestamp_micros(1_768_469_400_123_456).unwrap()),
                SortValue::Text("Ünal \"x\"".to_owned()),
                SortValue::Date(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()),
                SortValue::Decimal("19.99".parse().unwrap()),
                SortValue::Integer(-7),
                SortValue::Number(-0.1),
                SortValue::Boolean(true),
                SortValue::Boolean(false),
                SortValue::Id(Uuid::now_v7()),
            ],
        }
    }

    #[test]
    fn a_sealed_cursor_is_opened_unchanged() {
        let cursors = Cursors::new(None);
        let cursor = cursor();
        let text = cursors.seal(&cursor);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
        assert_eq!(cursors.open(&text, &cursor.sort, cursor.filter), Ok(cursor.clone()));
        let uncounted = Cursor { total: None, ..cursor };
        assert_eq!(cursors.open(&cursors.seal(&uncounted), &uncounted.sort, uncounted.filter), Ok(uncounted));
    }

    #[test]
    fn a_cursor_is_valid_only_for_its_list() {
        let cursors = Cursors::new(None);
        let cursor = cursor();
        let text = cursors.seal(&cursor);
        assert_eq!(cursors.open(&text, "events:+name", cursor.filter), Err(BadCursor::OtherList));
        assert_eq!(cursors.open(&text, &cursor.sort, filter_hash([None, None])), Err(BadCursor::OtherList));
    }

    #[test]
    fn a_changed_bit_invalidates_a_cursor() {
        let cursors = Cursors::new(None);
        let cursor = cursor();
        let bytes = URL_SAFE_NO_PAD.decode(cursors.seal(&cursor)).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut forged = bytes.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let forged = URL_SAFE_NO_PAD.encode(forged);
            assert_eq!(cursors.open(&forged, &cursor.sort, cursor.filter), Err(BadCursor::Unreadable), "bit {bit}");
        }
        for text in ["", "A", "AAAA", "not a cursor", &"A".repeat(1024)] {
            assert_eq!(cursors.open(text, "", [0; 8]), Err(BadCursor::Unreadable), "{text}");
        }
        let other = Cursors::new(None);
        assert_eq!(other.open(&cursors.seal(&cursor), &cursor.sort, cursor.filter), Err(BadCursor::Unreadable));
    }

    #[test]
    fn the_longest_cursor_has_the_length_that_the_contract_allows() {
        let longest = |length: usize| SortValue::Text("ü".repeat(length));
        let cursor = Cursor {
            sort: "events:+name,-email,+createdAt".to_owned(),
            filter: [0; 8],
            total: Some(u64::MAX - 1),
            values: vec![longest(100), SortValue::Text("e".repeat(254)), longest(0), SortValue::Id(Uuid::nil())],
        };
        assert!(Cursors::new(None).seal(&cursor).len() <= 1024);
    }

    #[test]
    fn adjacent_filters_have_distinct_hashes() {
        assert_ne!(filter_hash([Some("ab"), Some("c")]), filter_hash([Some("a"), Some("bc")]));
        assert_ne!(filter_hash([None]), filter_hash([Some("")]));
    }
}
