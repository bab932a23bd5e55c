//! The conversions between a page and the members and parameters by which a contract describes it.

use crate::http::percent;
use crate::values::page::{PageAt, PageRequest, Pagination};
use crate::values::patch::Patch;

/// A member of a page schema, created from a value of [`Pagination`]. Generated constructors of pages call it.
///
/// A number that is too large becomes the largest one. If there is no value, an optional member is `None`, a nullable one
/// is null, and a required one is empty: an empty string, 0 or false. A token that is no number is no value of a number.
pub trait PageMember<S>: Sized {
    /// Converts a value into the type of the member. Returns `None` if the type cannot hold it.
    fn convert(source: S) -> Option<Self>;

    /// Converts the value, if there is one, into the type of the member.
    fn member(source: Option<S>) -> Self;
}

impl<S, T: PageMember<S>> PageMember<S> for Option<T> {
    fn convert(source: S) -> Option<Option<T>> {
        T::convert(source).map(Some)
    }

    fn member(source: Option<S>) -> Option<T> {
        source.and_then(T::convert)
    }
}

impl<S, T: PageMember<S>> PageMember<S> for Patch<T> {
    fn convert(source: S) -> Option<Patch<T>> {
        T::convert(source).map(Patch::Value)
    }

    fn member(source: Option<S>) -> Patch<T> {
        source.and_then(T::convert).map_or(Patch::Null, Patch::Value)
    }
}

macro_rules! members {
    ($($ty:ty, $source:ty: $value:ident => $converted:expr;)*) => {$(
        impl PageMember<$source> for $ty {
            fn convert($value: $source) -> Option<$ty> {
                $converted
            }

            fn member(source: Option<$source>) -> $ty {
                source.and_then(Self::convert).unwrap_or_default()
            }
        }
    )*};
}

members! {
    bool, bool: value => Some(value);
    String, String: value => Some(value);
    i32, u64: value => Some(i32::try_from(value).unwrap_or(i32::MAX));
    i64, u64: value => Some(i64::try_from(value).unwrap_or(i64::MAX));
    u32, u64: value => Some(u32::try_from(value).unwrap_or(u32::MAX));
    u64, u64: value => Some(value);
    f32, u64: value => Some(value as f32);
    f64, u64: value => Some(value as f64);
    i32, String: value => value.parse().ok();
    i64, String: value => value.parse().ok();
    u32, String: value => value.parse().ok();
    u64, String: value => value.parse().ok();
    f32, String: value => value.parse().ok();
    f64, String: value => value.parse().ok();
}

impl Pagination {
    /// Returns the number of this page, if pages are counted from `first`.
    pub fn number(&self, first: u64) -> Option<u64> {
        self.page.map(|page| u64::from(page).saturating_sub(1).saturating_add(first))
    }

    /// Returns the number of the next page, if there is one and pages are counted from `first`.
    pub fn next_number(&self, first: u64) -> Option<u64> {
        self.number(first).filter(|_| self.has_more).map(|number| number.saturating_add(1))
    }

    /// Returns the number of pages, or `None` if the number of elements is unknown.
    pub fn pages(&self) -> Option<u64> {
        self.total.map(|total| total.div_ceil(u64::from(self.limit.max(1))))
    }
}

/// The value of a query parameter that selects a page. Generated requests read it.
pub trait PageParameter {
    /// Returns the value as a number, if it is one and not negative.
    fn count(&self) -> Option<u64>;
}

macro_rules! parameters {
    ($($ty:ty),*) => {$(
        impl PageParameter for $ty {
            fn count(&self) -> Option<u64> {
                u64::try_from(*self).ok()
            }
        }
    )*};
}

parameters!(i32, i64, u32, u64);

impl PageParameter for f64 {
    fn count(&self) -> Option<u64> {
        (*self >= 0.0).then_some(*self as u64)
    }
}

impl<T: PageParameter> PageParameter for Option<T> {
    fn count(&self) -> Option<u64> {
        self.as_ref().and_then(T::count)
    }
}

/// The names of the query parameters that select a page, as constant data in generated code.
#[derive(Debug, Clone, Copy)]
pub struct PageParameters {
    /// The parameter for the maximum number of elements on a page.
    pub limit: Option<&'static str>,
    /// The parameter for the number of the page.
    pub number: Option<&'static str>,
    /// The number of the first page.
    pub first: u64,
    /// The parameter for the position of the first element on the page.
    pub offset: Option<&'static str>,
    /// The position of the first element of the list.
    pub first_offset: u64,
    /// The parameter for the token of the page.
    pub cursor: Option<&'static str>,
    /// The maximum number of elements on a page, if the request does not contain one.
    pub default_limit: u32,
}

