//! Bodies of a media type that the contract leaves open, `image/*`: the handler says which it is.

use std::borrow::Cow;

use crate::media::MediaType;
use crate::problem::Problem;

/// A body with its media type, within the range that the contract declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concrete<T> {
    /// The media type: `image/png`.
    pub media_type: Cow<'static, str>,
    /// The body.
    pub body: T,
}

impl<T> Concrete<T> {
    /// A body of this media type.
    pub fn new(media_type: impl Into<Cow<'static, str>>, body: T) -> Concrete<T> {
        Concrete { media_type: media_type.into(), body }
    }

    /// Whether the media type is one, and within `range`.
    pub(crate) fn check(&self, range: &str) -> Result<(), Problem> {
        let said = MediaType::parse(&self.media_type).filter(|said| !said.is_range());
        let fits = said.zip(MediaType::parse(range)).is_some_and(|(said, range)| range.covers(&said).is_some());
        match fits {
            true => Ok(()),
            false => Err(Problem::internal(format!("`{}` is no media type of {range}", self.media_type))),
        }
    }
}
