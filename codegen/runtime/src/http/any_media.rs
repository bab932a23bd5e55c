//! Bodies whose media type the contract leaves open (`image/*`): the sender names it.

use std::borrow::Cow;

use crate::http::media::MediaType;

/// A body with its media type, which must be within the range that the contract declares.
///
/// ```
/// use writ_runtime::AnyMedia;
///
/// let image = AnyMedia::new("image/png", vec![0x89, b'P', b'N', b'G']);
/// assert_eq!(image.media_type, "image/png");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyMedia<T> {
    /// The media type: `image/png`.
    pub media_type: Cow<'static, str>,
    /// The body.
    pub body: T,
}

impl<T> AnyMedia<T> {
    /// A body of this media type.
    pub fn new(media_type: impl Into<Cow<'static, str>>, body: T) -> AnyMedia<T> {
        AnyMedia { media_type: media_type.into(), body }
    }

    /// Checks that the media type is one, and within `range`. The error says what is wrong.
    pub(crate) fn check(&self, range: &str) -> Result<(), String> {
        let said = MediaType::parse(&self.media_type).filter(|said| !said.is_range());
        let fits = said.zip(MediaType::parse(range)).is_some_and(|(said, range)| range.covers(&said).is_some());
        match fits {
            true => Ok(()),
            false => Err(format!("`{}` is no media type of {range}", self.media_type)),
        }
    }
}
