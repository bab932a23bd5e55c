//! The writer of compact JSON, by which generated code serializes values.

use std::fmt;

use super::quoted::run_end;
use super::sparse_fieldset::SparseFieldset;
use super::unwritable::{Fault, Unwritable};

/// A writer of one JSON value, without white space.
///
/// ```
/// use writ_runtime::Writer;
///
/// let mut writer = Writer::new();
/// writer.begin_object();
/// writer.key("tags");
/// writer.begin_array();
/// writer.string("new");
/// writer.end_array();
/// writer.end_object();
/// assert_eq!(writer.finish()?, br#"{"tags":["new"]}"#);
/// # Ok::<(), writ_runtime::Unwritable>(())
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
    /// True if a comma precedes the next element or key.
    comma: bool,
    /// The number of JSON arrays and objects that are open.
    depth: usize,
    sparse: Option<Box<SparseFieldset>>,
    /// The first value that JSON or its format cannot represent, or `None`.
    fault: Option<Box<Fault>>,
}

impl Writer {
    /// Creates an empty writer.
    pub fn new() -> Writer {
        Writer { out: Vec::with_capacity(256), ..Writer::default() }
    }

    /// Limits the written JSON to a sparse fieldset, the fields that the caller requested. It is called before
    /// anything is written; `None` keeps all fields.
    ///
    /// The sparse fieldset applies to the fields of the outermost object, of each object in an outermost array,
    /// or, after [`Writer::begin_page`], of each object in the list of the page.
    ///
    /// ```
    /// use writ_runtime::Writer;
    ///
    /// let mut writer = Writer::new();
    /// writer.keep_fields(Some(&["id".to_owned()]));
    /// writer.begin_object();
    /// writer.field("id", &7_i64);
    /// writer.field("name", &"Ann");
    /// writer.end_object();
    /// assert_eq!(writer.finish()?, br#"{"id":7}"#);
    /// # Ok::<(), writ_runtime::Unwritable>(())
    /// ```
    pub fn keep_fields(&mut self, fields: Option<&[String]>) {
        self.sparse = fields.map(|fields| Box::new(SparseFieldset::new(fields)));
    }

    /// Begins the JSON object of a page, whose elements are in the field `list`. A sparse fieldset then limits
    /// those elements.
    pub fn begin_page(&mut self, list: &'static str) {
        if self.depth == 0
            && let Some(sparse) = &mut self.sparse
        {
            sparse.limit_page(list);
        }
        self.begin_object();
    }

    /// Begins a JSON object.
    pub fn begin_object(&mut self) {
        self.begin(b'{');
    }

    /// Ends the innermost JSON object.
    pub fn end_object(&mut self) {
        self.drop_field();
        self.end(b'}');
    }

    /// Begins a JSON array.
    pub fn begin_array(&mut self) {
        self.begin(b'[');
    }

    /// Ends the innermost JSON array.
    pub fn end_array(&mut self) {
        self.end(b']');
    }

    /// Writes the key of a field of a JSON object. The caller must write the value next.
    pub fn key(&mut self, key: &str) {
        self.drop_field();
        if let Some(sparse) = &mut self.sparse {
            sparse.begin_field(key, self.depth, self.out.len(), self.comma);
        }
        if self.comma {
            self.out.push(b',');
        }
        self.quote(key);
        self.out.push(b':');
        self.comma = false;
    }

    /// Writes the key of a field that the schema does not declare. A key among `declared` would name another field of the
    /// object, or occur twice, which recipients read differently (RFC 8259 § 4), so such an object is not written.
    pub fn other_key(&mut self, key: &str, declared: &[&str]) {
        self.key(key);
        if declared.contains(&key) && self.fault.is_none() {
            let (at, value) = (self.out.len(), format!("the key {key:?}"));
            self.fault = Some(Box::new(Fault { at, value, reason: "is that of a declared property" }));
        }
    }

    /// Writes a JSON string with the necessary escapes.
    pub fn string(&mut self, value: &str) {
        self.separate();
        self.quote(value);
    }

    /// Writes a signed integer as a JSON number.
    pub fn int(&mut self, value: i64) {
        self.separate();
        let length = self.out.len();
        let written = serde_json::to_writer(&mut self.out, &value);
        settle(&mut self.out, length, written);
    }

    /// Writes an unsigned integer as a JSON number.
    pub fn uint(&mut self, value: u64) {
        self.separate();
        let length = self.out.len();
        let written = serde_json::to_writer(&mut self.out, &value);
        settle(&mut self.out, length, written);
    }

    /// Writes a 64-bit floating-point number. A number that is not finite is a fault, which [`Writer::finish`]
    /// returns, since JSON has no notation for it (RFC 8259 § 6).
    pub fn float(&mut self, value: f64) {
        self.separate();
        if !value.is_finite() {
            return self.refuse(&value, "is not a finite number, which JSON cannot represent");
        }
        let length = self.out.len();
        let written = serde_json::to_writer(&mut self.out, &value);
        settle(&mut self.out, length, written);
    }

