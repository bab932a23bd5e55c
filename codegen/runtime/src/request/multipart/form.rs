//! Multipart forms whose parts the contract describes, read part by part or as one value.

use std::collections::VecDeque;
use std::fmt;

use crate::json::Reader;

use super::error::MultipartError;
use super::file::{FilePart, FileStream};
use super::intake::{Arrived, Intake};
use super::rule::FormRule;

/// The trait of a generated enum with one variant for each part of a multipart form that the contract describes. Its
/// functions convert received parts into variants.
///
/// # Examples
///
/// The implementation for a form with a title and an image, as generated code contains it:
///
/// ```
/// use writ_runtime::{FilePart, FileStream, FormPart, FormRule, Held, PartRule, Read, Reader};
///
/// enum UploadPart {
///     Title(String),
///     File(FileStream),
/// }
///
/// struct UploadForm {
///     title: String,
///     file: FilePart,
/// }
///
/// impl FormPart for UploadPart {
///     type Form = UploadForm;
///
///     const RULE: &'static FormRule = &FormRule {
///         parts: &[PartRule::text("title").required(), PartRule::file("file").required().media(&["image/png"])],
///         ..FormRule::NONE
///     };
///
///     fn read(_: usize, _: &str, r: &mut Reader<'_>) -> Option<Self> {
///         String::read(r).map(Self::Title)
///     }
///
///     fn file(_: usize, _: &str, file: FileStream) -> Option<Self> {
///         Some(Self::File(file))
///     }
///
///     fn form(parts: Vec<Held<Self>>) -> Option<UploadForm> {
///         let (mut title, mut file) = (None, None);
///         for part in parts {
///             match part {
///                 Held::Value(Self::Title(text)) => title = Some(text),
///                 Held::Value(Self::File(_)) => {}
///                 Held::File(_, _, content) => file = Some(content),
///             }
///         }
///         Some(UploadForm { title: title?, file: file? })
///     }
/// }
/// # let title = Held::Value(UploadPart::Title("t".to_owned()));
/// # let parts = vec![title, Held::File(1, String::new(), FilePart::default())];
/// # let form = UploadPart::form(parts).unwrap();
/// # assert_eq!((form.title.as_str(), form.file.bytes.len()), ("t", 0));
/// ```
pub trait FormPart: Sized + Send {
    /// The generated struct of the complete multipart form, with a field for each part.
    type Form;

    /// The constraints of the multipart form and of each of its parts.
    const RULE: &'static FormRule;

    /// Reads the value of a form part. `index` is the part's index in [`FormRule::parts`], and `name` is the part's
    /// name as the caller sent it.
    fn read(index: usize, name: &str, r: &mut Reader<'_>) -> Option<Self> {
        let _ = (index, name, r);
        None
    }

    /// Converts a received file into the enum variant of its form part. `index` is the part's index in
    /// [`FormRule::parts`], and `name` is the part's name as the caller sent it.
    fn file(index: usize, name: &str, file: FileStream) -> Option<Self> {
        let _ = (index, name, file);
        None
    }

    /// Creates the generated struct of a complete multipart form from its received parts. Returns `None` if a required
    /// part is missing.
    fn form(parts: Vec<Held<Self>>) -> Option<Self::Form>;
}

/// A received part of a multipart form, held in memory until the form is complete. [`FormPart`] has an example.
#[derive(Debug)]
pub enum Held<T> {
    /// The decoded value of a part of a multipart form.
    Value(T),
    /// A file of a multipart form, with the index and the name of its part.
    File(usize, String, FilePart),
}

/// The typed parts of a multipart form (RFC 7578), in the order in which the caller sends them.
///
/// Values are validated as they arrive, and files are not held in memory. After the first violation,
/// [`Parts::next`] returns no further part. It reads the rest of the body to find more violations, and returns
/// an error that lists all of them. A missing part is known only at the end of the form, so a handler must read
/// until [`Parts::next`] returns `None`.
///
/// # Examples
///
/// The generated enum has a variant for each part of the form. Here it is written by hand:
///
/// ```
/// # use writ_runtime::{FormPart, FormRule, Held, Read, Reader};
/// use writ_runtime::{FileStream, MultipartError, Parts};
///
/// enum UploadPart {
///     Title(String),
///     File(FileStream),
/// }
///
/// /// Returns the title and the size of the upload.
/// async fn upload(mut parts: Parts<UploadPart>) -> Result<(String, usize), MultipartError> {
///     let (mut title, mut size) = (String::new(), 0);
///     while let Some(part) = parts.next().await? {
///         match part {
///             UploadPart::Title(text) => title = text,
///             UploadPart::File(mut file) => {
///                 while let Some(chunk) = file.chunk().await? {
///                     size += chunk.len();
///                 }
///             }
///         }
///     }
///     Ok((title, size))
/// }
/// # impl FormPart for UploadPart {
/// #     type Form = ();
/// #     const RULE: &'static FormRule = &FormRule::NONE;
/// #     fn read(_: usize, _: &str, r: &mut Reader<'_>) -> Option<Self> {
/// #         String::read(r).map(Self::Title)
/// #     }
/// #     fn file(_: usize, _: &str, file: FileStream) -> Option<Self> {
/// #         Some(Self::File(file))
/// #     }
/// #     fn form(_: Vec<Held<Self>>) -> Option<()> {
/// #         Some(())
/// #     }
/// # }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let file = FileStream::of("12345");
/// # let parts = Parts::of([UploadPart::Title("t".to_owned()), UploadPart::File(file)]);
/// # assert_eq!(runtime.block_on(upload(parts)).unwrap(), ("t".to_owned(), 5));
/// ```
pub struct Parts<T>(Source<T>);

enum Source<T> {
    Arriving(Box<Intake>),
    /// Form parts that a generated client is about to send, in this order.
    Outgoing(VecDeque<T>),
}

impl<T> Parts<T> {
    /// Creates a multipart form to send from its parts.
    pub fn of(parts: impl IntoIterator<Item = T>) -> Parts<T> {
        Parts(Source::Outgoing(parts.into_iter().collect()))
    }

    #[cfg(feature = "client")]
    pub(crate) fn into_outgoing(self) -> Option<VecDeque<T>> {
        match self.0 {
            Source::Outgoing(parts) => Some(parts),
            Source::Arriving(_) => None,
        }
    }
}

impl<T: FormPart> Parts<T> {
    pub(crate) fn new(intake: Intake) -> Parts<T> {
        Parts(Source::Arriving(Box::new(intake)))
    }

    /// Returns the next part of the form, or `None` at its end. The unread rest of a previous file is skipped.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed, too large or not valid. If the handler returns that error,
    /// the caller receives every violation of the form.
    pub async fn next(&mut self) -> Result<Option<T>, MultipartError> {
        let intake = match &mut self.0 {
            Source::Arriving(intake) => intake,
            Source::Outgoing(parts) => return Ok(parts.pop_front()),
        };
        let mut found = None;
        let mut take = |arrived: Arrived<'_, '_>| {
            found = match arrived {
                Arrived::Value(index, name, reader) => T::read(index, name, reader),
                Arrived::File(index, name, file) => T::file(index, name, file),
            };
            found.is_some()
        };
        let passed = intake.next(T::RULE, &mut take).await?;
        Ok(found.filter(|_| passed))
    }

    /// Reads the complete form into memory, including its files. The size limit of the operation bounds the memory.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is malformed, too large or not valid, or if the parts were created with
    /// `Parts::of` for sending.
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
            let passed = intake.next(T::RULE, &mut take).await?;
            match (passed, value, file) {
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
