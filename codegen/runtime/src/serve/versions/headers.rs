//! The headers that all responses of a version share.

use chrono::DateTime;
use http::HeaderValue;

use crate::operation::{Version, Versions};

/// The headers that all responses of a version share.
pub(super) struct Headers {
    /// The value of `Deprecation` (RFC 9745).
    pub(super) deprecation: Option<HeaderValue>,
    /// The value of `Sunset` (RFC 8594).
    pub(super) sunset: Option<HeaderValue>,
    /// The versioned media type with the number of the version.
    pub(super) media_type: Option<HeaderValue>,
}

impl Headers {
    pub(super) fn new(version: &Version, versions: &Versions) -> Headers {
        let sunset = version.sunset.and_then(|at| DateTime::from_timestamp(at, 0));
        let media_type = format!("{};version={}", versions.media_type, version.number);
        Headers {
            deprecation: version.deprecated.and_then(|at| HeaderValue::try_from(format!("@{at}")).ok()),
            sunset: sunset.and_then(|at| at.format("%a, %d %b %Y %H:%M:%S GMT").to_string().try_into().ok()),
            media_type: HeaderValue::try_from(media_type).ok(),
        }
    }
}
