//! The `Accept` header of a request (RFC 9110 § 12.5.1) and the choice of a media type by it.

use std::sync::Arc;

use http::{HeaderMap, header};

use crate::http::media::{MediaType, elements};

/// The media types that a caller accepts for the response, each with its quality value: the `Accept` header of
/// a request (RFC 9110 § 12.5.1).
///
/// A request without `Accept`, or without a valid element in it, accepts every media type.
///
/// ```
/// use http::{HeaderMap, HeaderValue, header};
/// use writ_runtime::Accept;
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::ACCEPT, HeaderValue::from_static("text/csv, application/json;q=0.5"));
/// let accept = Accept::of(&headers);
/// assert_eq!(accept.best(&["application/json", "text/csv"]), Some(1));
/// assert_eq!(accept.best(&["image/png"]), None);
/// assert!(accept.accepts("application/json"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accept(Option<Arc<[Range]>>);

/// A media range of an `Accept` header, for example `text/*;q=0.5`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) media: MediaType,
    /// The quality value (`q`) of the media range in thousandths, an integer so that values are compared
    /// exactly.
    pub(crate) quality: u16,
}

/// The media types that a response of an operation can have, as an enum.
///
/// Generated code implements this trait, and a handler receives the preferred media type from `cx.preferred()`:
///
/// ```
/// use writ_runtime::{Accept, Offer};
///
/// // Generated from the contract.
/// #[derive(Debug, PartialEq)]
/// enum ReportMedia {
///     Json,
///     Csv,
/// }
///
/// impl Offer for ReportMedia {
///     const TYPES: &'static [&'static str] = &["application/json", "text/csv"];
///
///     fn at(index: usize) -> ReportMedia {
///         match index {
///             0 => ReportMedia::Json,
///             _ => ReportMedia::Csv,
///         }
///     }
/// }
///
/// // A request without `Accept` accepts everything, so the first media type is preferred.
/// assert_eq!(Accept::default().preferred::<ReportMedia>(), ReportMedia::Json);
/// ```
pub trait Offer: Sized {
    /// The media types that an operation's response can have, in the order and spelling of the contract. The list
    /// is never empty.
    const TYPES: &'static [&'static str];

    /// Returns the enum variant for the media type at `index` of [`TYPES`](Self::TYPES).
    fn at(index: usize) -> Self;
}

impl Accept {
    /// Parses the `Accept` headers of a request.
    pub fn of(headers: &HeaderMap) -> Accept {
        let all = headers.get_all(header::ACCEPT);
        // Most clients send `*/*` or no header at all.
        if all.iter().all(|value| value == "*/*") {
            return Accept(None);
        }
        let ranges: Arc<[Range]> = all
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| elements(value, ','))
            .filter_map(range)
            .collect();
        match &*ranges {
            [] => Accept(None),
            [one] if one.quality == 1000 && one.media.is_anything() => Accept(None),
            _ => Accept(Some(ranges)),
        }
    }

    /// Returns the index of the offered media type that the caller prefers. Among equally preferred ones it is
    /// the first.
    ///
    /// Returns `None` if the caller accepts none of the offered media types. An offered range such as `image/*`
    /// counts as the best media type within it.
    pub fn best(&self, offered: &[&str]) -> Option<usize> {
        let mut best = None;
        for (index, offered) in offered.iter().enumerate() {
            let quality = self.quality(offered);
            if quality > best.map_or(0, |(most, _)| most) {
                best = Some((quality, index));
            }
        }
        best.map(|(_, index)| index)
    }

    /// Returns the media type of the response that the caller prefers, or the first one if it accepts none.
    pub fn preferred<M: Offer>(&self) -> M {
        M::at(self.best(M::TYPES).unwrap_or(0))
    }

    /// Returns true if the caller accepts a response of this media type.
    pub fn accepts(&self, media_type: &str) -> bool {
        self.quality(media_type) > 0
    }

    /// Returns the indices of the offered media types that the caller accepts, best first.
    pub(crate) fn order(&self, offered: &[&str]) -> Vec<usize> {
        let mut order: Vec<(u16, usize)> = offered
            .iter()
            .enumerate()
            .map(|(index, offered)| (self.quality(offered), index))
            .filter(|(quality, _)| *quality > 0)
            .collect();
        order.sort_by_key(|(quality, _)| u16::MAX - quality);
        order.into_iter().map(|(_, index)| index).collect()
    }

    /// Returns the quality value of a media type in thousandths, by the most specific media range in the `Accept`
    /// header that matches the media type.
    ///
    /// A parameter of a range counts only if the media type has it too. For example, a response without
    /// `charset` matches a range with `charset=utf-8` as well as a range without it.
    pub(crate) fn quality(&self, offered: &str) -> u16 {
        let Some(ranges) = &self.0 else { return 1000 };
        let Some(offered) = MediaType::parse(offered) else { return 0 };
        if offered.is_range() {
            let within = ranges.iter().filter(|range| range.media.overlaps(&offered));
            return within.map(|range| range.quality).max().unwrap_or(0);
        }
        ranges
            .iter()
            .filter_map(|range| Some((range.media.covers(&offered)?, range.quality)))
            // Among equally specific ranges, the one with the higher quality value counts.
            .min_by_key(|(fit, quality)| (*fit, u16::MAX - quality))
            .map_or(0, |(_, quality)| quality)
    }
}