impl PageParameters {
    /// No parameters. Generated code starts with it.
    pub const NONE: PageParameters = PageParameters {
        limit: None,
        number: None,
        first: 1,
        offset: None,
        first_offset: 0,
        cursor: None,
        default_limit: 20,
    };

    /// Returns the page that the values of the parameters select. A cursor precedes an offset, and this a number.
    pub fn request(
        &self,
        limit: Option<u64>,
        number: Option<u64>,
        offset: Option<u64>,
        cursor: Option<&str>,
    ) -> PageRequest {
        let limit = limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(self.default_limit).max(1);
        let at = match (cursor.filter(|cursor| !cursor.is_empty()), offset) {
            (Some(cursor), _) => PageAt::Cursor(cursor.to_owned()),
            (None, Some(offset)) if self.offset.is_some() => PageAt::Offset(offset.saturating_sub(self.first_offset)),
            (None, _) => {
                let position = number.unwrap_or(self.first).saturating_sub(self.first).saturating_add(1);
                PageAt::Number(u32::try_from(position).unwrap_or(u32::MAX))
            }
        };
        PageRequest { limit, at }
    }
}

/// The links of a page to the pages beside it, as references relative to the URL of the request (RFC 3986 § 4.2).
///
/// # Examples
///
/// ```
/// use writ_runtime::PageLinks;
///
/// let links = PageLinks { next: Some("?page=3".to_owned()), previous: Some("?page=1".to_owned()) };
/// assert_eq!(links.header().as_deref(), Some("<?page=3>; rel=\"next\", <?page=1>; rel=\"prev\""));
/// let absolute = links.at("https://api.example.com/users");
/// assert_eq!(absolute.next.as_deref(), Some("https://api.example.com/users?page=3"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageLinks {
    /// The link to the next page, or `None` on the last one.
    pub next: Option<String>,
    /// The link to the previous page, or `None` on the first one and after a cursor.
    pub previous: Option<String>,
}

impl PageLinks {
    /// Creates the links of a page. `query` is the query string of the request; its other parameters remain.
    pub fn new(query: &str, parameters: &PageParameters, page: &Pagination) -> PageLinks {
        let change = |name: Option<&str>, value: Option<u64>| Some((name?.to_owned(), value?.to_string()));
        let number = |forward: bool| match forward {
            true => page.next_number(parameters.first),
            false => page.number(parameters.first)?.checked_sub(1).filter(|number| *number >= parameters.first),
        };
        let offset = |forward: bool| {
            let named =
                |pair: &&str| pair.split('=').next().and_then(percent::decode_form).as_deref() == parameters.offset;
            let sent = query.split('&').find(named).and_then(|pair| pair.split_once('=')?.1.parse().ok());
            let offset: u64 = sent.unwrap_or(parameters.first_offset);
            let limit = u64::from(page.limit);
            let first = parameters.first_offset;
            let is_possible = page.page.is_some() && if forward { page.has_more } else { offset > first };
            let beside = || match forward {
                true => offset.saturating_add(limit),
                false => offset.saturating_sub(limit).max(first),
            };
            is_possible.then(beside)
        };
        let neighbour = |forward: bool| {
            change(parameters.number, number(forward)).or_else(|| change(parameters.offset, offset(forward)))
        };
        let cursor = || Some((parameters.cursor?.to_owned(), page.next_cursor.clone()?));
        let link = |(name, value): (String, String)| {
            let replaced = [parameters.number, parameters.offset, parameters.cursor];
            let is_kept = |pair: &&str| {
                let name = percent::decode_form(pair.split('=').next().unwrap_or_default());
                !pair.is_empty() && !name.is_some_and(|name| replaced.contains(&Some(&*name)))
            };
            let mut pairs: Vec<String> = query.split('&').filter(is_kept).map(str::to_owned).collect();
            pairs.push(format!("{}={}", percent::encode(&name), percent::encode(&value)));
            format!("?{}", pairs.join("&"))
        };
        PageLinks { next: cursor().or_else(|| neighbour(true)).map(link), previous: neighbour(false).map(link) }
    }

    /// Returns the links as absolute URLs. `url` is the URL of the operation, as callers know it.
    pub fn at(self, url: &str) -> PageLinks {
        let absolute = |link: Option<String>| link.map(|link| format!("{url}{link}"));
        PageLinks { next: absolute(self.next), previous: absolute(self.previous) }
    }

