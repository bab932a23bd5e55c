//! The versioned media type in `Accept`, such as `application/vnd.api+json;version=2`.

use http::{HeaderMap, HeaderValue, header};

use crate::http::accept::{Accept, range};
use crate::http::media::elements;
use crate::operation::Versions;

/// The media type that the versioned media type stands for in every contract.
pub(super) const JSON: &str = "application/json";

/// The elements of an `Accept` header with the versioned media type.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct VersionAccept {
    /// The version that the caller prefers.
    pub(super) version: Preferred,
    /// The quality values of the elements that name a version, in thousandths.
    named: Vec<(u32, u16)>,
    /// The greatest quality value of an element that names no version. 0 if there is none.
    unnamed: u16,
    /// The greatest quality value of all elements with the versioned media type.
    any: u16,
    /// The quality value of [`JSON`] by the other elements.
    json: u16,
    /// The other elements of the header, as they were sent.
    others: Vec<String>,
}

/// The version that an `Accept` header selects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Preferred {
    /// No element names a version.
    #[default]
    None,
    /// The number of the version with the highest quality value.
    One(u32),
    /// Two versions have the highest quality value.
    Tie(u32, u32),
    /// The API has none of the versions that are named.
    Unknown,
}

/// Reads the elements with the versioned media type. Returns `None` if `Accept` has no such element.
pub(super) fn read(headers: &HeaderMap, versions: &Versions) -> Option<VersionAccept> {
    let all = headers.get_all(header::ACCEPT);
    // Most requests do not name the media type, and need no parsing.
    if !all.iter().any(|value| contains(value.as_bytes(), versions.media_type.as_bytes())) {
        return None;
    }
    let mut read = VersionAccept::default();
    let (mut found, mut unknown) = (false, false);
    for element in all.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| elements(value, ',')) {
        match range(element).filter(|range| range.media.essence.eq_ignore_ascii_case(versions.media_type)) {
            Some(range) => {
                found = true;
                read.any = read.any.max(range.quality);
                let mut named = range.media.parameters.iter().filter(|(name, _)| name == "version").peekable();
                if named.peek().is_none() {
                    read.unnamed = read.unnamed.max(range.quality);
                }
                for (_, value) in named.filter(|_| range.quality > 0) {
                    match number(value).filter(|number| versions.get(*number).is_some()) {
                        Some(number) => read.named.push((number, range.quality)),
                        None => unknown = true,
                    }
                }
            }
            None if !element.trim().is_empty() => read.others.push(element.trim().to_owned()),
            None => {}
        }
    }
    if !found {
        return None;
    }
    read.json = match read.others.is_empty() {
        true => 0,
        false => Accept::of(headers).quality(JSON),
    };
    read.version = preferred(&read.named, unknown);
    Some(read)
}

/// Returns true if a text contains another one, in upper or lower case.
fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

fn preferred(named: &[(u32, u16)], unknown: bool) -> Preferred {
    let Some(best) = named.iter().map(|(_, quality)| *quality).max() else {
        return if unknown { Preferred::Unknown } else { Preferred::None };
    };
    let mut first = named.iter().filter(|(_, quality)| *quality == best).map(|(number, _)| *number);
    let one = first.next().unwrap_or_default();
    first.find(|other| *other != one).map_or(Preferred::One(one), |other| Preferred::Tie(one, other))
}

/// Returns the number of a version in a selector: decimal digits without leading zeros.
pub(super) fn number(text: &str) -> Option<u32> {
    let canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| canonical)
}

/// The media type of the response in a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    /// The media type of the contract.
    Contract,
    /// The versioned media type without a version, as the caller accepts it.
    Unnamed,
    /// The versioned media type with the version of the response.
    Named,
}

impl VersionAccept {
    /// Returns the media type of responses of operations that belong to no version, and the value of `Accept` for them.
    pub(super) fn without_version(self) -> (Echo, HeaderValue) {
        let best = self.any;
        self.rewritten(0, best)
    }

    /// Returns the media type of responses in this version, and the value of `Accept` for its operations, in which
    /// [`JSON`] stands for the versioned media type.
    pub(super) fn within(self, version: u32) -> (Echo, HeaderValue) {
        let qualities = self.named.iter().filter(|(number, _)| *number == version).map(|(_, quality)| *quality);
        let named = qualities.max().unwrap_or(0);
        let best = named.max(self.unnamed);
        self.rewritten(named, best)
    }

