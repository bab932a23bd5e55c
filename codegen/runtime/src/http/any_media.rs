//! Bodies of operations that declare a media range such as `image/*`: the sender chooses the concrete media
//! type.

use std::borrow::Cow;

use crate::http::media::MediaType;

/// A request or response body with its concrete media type, for operations that declare a media range such as
/// `image/*`.
///
/// The media type must be within the declared range. Otherwise the caller receives a 500, or the client refuses
/// to send the request.
///
/// ```
/// use writ_runtime::AnyMedia;
///
/// let image = AnyMedia::new("image/png", vec![0x89, b'P', b'N', b'G']);
/// assert_eq!(image.media_type, "image/png");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnyMedia<T> {
    /// The concrete media type of the body, for example `image/png`.
    pub media_type: Cow<'static, str>,
    /// The content of the body, of the type that the contract declares.
    pub body: T,
}

impl<T> AnyMedia<T> {
    /// Creates a body with this concrete media type.
    pub fn new(media_type: impl Into<Cow<'static, str>>, body: T) -> AnyMedia<T> {
        AnyMedia { media_type: media_type.into(), body }
    }

    /// Checks that the media type of the body is a concrete one within the declared `range`.
    ///
    /// The error is a message that names the media type and the range.
    pub(crate) fn check(&self, range: &str) -> Result<(), String> {
        let concrete = MediaType::parse(&self.media_type).filter(|media_type| !media_type.is_range());
        let within =
            concrete.zip(MediaType::parse(range)).is_some_and(|(concrete, range)| range.covers(&concrete).is_some());
        match within {
            true => Ok(()),
            false => Err(format!("`{}` is not a media type within `{range}`", self.media_type)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_a_concrete_media_type_within_the_declared_range() {
        let check = |media_type: &'static str, range| AnyMedia::new(media_type, ()).check(range);
        assert_eq!(check("image/png", "image/*"), Ok(()));
        assert_eq!(check("image/png; q=1", "*/*"), Ok(()));
        for (other, range) in [("image/*", "image/*"), ("*/*", "*/*"), ("text/plain", "image/*"), ("image", "*/*")] {
            assert_eq!(check(other, range), Err(format!("`{other}` is not a media type within `{range}`")));
        }
    }
}
