//! The layout of a page of a list, and the decision how a client requests the next one.

use http::HeaderMap;
use serde_json::Value;

use super::links::link;

/// The members of a response body that describe a page, as JSON pointers. Generated code contains it as constant data.
#[derive(Debug, Clone, Copy)]
pub struct PageLayout {
    /// The elements of the page.
    pub items: &'static str,
    /// The ways to request the next page, the preferred one first.
    pub next: &'static [NextPage],
    /// The boolean that is true if pages follow.
    pub has_more: Option<&'static str>,
    /// The boolean that is true if no page follows.
    pub is_last: Option<&'static str>,
    /// The number of elements on all pages.
    pub total: Option<&'static str>,
    /// The header with the number of elements on all pages.
    pub total_header: Option<&'static str>,
    /// The number of pages.
    pub pages: Option<&'static str>,
    /// The maximum number of elements on this page, as the service applied it.
    pub limit: Option<&'static str>,
}

impl PageLayout {
    /// A page without any member. Generated code starts with it.
    pub const NONE: PageLayout = PageLayout {
        items: "",
        next: &[],
        has_more: None,
        is_last: None,
        total: None,
        total_header: None,
        pages: None,
        limit: None,
    };
}

/// A way to request the next page of a list.
#[derive(Debug, Clone, Copy)]
pub enum NextPage {
    /// The header `Link` has the URL, as the relation `next` (RFC 8288).
    Link,
    /// The value at the JSON pointer is the URL.
    Url(&'static str),
    /// The value at the JSON pointer is sent as the query parameter.
    Token(&'static str, &'static str),
    /// The query parameter is the number of the page. The first page has the number that follows.
    Number(&'static str, u64),
    /// The query parameter is the position of the first element on the page. The first element has the position that follows.
    Offset(&'static str, u64),
}

impl NextPage {
    /// Returns the query parameter that requests the next page.
    pub(super) fn parameter(&self) -> Option<&'static str> {
        match self {
            NextPage::Link | NextPage::Url(_) => None,
            NextPage::Token(_, name) | NextPage::Number(name, _) | NextPage::Offset(name, _) => Some(name),
        }
    }
}

/// The change of a request that requests the next page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The URL of the request is replaced by this link.
    Url(String),
    /// The query parameter gets this value.
    Parameter(&'static str, String),
}

/// A received page of a list.
pub(super) struct ReceivedPage<'p> {
    pub layout: &'p PageLayout,
    pub headers: &'p HeaderMap,
    pub body: &'p Value,
}

impl ReceivedPage<'_> {
    /// Returns the number of elements on the page.
    pub(super) fn length(&self) -> u64 {
        self.body.pointer(self.layout.items).and_then(Value::as_array).map_or(0, |items| items.len() as u64)
    }

    /// Returns the number of elements before this page, if a parameter of its request is the number of the page. All pages
    /// before it are assumed to have as many elements as this one.
    pub(super) fn before(&self, sent: &dyn Fn(&str) -> Option<String>) -> u64 {
        let number = self.layout.next.iter().find_map(|way| match way {
            NextPage::Number(name, first) => Some(sent(name)?.parse::<u64>().ok()?.saturating_sub(*first)),
            _ => None,
        });
        number.unwrap_or(0).saturating_mul(self.length())
    }

    /// Returns the step to the next page, or `None` if this page is the last one.
    ///
    /// `sent` returns the value of a query parameter of the request, and `seen` is the number of elements up to the end of
    /// this page.
    pub(super) fn next(&self, sent: &dyn Fn(&str) -> Option<String>, seen: u64) -> Option<Step> {
        if self.flag(self.layout.has_more) == Some(false) || self.flag(self.layout.is_last) == Some(true) {
            return None;
        }
        self.layout.next.iter().find_map(|way| match way {
            NextPage::Link => link(self.headers, "next").map(Step::Url),
            NextPage::Url(pointer) => self.text(pointer).map(Step::Url),
            NextPage::Token(pointer, name) => self.text(pointer).map(|token| match is_absolute(&token) {
                true => Step::Url(token),
                false => Step::Parameter(name, token),
            }),
            NextPage::Number(name, first) => {
                let number = sent(name).and_then(|value| value.parse().ok()).unwrap_or(*first);
                let position = number.saturating_sub(*first).saturating_add(1);
                let step = || Step::Parameter(name, number.saturating_add(1).to_string());
                self.has_more(Some(position), seen).then(step)
            }
            NextPage::Offset(name, first) => {
                let offset = sent(name).and_then(|value| value.parse().ok()).unwrap_or(*first);
                let next = offset.saturating_add(self.length());
                self.has_more(None, next.saturating_sub(*first)).then(|| Step::Parameter(name, next.to_string()))
            }
        })
    }