    /// Writes a 32-bit floating-point number, with only as many digits as it needs. A number that is not finite is a
    /// fault, which [`Writer::finish`] returns.
    pub fn float32(&mut self, value: f32) {
        self.separate();
        if !value.is_finite() {
            return self.refuse(&value, "is not a finite number, which JSON cannot represent");
        }
        let length = self.out.len();
        let written = serde_json::to_writer(&mut self.out, &value);
        settle(&mut self.out, length, written);
    }

    /// Writes the JSON boolean `true` or `false`.
    pub fn bool(&mut self, value: bool) {
        self.raw(if value { "true" } else { "false" });
    }

    /// Writes JSON null.
    pub fn null(&mut self) {
        self.raw("null");
    }

    /// Writes a complete JSON text as the next value, without checking it.
    pub fn raw(&mut self, json: &str) {
        self.separate();
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Writes a JSON string whose content is known to need no escapes.
    pub(crate) fn plain(&mut self, text: &[u8]) {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(text);
        self.out.push(b'"');
    }

    /// Writes a JSON value of any type, given as a [`serde_json::Value`].
    pub fn value(&mut self, value: &serde_json::Value) {
        self.separate();
        let length = self.out.len();
        let written = serde_json::to_writer(&mut self.out, value);
        settle(&mut self.out, length, written);
    }

    /// Writes null in place of a value that its format cannot represent, and remembers the fault.
    #[cold]
    pub(crate) fn unwritable(&mut self, value: &dyn fmt::Display, reason: &'static str) {
        self.separate();
        self.refuse(value, reason);
    }

    #[cold]
    fn refuse(&mut self, value: &dyn fmt::Display, reason: &'static str) {
        if self.fault.is_none() {
            self.fault = Some(Box::new(Fault { at: self.out.len(), value: value.to_string(), reason }));
        }
        self.out.extend_from_slice(b"null");
    }

    /// Returns the complete JSON text that was written.
    ///
    /// # Errors
    ///
    /// Returns the first value that JSON or its format cannot represent, such as a number that is not finite.
    pub fn finish(self) -> Result<Vec<u8>, Unwritable> {
        match self.fault {
            None => Ok(self.out),
            Some(fault) => Err(fault.locate(&self.out)),
        }
    }

    /// Returns true if the sparse fieldset keeps this field of the object that is being written.
    pub(super) fn keeps(&self, key: &str) -> bool {
        self.sparse.as_ref().is_none_or(|sparse| sparse.keeps(key, self.depth))
    }

    /// Removes the field that was written last if the sparse fieldset does not keep it.
    fn drop_field(&mut self) {
        if let Some(sparse) = &mut self.sparse
            && let Some((length, comma)) = sparse.end_field(self.depth)
        {
            self.out.truncate(length);
            self.comma = comma;
            if self.fault.as_ref().is_some_and(|fault| fault.at >= length) {
                self.fault = None;
            }
        }
    }

    fn begin(&mut self, bracket: u8) {
        if self.depth == 0
            && bracket == b'['
            && let Some(sparse) = &mut self.sparse
        {
            sparse.limit_list();
        }
        self.separate();
        self.out.push(bracket);
        self.comma = false;
        self.depth += 1;
    }

    fn end(&mut self, bracket: u8) {
        self.out.push(bracket);
        self.comma = true;
        self.depth = self.depth.saturating_sub(1);
    }

    #[inline]
    fn separate(&mut self) {
        if self.comma {
            self.out.push(b',');
        }
        self.comma = true;
    }

    #[inline]
    fn quote(&mut self, text: &str) {
        let bytes = text.as_bytes();
        self.out.reserve(bytes.len() + 3);
        self.out.push(b'"');
        let end = run_end(bytes, 0);
        if end == bytes.len() {
            self.out.extend_from_slice(bytes);
        } else {
            self.escape(bytes, end);
        }
        self.out.push(b'"');
    }

    /// Writes the content of a JSON string with escapes. The first `end` bytes need none.
    #[cold]
    fn escape(&mut self, bytes: &[u8], mut end: usize) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut start = 0;
        while let Some(byte) = bytes.get(end) {
            self.out.extend_from_slice(&bytes[start..end]);
            let letter = match byte {
                0x08 => b'b',
                0x09 => b't',
                0x0a => b'n',
                0x0c => b'f',
                0x0d => b'r',
                b'"' | b'\\' => *byte,
                _ => b'u',
            };
            self.out.extend_from_slice(&[b'\\', letter]);
            if letter == b'u' {
                let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
                self.out.extend_from_slice(&[b'0', b'0', HEX[high], HEX[low]]);
            }
            start = end + 1;
            end = run_end(bytes, start);
        }
        self.out.extend_from_slice(&bytes[start..]);
    }
}

/// Replaces a value that `serde_json` failed to write by null, so that the JSON stays valid.
///
/// Writing to memory does not fail in practice.
fn settle(out: &mut Vec<u8>, length: usize, written: serde_json::Result<()>) {
    if written.is_err() {
        out.truncate(length);
        out.extend_from_slice(b"null");
    }
}
