//! The traits [`Read`] and [`Write`], by which generated types are read from JSON and written as JSON.

use super::reader::Reader;
use super::writer::Writer;

/// A type of the contract that can be read from JSON, from a parameter or from a form.
///
/// Generated code implements this trait for the types of requests, and for the types of responses in a client.
///
/// ```
/// use writ_runtime::{Read, Reader, StringRule};
///
/// /// A stock keeping unit: 1 to 20 characters.
/// struct Sku(String);
///
/// impl Read for Sku {
///     fn read(r: &mut Reader<'_>) -> Option<Self> {
///         const RULE: StringRule = StringRule { min: 1, max: Some(20), ..StringRule::NONE };
///         r.string(&RULE).map(Sku)
///     }
/// }
///
/// assert_eq!(Sku::read(&mut Reader::json(br#""ABC-1""#)).unwrap().0, "ABC-1");
/// assert!(Sku::read(&mut Reader::json(br#""""#)).is_none());
/// ```
///
/// The [module documentation](crate::json) has an implementation for an object.
pub trait Read: Sized {
    /// Reads a value of this type from the reader and checks it against the contract.
    ///
    /// Returns `None` if the reader recorded at least one violation. The reader moves past the value in
    /// either case.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
}

/// A type of the contract that can be written as JSON.
///
/// Generated code implements this trait for the types of responses, and for the types of requests in a client.
///
/// ```
/// use writ_runtime::{Write, Writer};
///
/// struct User {
///     id: i64,
///     name: Option<String>,
/// }
///
/// impl Write for User {
///     fn write(&self, w: &mut Writer) {
///         w.begin_object();
///         w.field("id", &self.id);
///         w.maybe("name", &self.name);
///         w.end_object();
///     }
/// }
///
/// let mut writer = Writer::new();
/// User { id: 7, name: None }.write(&mut writer);
/// assert_eq!(writer.finish()?, br#"{"id":7}"#);
/// # Ok::<(), writ_runtime::Unwritable>(())
/// ```
pub trait Write {
    /// Appends this value of a contract's type to the JSON writer, as exactly one JSON value.
    fn write(&self, writer: &mut Writer);
}
