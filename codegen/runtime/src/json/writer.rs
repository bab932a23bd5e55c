//! Writing JSON.

use super::Write;
use crate::patch::Patch;

/// Writes one JSON value.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

#[allow(unused_variables, missing_docs)]
impl Writer {
    /// An empty one.
    pub fn new() -> Writer {
        Writer::default()
    }
    /// Keeps only these fields of the outermost object, of each element of `data` after [`Writer::begin_page`].
    pub fn keep_fields(&mut self, fields: Option<&[String]>) {}
    /// Begins an object whose `data` holds the elements that [`Writer::keep_fields`] means.
    pub fn begin_page(&mut self) {}
    pub fn begin_object(&mut self) {}
    pub fn end_object(&mut self) {}
    pub fn begin_array(&mut self) {}
    pub fn end_array(&mut self) {}
    pub fn key(&mut self, key: &str) {}
    pub fn string(&mut self, value: &str) {}
    pub fn int(&mut self, value: i64) {}
    pub fn uint(&mut self, value: u64) {}
    pub fn float(&mut self, value: f64) {}
    pub fn bool(&mut self, value: bool) {}
    pub fn null(&mut self) {}
    /// Writes JSON text as it is.
    pub fn raw(&mut self, json: &str) {}
    pub fn field(&mut self, key: &'static str, value: &dyn Write) {}
    pub fn optional(&mut self, key: &'static str, value: Option<&dyn Write>) {}
    pub fn patch<T: Write>(&mut self, key: &'static str, value: &Patch<T>) {}
    pub fn finish(self) -> Vec<u8> {
        self.out
    }
}

macro_rules! stub { ($($t:ty),*) => { $(impl Write for $t { fn write(&self, _: &mut Writer) {} })* } }
stub!(u64, u32, i64, i32, bool, String, str, f64, f32);
impl<T: Write> Write for Vec<T> { fn write(&self, _: &mut Writer) {} }
impl<T: Write> Write for Option<T> { fn write(&self, _: &mut Writer) {} }
impl<T: Write + ?Sized> Write for &T { fn write(&self, _: &mut Writer) {} }
