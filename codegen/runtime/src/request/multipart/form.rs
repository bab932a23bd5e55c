//! Forms whose parts the contract describes: each part typed as it arrives, or all of them as one value.

use std::collections::VecDeque;
use std::fmt;

use crate::json::Reader;

use super::error::MultipartError;
use super::file::{FilePart, FileStream};
use super::intake::{Arrived, Intake};
use super::rule::FormRule;

/// One part of a form, as generated code declares it.
pub trait FormPart: Sized + Send {
    /// All parts together.
    type Form;

    /// What the parts must be.
    const RULE: &'static FormRule;

    /// Reads the value of the part at `index`; `name` is what the caller calls it.
    fn read(index: usize, name: &str, r: &mut Reader<'_>) -> Option<Self> {
        let _ = (index, name, r);
        None
    }

    /// The part at `index` as a file.
    fn file(index: usize, name: &str, file: FileStream) -> Option<Self> {
        let _ = (index, name, file);
        None
    }

    /// All parts together; `None` where one is missing that the rule requires.
    fn form(parts: Vec<Held<Self>>) -> Option<Self::Form>;
}

/// A part that is held: a value as it is, a file with its index and name.
#[derive(Debug)]
pub enum Held<T> {
    /// A value.
    Value(T),
    /// A file.
    File(usize, String, FilePart),
}

/// The parts of a form in the order in which the caller sends them.
///
/// Values are checked as they arrive, and files are never held. From the first violation on no part
/// is handed out; the rest of the body is read for what else is wrong, and the error that ends the
/// parts is answered with all of it. What is missing is known at the end only: a handler that stops
/// before [`Parts::next`] gives `None` does not learn of it.
pub struct Parts<T>(Source<T>);

enum Source<T> {
    Arriving(Box<Intake>),
    /// To be sent, in this order.
    Made(VecDeque<T>),
}

impl<T> Parts<T> {
    /// Parts to send.
    pub fn of(parts: impl IntoIterator<Item = T>) -> Parts<T> {
        Parts(Source::Made(parts.into_iter().collect()))
    }

    #[cfg(feature = "client")]
    pub(crate) fn into_made(self) -> Option<VecDeque<T>> {
        match self.0 {
            Source::Made(parts) => Some(parts),
            Source::Arriving(_) => None,
        }
    }
}

impl<T: FormPart> Parts<T> {
    pub(crate) fn new(intake: Intake) -> Parts<T> {
        Parts(Source::Arriving(Box::new(intake)))
    }

    /// The next part; what was left unread of a file before it is skipped.
    pub async fn next(&mut self) -> Result<Option<T>, MultipartError> {
        let intake = match &mut self.0 {
            Source::Arriving(intake) => intake,
            Source::Made(parts) => return Ok(parts.pop_front()),
        };
        let mut found = None;
        let mut take = |arrived: Arrived<'_, '_>| {
            found = match arrived {
                Arrived::Value(index, name, reader) => T::read(index, name, reader),
                Arrived::File(index, name, file) => T::file(index, name, file),
            };
            found.is_some()
        };
        let handed = intake.next(T::RULE, &mut take).await?;
        Ok(found.filter(|_| handed))
    }

    /// All parts, files in memory. The operation's limit of the body is what they can take.
    /// Those that are made to be sent are not put together.
    pub async fn collect(self) -> Result<T::Form, MultipartError> {
        let Source::Arriving(mut intake) = self.0 else { return Err(MultipartError::new()) };
        let mut parts = Vec::new();
        loop {
            let mut value = None;
            let mut file = None;
            let mut take = |arrived: Arrived<'_, '_>| {
                match arrived {
                    Arrived::Value(index, name, reader) => value = T::read(index, name, reader),
                    Arrived::File(index, name, stream) => file = Some((index, name.to_owned(), stream)),
                }
                value.is_some() || file.is_some()
            };
            let handed = intake.next(T::RULE, &mut take).await?;
            match (handed, value, file) {
                (true, Some(value), _) => parts.push(Held::Value(value)),
                (true, None, Some((index, name, stream))) => {
                    parts.push(Held::File(index, name, stream.collect().await?));
                }
                _ => break,
            }
        }
        T::form(parts).ok_or_else(|| intake.incomplete())
    }
}

impl<T> fmt::Debug for Parts<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Parts").finish()
    }
}
