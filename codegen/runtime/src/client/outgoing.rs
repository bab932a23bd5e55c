//! One request while it is put together: what generated code hands over, each value to its place.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};

use super::answer::Answer;
use super::call::Call;
use super::connection::Inner;
use super::style::{self, Coding};
use super::target;
use super::tree::{Tree, json, tree};
use crate::json::Write;
use crate::operation::{Operation, Parameter, Place, Style};
use crate::page::{PageAt, PageRequest};

/// A request to an operation. What cannot be written is remembered, and ends the call before anything
/// is sent.
pub struct Outgoing {
    pub(super) connection: Arc<Inner>,
    pub(super) operation: &'static Operation,
    /// Where it goes instead of the operation's own path.
    url: Option<String>,
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) cookies: Vec<String>,
    pub(super) body: Option<Body>,
    /// The same where it is written as a whole, for expressions over it.
    pub(super) written: Option<Bytes>,
    pub(super) patience: Duration,
    fault: Option<String>,
}

impl Outgoing {
    pub(super) fn new(connection: Arc<Inner>, operation: &'static Operation, url: Option<String>) -> Outgoing {
        let mut headers = connection.headers.clone();
        if !operation.produces.is_empty()
            && let Ok(accept) = HeaderValue::from_str(&operation.produces.join(", "))
        {
            headers.insert(header::ACCEPT, accept);
        }
        let patience = connection.patience;
        let query = Some(operation.query).filter(|query| !query.is_empty()).map(str::to_owned);
        Outgoing {
            connection,
            operation,
            url,
            path: Vec::new(),
            query: query.into_iter().collect(),
            headers,
            cookies: Vec::new(),
            body: None,
            written: None,
            patience,
            fault: None,
        }
    }

    /// Sends the parameter at `index` of the operation.
    pub fn required(&mut self, index: usize, value: &dyn Write) {
        let Some(parameter) = self.operation.parameters.get(index) else { return };
        if let Err(message) = self.place(parameter, &json(value)) {
            self.fail(format!("the parameter `{}` cannot be written: {message}", parameter.name));
        }
    }

    /// The same where there is a value.
    pub fn optional<T: Write>(&mut self, index: usize, value: &Option<T>) {
        if let Some(value) = value {
            self.required(index, value);
        }
    }

    /// The same of a list that says nothing where it is empty.
    pub fn listed<T: Write>(&mut self, index: usize, value: &[T]) {
        if !value.is_empty() {
            self.required(index, &value);
        }
    }

    /// Sends which page is wanted: the parameters at these indices.
    pub fn page(&mut self, limit: usize, number: Option<usize>, cursor: Option<usize>, page: &PageRequest) {
        self.required(limit, &page.limit);
        match (&page.at, number, cursor) {
            (PageAt::Number(wanted), Some(number), _) => self.required(number, wanted),
            (PageAt::Number(1), None, _) => {}
            (PageAt::Number(_), None, _) => self.fail("pages of this list have no numbers".to_owned()),
            (PageAt::Cursor(wanted), _, Some(cursor)) => self.required(cursor, wanted),
            (PageAt::Cursor(_), _, None) => self.fail("pages of this list have no cursors".to_owned()),
        }
    }

    /// Goes on to send it.
    pub fn call<R: Answer, E: Answer>(self) -> Call<R, E> {
        Call::new(self)
    }

    fn place(&mut self, parameter: &'static Parameter, json: &[u8]) -> Result<(), &'static str> {
        let tree = match parameter.style {
            Style::Json => Some(Tree::Scalar(String::from_utf8_lossy(json).into_owned())),
            _ => tree(json),
        };
        let tree = tree.ok_or("it is no value")?;
        match parameter.place {
            Place::Path => self.path.push((parameter.name, style::text(parameter, &tree, Coding::Percent)?)),
            Place::Query => {
                let pairs = style::pairs(parameter, &tree)?;
                self.query.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
            }
            Place::Header => {
                let text = style::text(parameter, &tree, Coding::Plain)?;
                self.set(parameter.name, text.as_bytes());
            }
            Place::Cookie => {
                let pairs = style::pairs(parameter, &tree)?;
                self.cookies.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
            }
            Place::Body => {}
        }
        Ok(())
    }

    /// Sets a header, in the place of what was said of it before.
    pub(super) fn set(&mut self, name: &str, value: &[u8]) {
        match (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            _ => self.fail(format!("the header `{name}` cannot hold its value")),
        }
    }

    /// The same of what no log may show.
    pub(super) fn secret(&mut self, name: &str, value: &str) {
        self.set(name, value.as_bytes());
        if let Some(value) = self.headers.get_mut(name) {
            value.set_sensitive(true);
        }
    }

    /// Sets the media type of the body, unless it was said before.
    pub(super) fn labelled(&mut self, media_type: &str) {
        self.set("content-type", media_type.as_bytes());
    }

    pub(super) fn fail(&mut self, message: String) {
        self.fault.get_or_insert(message);
    }

    /// The request as it is sent, or why it cannot be.
    pub(super) fn finish(&mut self) -> Result<Request<Body>, String> {
        let connection = Arc::clone(&self.connection);
        // What was said of this call alone wins.
        if !self.headers.contains_key(header::AUTHORIZATION) {
            connection.credentials.present(self.operation.security, self);
        }
        self.make_key();
        if !self.cookies.is_empty() {
            let cookies = self.cookies.join("; ");
            self.set("cookie", cookies.as_bytes());
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let url = match self.url.take() {
            Some(url) => url,
            None => format!("{}{}", connection.base, target::path(self.operation.path, &self.path)?),
        };
        let url = target::with_query(url, &self.query);
        let uri: Uri = url.parse().map_err(|error| format!("`{url}` is no URL: {error}"))?;
        if uri.host().is_none() {
            return Err(format!("`{url}` is no URL: it has no host"));
        }
        let mut request = Request::new(self.body.take().unwrap_or_else(Body::empty));
        *request.method_mut() = self.operation.method.into();
        *request.uri_mut() = uri;
        *request.headers_mut() = std::mem::take(&mut self.headers);
        Ok(request)
    }

    /// A key that an operation requires and nobody gave: each call is then one of its own.
    fn make_key(&mut self) {
        let required = |parameter: &Parameter| {
            parameter.required
                && parameter.place == Place::Header
                && parameter.name.eq_ignore_ascii_case("idempotency-key")
        };
        let wanted = self.operation.idempotency.is_some() && self.operation.parameters.iter().any(required);
        if wanted && !self.headers.contains_key("idempotency-key") {
            self.set("idempotency-key", uuid::Uuid::now_v7().to_string().as_bytes());
        }
    }
}