    /// Returns true if pages follow a page that was requested by number or offset. `position` is the number of this page,
    /// starting at 1, and `seen` the number of elements up to its end.
    ///
    /// The size of a page that the request asks for does not tell if a page is full, since a service may return less.
    fn has_more(&self, position: Option<u64>, seen: u64) -> bool {
        if self.length() == 0 {
            return false;
        }
        let says_so = self.flag(self.layout.has_more) == Some(true) || self.flag(self.layout.is_last) == Some(false);
        let pages = position.zip(self.number(self.layout.pages));
        let leads = |way: &NextPage| !matches!(way, NextPage::Number(..) | NextPage::Offset(..));
        match (pages, self.number(self.layout.total).or_else(|| self.total_of_header())) {
            _ if says_so => true,
            (Some((position, pages)), _) => position < pages,
            (None, Some(total)) => seen < total,
            // A page without link or token is the last one, if the contract has them.
            (None, None) if self.layout.next.iter().any(leads) => false,
            (None, None) => self.number(self.layout.limit).is_none_or(|limit| self.length() >= limit),
        }
    }

    fn total_of_header(&self) -> Option<u64> {
        self.headers.get(self.layout.total_header?)?.to_str().ok()?.trim().parse().ok()
    }

    fn flag(&self, pointer: Option<&str>) -> Option<bool> {
        self.body.pointer(pointer?)?.as_bool()
    }

    fn number(&self, pointer: Option<&str>) -> Option<u64> {
        let number = self.body.pointer(pointer?)?;
        number.as_u64().or_else(|| number.as_f64().filter(|number| *number >= 0.0).map(|number| number as u64))
    }