    fn rewritten(self, named: u16, best: u16) -> (Echo, HeaderValue) {
        let echo = match best {
            0 => Echo::Contract,
            _ if best < self.json => Echo::Contract,
            _ if named == best => Echo::Named,
            _ => Echo::Unnamed,
        };
        let mut elements = self.others;
        if best > 0 || elements.is_empty() {
            elements.push(format!("{JSON};q={}.{:03}", best / 1000, best % 1000));
        }
        // Elements come from a valid header, so they form one.
        let accept = HeaderValue::try_from(elements.join(", ")).unwrap_or(HeaderValue::from_static(JSON));
        (echo, accept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Version;

    const fn version(number: u32, prefix: &'static str) -> Version {
        Version { number, prefix, ..Version::NONE }
    }

    static VERSIONS: Versions = Versions {
        default: 2,
        media_type: "application/vnd.api+json",
        parameter: "version",
        all: &[version(1, "/v1"), version(2, "/v2")],
    };

    fn read_value(accept: &str) -> Option<VersionAccept> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        read(&headers, &VERSIONS)
    }

    fn preferred_of(accept: &str) -> Preferred {
        read_value(accept).unwrap_or_default().version
    }

    #[test]
    fn the_version_with_the_highest_quality_value_is_preferred() {
        use Preferred::{None, One, Tie, Unknown};
        for (accept, expected) in [
            ("application/vnd.api+json;version=2", One(2)),
            ("Application/VND.api+JSON; Version=\"1\" ; q=0.3", One(1)),
            ("application/vnd.api+json;version=1;q=0.5, application/vnd.api+json;version=2;q=0.6", One(2)),
            ("application/vnd.api+json;version=1;q=0.5, application/vnd.api+json;version=1;q=0.6", One(1)),
            ("application/vnd.api+json;version=1, application/vnd.api+json;version=2", Tie(1, 2)),
            ("application/vnd.api+json;version=1;q=0.25,application/vnd.api+json;version=2;q=0.250", Tie(1, 2)),
            ("application/vnd.api+json;version=2;version=1", Tie(2, 1)),
            ("application/vnd.api+json;version=9", Unknown),
            ("application/vnd.api+json;version=9, */*", Unknown),
            ("application/vnd.api+json;version=9, application/vnd.api+json;version=1;q=0.1", One(1)),
            ("application/vnd.api+json;version=02", Unknown),
            ("application/vnd.api+json;version=v2", Unknown),
            ("application/vnd.api+json;version=", Unknown),
            ("application/vnd.api+json;version=99999999999", Unknown),
            ("application/vnd.api+json;version=1;q=0", None),
            ("application/vnd.api+json", None),
            ("application/json;version=1, application/vnd.other+json;version=1", None),
            ("*/*", None),
        ] {
            assert_eq!(preferred_of(accept), expected, "{accept}");
        }
    }

    #[test]
    fn the_response_has_the_accepted_media_type() {
        for (accept, echo, rewritten) in [
            ("application/vnd.api+json;version=2", Echo::Named, "application/json;q=1.000"),
            ("application/vnd.api+json;q=0.5", Echo::Unnamed, "application/json;q=0.500"),
            ("application/vnd.api+json;version=2;q=0.5, text/csv", Echo::Named, "text/csv, application/json;q=0.500"),
            (
                "application/json, application/vnd.api+json;version=2",
                Echo::Named,
                "application/json, application/json;q=1.000",
            ),
            (
                "application/json, application/vnd.api+json;version=2;q=0.9",
                Echo::Contract,
                "application/json, application/json;q=0.900",
            ),
            ("application/vnd.api+json;version=1, */*;q=0.1", Echo::Contract, "*/*;q=0.1"),
            ("application/vnd.api+json;version=2;q=0", Echo::Contract, "application/json;q=0.000"),
        ] {
            let read = read_value(accept).unwrap();
            assert_eq!(read.within(2), (echo, HeaderValue::from_static(rewritten)), "{accept}");
        }
        for accept in ["application/json", "*/*", "", "application/vnd.api+jsons;version=2"] {
            assert_eq!(read_value(accept), None, "{accept}");
        }
    }
}
