//! The JSON tokens under a reader: a thin front of the `jiter` parser.

use jiter::{Jiter, JiterError, LinePosition, Peek};

/// A place in JSON bytes.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    jiter: Jiter<'a>,
}

/// What kind of value comes next, by its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    String,
    Array,
    Object,
}

/// Why the bytes are not JSON.
#[derive(Debug)]
pub(crate) struct Fault(Box<JiterError>);

type Scanned<T> = Result<T, Fault>;

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
    /// What is wrong, with its place in `data`.
    pub(crate) fn describe(&self, data: &[u8]) -> String {
        let at = LinePosition::find(data, self.0.index);
        format!(
            "is not JSON: {} at line {}, column {} (byte {})",
            self.0.error_type, at.line, at.column, self.0.index
        )
    }
}

impl From<JiterError> for Fault {
    #[cold]
    fn from(error: JiterError) -> Fault {
        Fault(Box::new(error))
    }
}

impl<'a> Scan<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Scan<'a> {
        Scan {
            jiter: Jiter::new(data),
        }
    }

    /// The same place, to come back to.
    pub(crate) fn mark(&self) -> Scan<'a> {
        Scan {
            jiter: self.jiter.clone(),
        }
    }

    pub(crate) fn offset(&self) -> usize {
        self.jiter.current_index()
    }

    /// Looks at the next value, which the place moves up to.
    #[inline]
    pub(crate) fn peek(&mut self) -> Scanned<Kind> {
        let peek = self.jiter.peek()?;
        match peek.into_inner() {
            b'"' => Ok(Kind::String),
            b'-' | b'0'..=b'9' => Ok(Kind::Number),
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::Array),
            b't' | b'f' => Ok(Kind::Bool),
            b'n' => Ok(Kind::Null),
            _ => Err(self.no_value(peek)),
        }
    }

    #[cold]
    fn no_value(&mut self, peek: Peek) -> Fault {
        match self.jiter.known_skip(peek) {
            Err(error) => error.into(),
            Ok(()) => JiterError {
                error_type: jiter::JiterErrorType::JsonError(
                    jiter::JsonErrorType::ExpectedSomeValue,
                ),
                index: self.offset(),
            }
            .into(),
        }
    }

    /// Reads the string that [`Scan::peek`] saw.
    #[inline]
    pub(crate) fn string(&mut self) -> Scanned<&str> {
        Ok(self.jiter.known_str()?)
    }

    /// Reads the number that [`Scan::peek`] saw, as its text.
    #[inline]
    pub(crate) fn number(&mut self) -> Scanned<&'a [u8]> {
        let start = self.jiter.current_index();
        self.jiter.next_number_bytes()?;
        Ok(self.jiter.slice_to_current(start))
    }

    /// Reads `true` or `false`.
    pub(crate) fn bool(&mut self) -> Scanned<bool> {
        Ok(self.jiter.next_bool()?)
    }

    /// Reads `null`.
    pub(crate) fn null(&mut self) -> Scanned<()> {
        Ok(self.jiter.next_null()?)
    }

    /// Reads over any value, and gives its text.
    pub(crate) fn skip(&mut self) -> Scanned<&'a [u8]> {
        self.peek()?;
        let start = self.offset();
        self.jiter.next_skip()?;
        Ok(self.jiter.slice_to_current(start))
    }

    /// Goes into the array that [`Scan::peek`] saw; false when it is empty and thereby read.
    #[inline]
    pub(crate) fn array_first(&mut self) -> Scanned<bool> {
        Ok(self.jiter.known_array()?.is_some())
    }

    /// Goes to the next element; false at the end, which is read.
    #[inline]
    pub(crate) fn array_step(&mut self) -> Scanned<bool> {
        Ok(self.jiter.array_step()?.is_some())
    }

    /// Goes into the object that [`Scan::peek`] saw, up to its first value; none when it is empty
    /// and thereby read.
    #[inline]
    pub(crate) fn object_first(&mut self) -> Scanned<Option<&str>> {
        Ok(self.jiter.known_object()?)
    }

    /// Goes to the next key's value; none at the end, which is read.
    #[inline]
    pub(crate) fn object_step(&mut self) -> Scanned<Option<&str>> {
        Ok(self.jiter.next_key()?)
    }

    /// Refuses anything but white space behind the value.
    pub(crate) fn finish(&mut self) -> Scanned<()> {
        Ok(self.jiter.finish()?)
    }
}

/// Where the next string begins, at or after `offset`: it turns the place before a key into the key's.
pub(crate) fn quote_after(data: &[u8], offset: usize) -> usize {
    let rest = data.get(offset..).unwrap_or_default();
    offset
        + rest
            .iter()
            .position(|byte| *byte == b'"')
            .unwrap_or_default()
}