    /// Returns the token or URL at a pointer. An empty string is none.
    fn text(&self, pointer: &str) -> Option<String> {
        match self.body.pointer(pointer)? {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// Returns true if a token is an absolute URL, as services write it in a member without `format: uri`.
fn is_absolute(token: &str) -> bool {
    token.starts_with("https://") || token.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn next(layout: PageLayout, body: Value, sent: &[(&str, &str)], count: u64) -> Option<Step> {
        let value = |name: &str| sent.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        ReceivedPage { layout: &layout, headers: &HeaderMap::new(), body: &body }.next(&value, count)
    }

    fn parameter(name: &'static str, value: &str) -> Option<Step> {
        Some(Step::Parameter(name, value.to_owned()))
    }

    #[test]
    fn a_token_leads_to_the_next_page_until_it_is_absent_null_or_empty() {
        let layout = || PageLayout { items: "/a", next: &[NextPage::Token("/next", "token")], ..PageLayout::NONE };
        assert_eq!(next(layout(), json!({"a": [1], "next": "x"}), &[], 1), parameter("token", "x"));
        for end in [json!({"a": [1], "next": ""}), json!({"a": [1], "next": null}), json!({"a": [1]})] {
            assert_eq!(next(layout(), end, &[], 1), None);
        }
        let url = || "https://a.example/users?token=x".to_owned();
        assert_eq!(next(layout(), json!({"a": [1], "next": url()}), &[], 1), Some(Step::Url(url())));
        let more = PageLayout { has_more: Some("/more"), ..layout() };
        assert_eq!(next(more, json!({"a": [1], "next": "x", "more": false}), &[], 1), None);
    }

    #[test]
    fn page_numbers_are_counted_from_the_first_page_of_the_contract() {
        let layout = |first| PageLayout {
            items: "/a",
            next: if first == 0 { &[NextPage::Number("page", 0)] } else { &[NextPage::Number("page", 1)] },
            total: Some("/total"),
            ..PageLayout::NONE
        };
        let body = || json!({"a": [1, 2], "total": 5});
        assert_eq!(next(layout(1), body(), &[], 2), parameter("page", "2"));
        assert_eq!(next(layout(0), body(), &[], 2), parameter("page", "1"));
        assert_eq!(next(layout(1), body(), &[("page", "2")], 4), parameter("page", "3"));
        assert_eq!(next(layout(1), body(), &[("page", "3")], 6), None);
        assert_eq!(next(layout(1), json!({"a": [], "total": 5}), &[], 0), None);
    }

    #[test]
    fn a_list_may_begin_at_any_page() {
        let layout = PageLayout { next: &[NextPage::Number("page", 1)], ..PageLayout::NONE };
        let before = |number: &str| {
            let body = json!([1, 2]);
            let received = ReceivedPage { layout: &layout, headers: &HeaderMap::new(), body: &body };
            received.before(&|_| Some(number.to_owned()))
        };
        assert_eq!((before("1"), before("3"), before("0"), before("x")), (0, 4, 0, 0));
    }

    #[test]
    fn a_page_that_is_smaller_than_requested_is_not_the_last_one() {
        let layout = || PageLayout { items: "/a", next: &[NextPage::Number("page", 1)], ..PageLayout::NONE };
        let sent = [("size", "500")];
        assert_eq!(next(layout(), json!({"a": [1, 2]}), &sent, 2), parameter("page", "2"));
        let limited = || PageLayout { limit: Some("/size"), ..layout() };
        assert_eq!(next(limited(), json!({"a": [1, 2], "size": 2}), &sent, 2), parameter("page", "2"));
        assert_eq!(next(limited(), json!({"a": [1, 2], "size": 3}), &sent, 2), None);
        let total = || PageLayout { total: Some("/total"), ..layout() };
        assert_eq!(next(total(), json!({"a": [1, 2], "total": 3}), &sent, 2), parameter("page", "2"));
    }

    #[test]
    fn a_header_can_have_the_number_of_elements() {
        let number = &[NextPage::Number("page", 1)];
        let layout = PageLayout { next: number, total_header: Some("X-Total-Count"), ..PageLayout::NONE };
        let headers = HeaderMap::from_iter([("x-total-count".parse().unwrap(), "3".parse().unwrap())]);
        let body = json!([1]);
        let received = ReceivedPage { layout: &layout, headers: &headers, body: &body };
        assert_eq!(received.next(&|_| None, 2), parameter("page", "2"));
        assert_eq!(received.next(&|_| None, 3), None);
    }

    #[test]
    fn an_offset_grows_by_the_number_of_elements() {
        let layout = || PageLayout { next: &[NextPage::Offset("offset", 0)], ..PageLayout::NONE };
        assert_eq!(next(layout(), json!([1, 2]), &[("offset", "4")], 2), parameter("offset", "6"));
        assert_eq!(next(layout(), json!([1]), &[], 1), parameter("offset", "1"));
        assert_eq!(next(layout(), json!([]), &[], 0), None);
        let next_page = &[NextPage::Offset("startIndex", 1)];
        let from_one = || PageLayout { items: "/a", next: next_page, total: Some("/total"), ..PageLayout::NONE };
        let body = || json!({"a": [1, 2], "total": 4});
        assert_eq!(next(from_one(), body(), &[], 2), parameter("startIndex", "3"));
        assert_eq!(next(from_one(), body(), &[("startIndex", "3")], 4), None);
    }

    #[test]
    fn a_page_without_link_is_the_last_one_unless_the_service_says_that_pages_follow() {
        let next_page = &[NextPage::Token("/next", "cursor"), NextPage::Number("page", 1)];
        let layout = || PageLayout { items: "/a", next: next_page, has_more: Some("/more"), ..PageLayout::NONE };
        assert_eq!(next(layout(), json!({"a": [1], "next": null}), &[], 1), None);
        assert_eq!(next(layout(), json!({"a": [1], "more": true}), &[], 1), parameter("page", "2"));
        assert_eq!(next(layout(), json!({"a": [1], "more": true, "next": "c"}), &[], 1), parameter("cursor", "c"));
    }

    #[test]
    fn a_link_replaces_no_parameter_of_the_request() {
        let all = [
            NextPage::Link,
            NextPage::Url("/next"),
            NextPage::Token("/next", "token"),
            NextPage::Number("page", 1),
            NextPage::Offset("offset", 0),
        ];
        assert_eq!(all.map(|next| next.parameter()), [None, None, Some("token"), Some("page"), Some("offset")]);
    }
}
