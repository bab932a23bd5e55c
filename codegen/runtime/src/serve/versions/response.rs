//! The headers of a response that depend on the version of its request.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::accept::{Echo, JSON};
use super::api::VersionedApi;
use super::select::Selection;
use crate::serve::endpoint::ResponseFuture;
use crate::serve::table;

static DEPRECATION: HeaderName = HeaderName::from_static("deprecation");
static SUNSET: HeaderName = HeaderName::from_static("sunset");

/// The future of a response to which the headers of its version are added.
pub(super) struct VersionedResponse {
    future: ResponseFuture,
    finish: Finish,
}

/// The work that remains when the response is there.
enum Finish {
    /// A layer in front of the router has refused the request.
    Nothing,
    /// No version is selected, because the selectors are not valid.
    Vary,
    /// A version is selected.
    Version(Arc<VersionedApi>, Selection),
}

impl VersionedResponse {
    pub(super) fn unversioned(future: ResponseFuture) -> VersionedResponse {
        VersionedResponse { future, finish: Finish::Nothing }
    }

    pub(super) fn refused(response: Response) -> VersionedResponse {
        VersionedResponse { future: table::ready(response), finish: Finish::Vary }
    }

    pub(super) fn of(api: Arc<VersionedApi>, selection: Selection, future: ResponseFuture) -> VersionedResponse {
        VersionedResponse { future, finish: Finish::Version(api, selection) }
    }
}

impl Future for VersionedResponse {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = ready!(self.future.as_mut().poll(context))?;
        match &mut self.finish {
            Finish::Nothing => {}
            Finish::Vary => vary(response.headers_mut()),
            Finish::Version(api, selection) => api.describe(selection, response.headers_mut()),
        }
        Poll::Ready(Ok(response))
    }
}

impl VersionedApi {
    /// Adds the headers of its version to a response.
    fn describe(&self, selection: &mut Selection, headers: &mut HeaderMap) {
        let served = &self.served[selection.version].headers;
        let media_type = match selection.echo {
            Echo::Contract => None,
            Echo::Unnamed => Some(&self.media_type),
            Echo::Named => served.media_type.as_ref(),
        };
        if let Some(media_type) = media_type
            && headers.get(header::CONTENT_TYPE).is_some_and(is_json)
        {
            headers.insert(header::CONTENT_TYPE, media_type.clone());
        }
        if selection.versioned || media_type.is_some() {
            vary(headers);
        }
        if !selection.versioned {
            return;
        }
        for (name, value) in [(&DEPRECATION, &served.deprecation), (&SUNSET, &served.sunset)] {
            if let Some(value) = value {
                headers.insert(name, value.clone());
            }
        }
        if let Some(link) = selection.link.take() {
            headers.append(header::LINK, link);
        }
        for name in [header::LOCATION, header::CONTENT_LOCATION] {
            let path = headers.get(&name).and_then(|value| value.to_str().ok());
            if let Some(path) = path.and_then(|path| self.path_in(selection.version, path))
                && let Ok(value) = HeaderValue::try_from(path)
            {
                headers.insert(name, value);
            }
        }
    }
}

/// Adds `Accept` to `Vary`, because `Accept` decides on the version or the media type of every response of a version.
fn vary(headers: &mut HeaderMap) {
    let names_accept = |value: &HeaderValue| {
        value.to_str().is_ok_and(|names| names.split(',').any(|name| name.trim().eq_ignore_ascii_case("accept")))
    };
    if !headers.get_all(header::VARY).iter().any(names_accept) {
        headers.append(header::VARY, HeaderValue::from_static("accept"));
    }
}

/// Returns true if the value of `Content-Type` is [`JSON`], with or without parameters.
fn is_json(content_type: &HeaderValue) -> bool {
    let text = content_type.to_str().unwrap_or_default();
    text.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case(JSON))
}