/// Parses an element of an `Accept` header. Returns `None` if it is not valid.
pub(crate) fn range(element: &str) -> Option<Range> {
    // Old Java clients send `*` instead of `*/*`.
    let element = match element.trim_start().strip_prefix('*') {
        Some(rest) if !rest.starts_with('/') => format!("*/*{rest}"),
        _ => element.to_owned(),
    };
    let mut media = MediaType::parse(&element)?;
    let mut quality = 1000;
    if let Some(at) = media.parameters.iter().position(|(name, _)| name == "q") {
        let value: f32 = media.parameters[at].1.parse().ok().filter(|value| (0.0..=1.0).contains(value))?;
        quality = (value * 1000.0).round() as u16;
        // Parameters after the weight are extensions of `Accept`, not parameters of the media type.
        media.parameters.truncate(at);
    }
    Some(Range { media, quality })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn accept(value: &str) -> Accept {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(value).unwrap());
        Accept::of(&headers)
    }

    fn best(value: &str, offered: &[&str]) -> Option<usize> {
        accept(value).best(offered)
    }

    #[test]
    fn the_media_type_with_the_highest_quality_is_chosen() {
        let offered = ["application/json", "text/csv; charset=utf-8"];
        assert_eq!(best("text/csv", &offered), Some(1));
        assert_eq!(best("text/csv;q=0.5, application/json;q=0.9", &offered), Some(0));
        assert_eq!(best("application/json;q=0.1, text/*", &offered), Some(1));
        assert_eq!(best("*/*", &offered), Some(0));
        assert_eq!(best("*", &offered), Some(0));
        assert_eq!(best("*;q=0.1, text/csv", &offered), Some(1));
        assert_eq!(best("application/json; charset=utf-8", &offered), Some(0));
        assert_eq!(best("APPLICATION/JSON", &offered), Some(0));
        assert_eq!(accept("text/csv, application/json;q=0.2").order(&offered), [1, 0]);
        assert_eq!(accept("text/csv").order(&offered), [1]);
    }

    #[test]
    fn a_media_type_outside_all_ranges_is_not_acceptable() {
        let offered = ["application/json"];
        assert_eq!(best("text/html", &offered), None);
        assert_eq!(best("application/json;q=0", &offered), None);
        assert_eq!(best("application/json;q=0, */*", &offered), None);
        assert_eq!(best("application/*;q=0, */*;q=0.1", &offered), None);
        assert_eq!(best("application/vnd.acme+json", &offered), None);
    }

    #[test]
    fn an_invalid_accept_header_accepts_everything() {
        let offered = ["application/json"];
        assert_eq!(best("", &offered), Some(0));
        assert_eq!(best(";;,/,a/", &offered), Some(0));
        assert_eq!(best("text/html;q=2", &offered), Some(0));
        assert_eq!(Accept::of(&HeaderMap::new()).best(&offered), Some(0));
        assert_eq!(Accept::default(), accept("*/*"));
    }

    #[test]
    fn parameters_distinguish_versions_of_a_media_type() {
        let offered = ["application/json;version=1", "application/json;version=2"];
        assert_eq!(best("application/json;version=2", &offered), Some(1));
        assert_eq!(best("application/json;version=\"2\";q=0.5, application/json;version=1;q=0.1", &offered), Some(1));
        assert_eq!(best("application/json;q=0.9, application/json;version=1;q=0.1", &offered), Some(1));
        assert_eq!(best("application/json;version=3", &offered), None);
        assert_eq!(best("application/json", &offered), Some(0));
        assert_eq!(best("text/x;title=\"a,application/json\"", &["application/json"]), None);
    }

    #[test]
    fn an_offered_range_is_accepted_if_a_type_within_it_is() {
        assert_eq!(best("image/png", &["application/json", "image/*"]), Some(1));
        assert_eq!(best("image/*;q=0.2, application/json;q=0.1", &["application/json", "image/*"]), Some(1));
        assert_eq!(best("text/html", &["image/*"]), None);
        assert_eq!(best("text/html", &["*/*"]), Some(0));
        assert!(accept("image/png").accepts("image/png") && !accept("image/png").accepts("image/webp"));
    }

    #[test]
    fn quality_values_differ_by_thousandths() {
        let offered = ["a/a", "b/b", "c/c", "d/d"];
        assert_eq!(accept("a/a;q=0.998, b/b, c/c;q=0.999, d/d;q=0").order(&offered), [1, 2, 0]);
        assert_eq!(best("a/a;q=0.5, b/b;q=0.501", &offered), Some(1));
        assert!(accept("a/a;q=0.001").accepts("a/a") && !accept("a/a;q=0").accepts("a/a"));
        assert_eq!(accept("a/a; Q=0.2; version=1, b/b;q=0.3").order(&["a/a;version=1", "b/b"]), [1, 0]);
    }

    #[test]
    fn the_most_specific_range_decides_about_a_media_type() {
        let offered = ["text/plain", "text/csv", "image/png", "application/problem+json"];
        assert_eq!(accept("*/*;q=0.1, text/*;q=0.2, text/csv;q=0.3").order(&offered), [1, 0, 2, 3]);
        assert_eq!(accept("text/csv;q=0.1, text/*;q=0.2, */*;q=0.3").order(&offered), [2, 3, 0, 1]);
        assert_eq!(accept("text/csv;q=0, text/*").order(&offered), [0]);
        assert_eq!(accept("application/*+json, application/*;q=0").order(&offered), [3]);
        assert_eq!(best("text/*;q=0.1, image/*;q=0.2, text/*;q=0.3", &offered), Some(0));
        let versions = ["a/b;x=1", "a/b;x=1;y=2"];
        assert_eq!(accept("a/b;x=1;q=0.1, a/b;x=1;y=2;q=0.9").order(&versions), [1, 0]);
        assert_eq!(accept("a/b;x=1;q=0.9, a/b;x=1;y=2;q=0.1").order(&versions), [0, 1]);
    }

    #[test]
    fn a_wildcard_without_conditions_accepts_everything() {
        for everything in ["*/*", "*", "*/*;q=1", "*;q=1.000"] {
            assert_eq!(accept(everything), Accept::default(), "{everything}");
        }
        for nothing in ["*/*;q=0", "*;q=0"] {
            assert!(!accept(nothing).accepts("a/b"), "{nothing}");
        }
        assert!(accept("*/*;q=0.1").accepts("a/b"));
        assert!(!accept("text/*").accepts("image/png"));
        assert!(accept("*/*;version=1").accepts("a/b;version=1") && !accept("*/*;version=1").accepts("a/b;version=2"));
        assert_eq!(best("*/*;q=0.3, image/png;q=0.5, a/b;q=0.4", &["a/b", "image/*"]), Some(1));
    }

    #[test]
    fn several_accept_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        for value in ["*/*;q=0.1", "text/csv"] {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        assert_eq!(Accept::of(&headers).best(&["application/json", "text/csv"]), Some(1));
    }
}