    /// Returns the value of the header `Link` (RFC 8288), or `None` if there are no links.
    pub fn header(&self) -> Option<String> {
        let link = |url: &Option<String>, relation: &str| Some(format!("<{}>; rel=\"{relation}\"", url.as_ref()?));
        let links: Vec<String> =
            [link(&self.next, "next"), link(&self.previous, "prev")].into_iter().flatten().collect();
        (!links.is_empty()).then(|| links.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: PageParameters =
        PageParameters { limit: Some("size"), number: Some("page"), first: 0, ..PageParameters::NONE };

    #[test]
    fn page_numbers_begin_where_the_contract_says() {
        assert_eq!(NAMES.request(Some(5), Some(0), None, None), PageRequest { limit: 5, at: PageAt::Number(1) });
        assert_eq!(NAMES.request(None, Some(2), None, None), PageRequest { limit: 20, at: PageAt::Number(3) });
        let second = Pagination { total: Some(9), page: Some(2), limit: 4, has_more: true, next_cursor: None };
        assert_eq!((second.number(0), second.number(1), second.pages()), (Some(1), Some(2), Some(3)));
        let last = Pagination { has_more: false, ..second.clone() };
        assert_eq!((second.next_number(0), second.next_number(1), last.next_number(1)), (Some(2), Some(3), None));
    }

    #[test]
    fn links_keep_the_other_parameters_of_the_request() {
        let page = Pagination { total: Some(9), page: Some(2), limit: 4, has_more: true, next_cursor: None };
        let links = PageLinks::new("a=%26&page=1&size=4", &NAMES, &page);
        assert_eq!(links.next.as_deref(), Some("?a=%26&size=4&page=2"));
        assert_eq!(links.previous.as_deref(), Some("?a=%26&size=4&page=0"));
        let last = PageLinks::new("", &NAMES, &Pagination { has_more: false, ..page });
        assert_eq!((last.next, last.previous.as_deref()), (None, Some("?page=0")));
    }

    #[test]
    fn a_cursor_or_an_offset_leads_to_the_next_page() {
        let cursor = PageParameters { cursor: Some("c"), ..PageParameters::NONE };
        let page = Pagination { next_cursor: Some("a/b".into()), has_more: true, ..Pagination::default() };
        assert_eq!(PageLinks::new("c=x", &cursor, &page).next.as_deref(), Some("?c=a%2Fb"));
        let offset = PageParameters { offset: Some("skip"), ..PageParameters::NONE };
        let page = Pagination { total: Some(9), page: Some(2), limit: 4, has_more: true, next_cursor: None };
        let links = PageLinks::new("skip=4", &offset, &page);
        assert_eq!((links.next.as_deref(), links.previous.as_deref()), (Some("?skip=8"), Some("?skip=0")));
        let page = Pagination { total: Some(9), page: Some(1), limit: 4, has_more: true, next_cursor: None };
        let within = PageLinks::new("skip=1", &offset, &page);
        assert_eq!((within.next.as_deref(), within.previous.as_deref()), (Some("?skip=5"), Some("?skip=0")));
        assert_eq!(PageLinks::new("", &offset, &page).previous, None);
        let from_one = PageParameters { first_offset: 1, ..offset };
        let links = PageLinks::new("", &from_one, &page);
        assert_eq!((links.next.as_deref(), links.previous.as_deref()), (Some("?skip=5"), None));
        assert_eq!(PageLinks::new("skip=5", &from_one, &page).previous.as_deref(), Some("?skip=1"));
        assert_eq!(from_one.request(None, None, Some(5), None).at, PageAt::Offset(4));
    }

    #[test]
    fn a_member_has_the_type_of_its_schema() {
        assert_eq!(i32::member(Some(u64::MAX)), i32::MAX);
        assert_eq!(<Option<i64>>::member(Some(7_u64)), Some(7));
        assert_eq!(<Patch<String>>::member(None), Patch::Null);
        assert_eq!(String::member(None), "");
        assert_eq!(<Option<String>>::member(None), None);
        assert_eq!(<Option<i64>>::member(Some("7".to_owned())), Some(7));
        assert_eq!(<Option<i64>>::member(Some("x".to_owned())), None);
    }

    #[test]
    fn the_header_has_the_links_that_exist() {
        let header = |next: Option<&str>, previous: Option<&str>| {
            PageLinks { next: next.map(str::to_owned), previous: previous.map(str::to_owned) }.header()
        };
        assert_eq!(header(None, None), None);
        assert_eq!(header(Some("?page=2"), None).as_deref(), Some("<?page=2>; rel=\"next\""));
        assert_eq!(
            header(Some("?page=2"), Some("?page=0")).as_deref(),
            Some("<?page=2>; rel=\"next\", <?page=0>; rel=\"prev\"")
        );
    }
}
