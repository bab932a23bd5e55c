//! Media types: which one a body has (RFC 9110 § 8.3) and which one a caller wants (§ 12.5.1).

use http::{HeaderMap, header};

use crate::operation::Media;

/// The index of the media type that `Content-Type` names: exact before `type/*` before `*/*`.
/// `None` where none fits or its charset is not UTF-8.
pub(crate) fn of_body(content_type: &str, media: &[Media]) -> Option<usize> {
    let mut parts = content_type.split(';');
    let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    if !parts.all(is_utf8) {
        return None;
    }
    media
        .iter()
        .enumerate()
        .filter_map(|(index, media)| Some((fit(media.essence, &essence)?, index)))
        .min()
        .map(|(_, index)| index)
}

/// Whether a parameter of a media type leaves the text UTF-8, of which ASCII is a part.
fn is_utf8(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            ["utf-8", "utf8", "us-ascii"].iter().any(|known| value.eq_ignore_ascii_case(known))
        }
        _ => true,
    }
}

/// How well `range` covers `essence`: 0 exactly, 1 by its type, 2 as anything.
fn fit(range: &str, essence: &str) -> Option<u8> {
    if range == essence {
        return Some(0);
    }
    let (kind, subtype) = essence.split_once('/')?;
    match range.split_once('/')? {
        ("*", "*") => Some(2),
        (known, "*") if known == kind && !subtype.is_empty() => Some(1),
        // `application/*+json` of a contract.
        (known, suffix) if known == kind && suffix.starts_with("*+") && subtype.ends_with(&suffix[1..]) => Some(1),
        _ => None,
    }
}

/// One element of `Accept`.
struct Range {
    essence: String,
    /// Thousandths, so that they compare exactly.
    quality: u16,
}

/// The index in `produces` of what the caller likes best, the contract's order among equals.
/// `None` where `Accept` fits none. No `Accept`, or one without a readable element, fits all.
pub(crate) fn accepted(headers: &HeaderMap, produces: &[&str]) -> Option<usize> {
    let ranges: Vec<Range> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(range)
        .collect();
    if ranges.is_empty() || produces.is_empty() {
        return Some(0);
    }
    let mut best = None;
    for (index, produced) in produces.iter().enumerate() {
        let quality = quality(&ranges, produced);
        if quality > best.map_or(0, |(most, _)| most) {
            best = Some((quality, index));
        }
    }
    best.map(|(_, index)| index)
}

/// What the most specific range says of a media type. Parameters other than `q` do not take part:
/// an answer is the same whether `charset=utf-8` was asked for or not.
fn quality(ranges: &[Range], produced: &str) -> u16 {
    let essence = produced.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    ranges
        .iter()
        .filter_map(|range| Some((fit(&range.essence, &essence)?, range.quality)))
        // Of two ranges that are alike the kinder one counts.
        .min_by_key(|(fit, quality)| (*fit, u16::MAX - quality))
        .map_or(0, |(_, quality)| quality)
}

fn range(element: &str) -> Option<Range> {
    let mut parts = element.split(';');
    let mut essence = parts.next()?.trim().to_ascii_lowercase();
    if essence == "*" {
        // Old clients of Java write it so.
        essence = "*/*".to_owned();
    }
    essence.split_once('/').filter(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())?;
    let mut quality = 1000;
    for parameter in parts {
        match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => {
                let value: f32 = value.trim().parse().ok().filter(|value| (0.0..=1.0).contains(value))?;
                quality = (value * 1000.0).round() as u16;
            }
            _ => {}
        }
    }
    Some(Range { essence, quality })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::operation::MediaKind;

    fn accept(value: &str, produces: &[&str]) -> Option<usize> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(value).unwrap());
        accepted(&headers, produces)
    }

    #[test]
    fn the_caller_gets_what_it_likes_best() {
        let produces = ["application/json", "text/csv; charset=utf-8"];
        assert_eq!(accept("text/csv", &produces), Some(1));
        assert_eq!(accept("text/csv;q=0.5, application/json;q=0.9", &produces), Some(0));
        assert_eq!(accept("application/json;q=0.1, text/*", &produces), Some(1));
        assert_eq!(accept("*/*", &produces), Some(0));
        assert_eq!(accept("*", &produces), Some(0));
        assert_eq!(accept("application/json; charset=utf-8", &produces), Some(0));
        assert_eq!(accept("APPLICATION/JSON", &produces), Some(0));
    }

    #[test]
    fn what_fits_nothing_is_not_acceptable() {
        let produces = ["application/json"];
        assert_eq!(accept("text/html", &produces), None);
        assert_eq!(accept("application/json;q=0", &produces), None);
        assert_eq!(accept("application/json;q=0, */*", &produces), None);
        assert_eq!(accept("application/*;q=0, */*;q=0.1", &produces), None);
    }

    #[test]
    fn an_accept_that_cannot_be_read_is_as_good_as_none() {
        let produces = ["application/json"];
        assert_eq!(accept("", &produces), Some(0));
        assert_eq!(accept(";;,/,a/", &produces), Some(0));
        assert_eq!(accepted(&HeaderMap::new(), &produces), Some(0));
        assert_eq!(accept("text/html", &[]), Some(0));
    }

    #[test]
    fn a_body_is_read_as_the_media_type_that_names_it_most_exactly() {
        const MEDIA: &[Media] = &[
            Media { essence: "*/*", kind: MediaKind::Bytes },
            Media { essence: "text/*", kind: MediaKind::Text },
            Media { essence: "application/json", kind: MediaKind::Json },
        ];
        assert_eq!(of_body("Application/JSON; charset=UTF-8", MEDIA), Some(2));
        assert_eq!(of_body("text/html", MEDIA), Some(1));
        assert_eq!(of_body("image/png", MEDIA), Some(0));
        assert_eq!(of_body("application/json; charset=utf-16", MEDIA), None);
        assert_eq!(of_body("nonsense", MEDIA), None);
        assert_eq!(of_body("text/html", &MEDIA[2..]), None);
    }
}
