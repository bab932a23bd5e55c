//! The pages of a list, which a client requests one after the other.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::vec;

use serde_json::Value;

use super::call::{Call, received};
use super::failure::Failure;
use super::from_response::FromResponse;
use super::links::resolve;
use super::outgoing::Outgoing;
use super::page_layout::{NextPage, PageLayout, ReceivedPage, Step};

/// A response type that contains a page of a list. Generated types implement it.
pub trait Listed: FromResponse {
    /// The type of the elements of the list.
    type Item;

    /// The members of the response that lead to the next page.
    const PAGE: PageLayout;

    /// Returns the elements of the list that are on this page.
    fn into_items(self) -> Vec<Self::Item>;
}

/// The largest number of pages that a list may have, unless [`Pages::limit`] sets another.
const MOST_PAGES: usize = 10_000;

/// The pages of a list. [`Call::pages`] returns it.
///
/// # Examples
///
/// ```
/// use writ_runtime::client::{Call, Failure, FromResponse, Listed};
///
/// /// Returns the number of elements on all pages.
/// async fn count<R, E>(call: Call<R, E>) -> Result<usize, Failure<E>>
/// where
///     R: Listed + 'static,
///     E: FromResponse + 'static,
/// {
///     let mut pages = call.pages();
///     let mut count = 0;
///     while let Some(page) = pages.next().await {
///         count += page?.into_items().len();
///     }
///     Ok(count)
/// }
/// ```
#[must_use = "a page is requested only by `next`"]
pub struct Pages<R, E> {
    /// The request of the next page, or the reason why it cannot be sent.
    outgoing: Option<Result<Outgoing, String>>,
    requested: HashSet<String>,
    /// The number of elements up to the end of the last page.
    seen: u64,
    most: usize,
    response: PhantomData<fn() -> (R, E)>,
}

/// The elements of a list on all its pages. [`Call::items`] returns it.
///
/// # Examples
///
/// ```
/// use writ_runtime::client::{Call, Failure, FromResponse, Listed};
///
/// /// Returns all elements of a list.
/// async fn all<R, E>(call: Call<R, E>) -> Result<Vec<R::Item>, Failure<E>>
/// where
///     R: Listed + 'static,
///     E: FromResponse + 'static,
/// {
///     let mut items = call.items();
///     let mut all = Vec::new();
///     while let Some(item) = items.next().await {
///         all.push(item?);
///     }
///     Ok(all)
/// }
/// ```
#[must_use = "a page is requested only by `next`"]
pub struct Items<R: Listed, E> {
    pages: Pages<R, E>,
    ready: vec::IntoIter<R::Item>,
}

impl<R: Listed, E: FromResponse> Call<R, E> {
    /// Returns the pages of the list, beginning with the one that this call requests.
    ///
    /// The client follows links, tokens, page numbers or offsets, as the contract describes them, and sends the headers
    /// and credentials of this call with each request. It never follows a link to another origin.
    pub fn pages(self) -> Pages<R, E> {
        Pages {
            outgoing: Some(Ok(self.into_outgoing())),
            requested: HashSet::new(),
            seen: 0,
            most: MOST_PAGES,
            response: PhantomData,
        }
    }

    /// Returns the elements of the list, beginning with those on the page that this call requests. They arrive page by page.
    pub fn items(self) -> Items<R, E> {
        Items { pages: self.pages(), ready: Vec::new().into_iter() }
    }
}

impl<R, E> Pages<R, E> {
    /// Sets the largest number of pages to request, 10,000 by default.
    pub fn limit(mut self, pages: usize) -> Pages<R, E> {
        self.most = pages;
        self
    }
}

impl<R: Listed + 'static, E: FromResponse + 'static> Pages<R, E> {
    /// Returns the next page, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// Returns the failure of the call. It is `Unsent` if the list has more pages than the limit, if the service leads to
    /// a page that was already requested, or if a link leads to another origin. No page follows a failure.
    pub async fn next(&mut self) -> Option<Result<R, Failure<E>>> {
        let outgoing = self.outgoing.take()?;
        Some(match outgoing {
            Ok(outgoing) => self.request(outgoing).await,
            Err(reason) => Err(Failure::Unsent(reason)),
        })
    }

    async fn request(&mut self, outgoing: Outgoing) -> Result<R, Failure<E>> {
        let url = outgoing.target_url().map_err(Failure::Unsent)?;
        if self.requested.len() == self.most {
            return Err(Failure::Unsent(format!("the list has more than {} pages", self.most)));
        }
        if !self.requested.insert(url.clone()) {
            return Err(Failure::Unsent("the service leads to a page that was already requested".to_owned()));
        }
        let next = outgoing.again();
        let (page, raw) = received::<R, E>(outgoing).await?;
        let body: Value = serde_json::from_slice(&raw.body).unwrap_or_default();
        let received = ReceivedPage { layout: &R::PAGE, headers: &raw.headers, body: &body };
        let sent = |name: &str| next.query_value(name);
        if self.requested.len() == 1 {
            self.seen = received.before(&sent);
        }
        self.seen = self.seen.saturating_add(received.length());
        if let Some(step) = received.next(&sent, self.seen) {
            self.outgoing = Some(follow(next, step, &R::PAGE, &url));
        }
        Ok(page)
    }
}

impl<R: Listed + 'static, E: FromResponse + 'static> Items<R, E> {
    /// Returns the next element of the list, or `None` after the last one. Requests the next page if it is needed.
    ///
    /// # Errors
    ///
    /// Returns the failure of the call for a page, as [`Pages::next`] does. No element follows a failure.
    pub async fn next(&mut self) -> Option<Result<R::Item, Failure<E>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Some(Ok(item));
            }
            match self.pages.next().await? {
                Ok(page) => self.ready = page.into_items().into_iter(),
                Err(failure) => return Some(Err(failure)),
            }
        }
    }
}

/// Changes a request so that it requests the next page. `url` is the URL of the page that leads to it.
fn follow(mut outgoing: Outgoing, step: Step, layout: &PageLayout, url: &str) -> Result<Outgoing, String> {
    match step {
        Step::Url(link) => outgoing.set_target(&resolve(url, &link)?),
        Step::Parameter(name, value) => {
            // A token excludes the number of a page, and the reverse.
            layout.next.iter().filter_map(NextPage::parameter).for_each(|other| outgoing.remove_query(other));
            outgoing.add_query(name, &value);
        }
    }
    Ok(outgoing)
}
