//! A request that a generated client builds, by adding parameters and body.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Uri, header};

use super::connection::{Connection, Inner};
use super::credentials::Credentials;
use super::target;
use super::transport::CallDetails;
use crate::http::link_query::without_credentials;
use crate::http::percent;
use crate::http::timeout::Deadline;
use crate::json::TextValue;
use crate::json::Write;
use crate::operation::{Operation, Parameter, ParameterLocation, SchemeKind, Style};
use crate::style::coding::Coding;
use crate::style::form::write_form;
use crate::style::pairs::pairs;
use crate::style::spread::{belongs_alone, is_spread};
use crate::style::value::{ascii, json, text_value};
use crate::style::write::{Inexpressible, write};
use crate::values::page::{PageAt, PageRequest};

/// A request of a generated client to an operation, before it is sent.
///
/// If a value cannot be encoded, the request stores the error, and the call fails before anything is sent.
///
/// # Examples
///
/// The generated function that encodes a request:
///
/// ```
/// use writ_runtime::client::Outgoing;
///
/// struct ListUsersRequest {
///     role: String,
///     limit: Option<i64>,
/// }
///
/// impl ListUsersRequest {
///     fn encode(&self, out: &mut Outgoing) {
///         out.required(0, &self.role);
///         out.optional(1, &self.limit);
///     }
/// }
/// ```
pub struct Outgoing {
    pub(super) connection: Arc<Inner>,
    pub(super) operation: &'static Operation,
    /// The target URL of a callback or webhook, which replaces the base URL and the path of the operation.
    url: Option<String>,
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: Vec<String>,
    pub(super) headers: HeaderMap,
    pub(super) cookies: Vec<String>,
    pub(super) body: Option<Body>,
    /// The encoded request body, unless it is a stream. Runtime expressions read it.
    pub(super) written: Option<Bytes>,
    pub(super) timeout: Duration,
    fault: Option<String>,
}

impl Connection {
    /// Starts a request to an operation of this service. Generated code calls it.
    pub fn begin(&self, operation: &'static Operation) -> Outgoing {
        Outgoing::new(self.inner(), operation, None)
    }

    /// Starts a request to a URL outside of this service, for a callback or webhook. Generated code calls it.
    pub fn begin_at(&self, url: &str, operation: &'static Operation) -> Outgoing {
        Outgoing::new(self.inner(), operation, Some(url.to_owned()))
    }
}

impl Outgoing {
    pub(super) fn new(connection: Arc<Inner>, operation: &'static Operation, url: Option<String>) -> Outgoing {
        let mut headers = connection.headers.clone();
        if !operation.produces.is_empty()
            && let Ok(accept) = HeaderValue::from_str(&operation.produces.join(", "))
        {
            headers.insert(header::ACCEPT, accept);
        }
        let timeout = connection.timeout;
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
            timeout,
            fault: None,
        }
    }

    /// Adds a required parameter to the request, by its index in the operation.
    pub fn required(&mut self, index: usize, value: &dyn Write) {
        let Some(parameter) = self.operation.parameters.get(index) else { return };
        let added = match json(value) {
            Ok(json) => self.add_parameter(index, parameter, &json),
            Err(error) => Err(error.to_string().into()),
        };
        if let Err(message) = added {
            self.fail(format!("the parameter `{}` cannot be written: {message}", parameter.name));
        }
    }

    /// Adds an optional parameter to the request, by its index in the operation, if there is a value.
    pub fn optional<T: Write>(&mut self, index: usize, value: &Option<T>) {
        if let Some(value) = value {
            self.required(index, value);
        }
    }

    /// Adds a list parameter to the request, by its index in the operation, if the list is not empty.
    pub fn listed<T: Write>(&mut self, index: usize, value: &[T]) {
        if !value.is_empty() {
            self.required(index, &value);
        }
    }

    /// Adds the pagination parameters to the request. `limit`, `number` and `cursor` are their indices in the
    /// operation.
    pub fn page(&mut self, limit: usize, number: Option<usize>, cursor: Option<usize>, page: &PageRequest) {
        self.required(limit, &page.limit);
        match (&page.at, number, cursor) {
            (PageAt::Number(value), Some(number), _) => self.required(number, value),
            (PageAt::Number(1), None, _) => {}
            (PageAt::Offset(0), ..) => {}
            (PageAt::Offset(_), ..) => self.fail("this list does not support offsets".to_owned()),
            (PageAt::Number(_), None, _) => self.fail("this list does not support page numbers".to_owned()),
            (PageAt::Cursor(value), _, Some(cursor)) => self.required(cursor, value),
            (PageAt::Cursor(_), _, None) => self.fail("this list does not support cursors".to_owned()),
        }
    }

    fn add_parameter(&mut self, index: usize, parameter: &'static Parameter, json: &[u8]) -> Result<(), Inexpressible> {
        let value = match parameter.style {
            Style::Json => {
                let text = String::from_utf8_lossy(json);
                let is_header = parameter.location == ParameterLocation::Header;
                Some(TextValue::Scalar(if is_header { ascii(&text).into() } else { text }))
            }
            _ => text_value(json),
        };
        let value = value.ok_or("it is not valid JSON")?;
        if let TextValue::Map(map) = &value
            && is_spread(parameter)
            && parameter.style != Style::DeepObject
            && let Some((key, _)) = map.iter().find(|(key, _)| !belongs_alone(self.operation.parameters, index, key))
        {
            return Err(format!("the key `{key}` is not read as a part of it, since it has another meaning").into());
        }
        match parameter.location {
            ParameterLocation::Path => self.path.push((parameter.name, write(parameter, &value, Coding::Path)?)),
            ParameterLocation::Query => {
                let pairs = pairs(parameter, &value, Coding::Query)?;
                self.query.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
            }
            ParameterLocation::QueryString => self.query.push(query_string(parameter, json, &value)?),
            ParameterLocation::Header => {
                let text = write(parameter, &value, Coding::Header)?;
                self.set(parameter.name, text.as_bytes());
            }
            ParameterLocation::Cookie => {
                let pairs = pairs(parameter, &value, Coding::cookie(parameter.style))?;
                if !pairs.iter().all(|(_, value)| is_cookie(value)) {
                    return Err("a cookie of the style `cookie` cannot contain it without an encoding".into());
                }
                self.cookies.extend(pairs.into_iter().map(|(name, value)| format!("{name}={value}")));
            }
        }
        Ok(())
    }

    /// Sets a header of the request and replaces its previous value.
    pub(super) fn set(&mut self, name: &str, value: &[u8]) {
        // A recipient removes white space around a header value (RFC 9110 § 5.5).
        let trimmed = !value.first().into_iter().chain(value.last()).any(|byte| matches!(byte, b' ' | b'\t'));
        match (HeaderName::try_from(name), HeaderValue::from_bytes(value)) {
            (Ok(name), Ok(value)) if trimmed => drop(self.headers.insert(name, value)),
            _ => self.fail(format!("the header `{name}` cannot contain its value")),
        }
    }

    /// Sets a request header and marks its value as sensitive, so that logs hide it.
    pub(super) fn secret(&mut self, name: &str, value: &str) {
        self.set(name, value.as_bytes());
        if let Some(value) = self.headers.get_mut(name) {
            value.set_sensitive(true);
        }
    }

    /// Sets the media type of the request body.
    pub(super) fn set_media_type(&mut self, media_type: &str) {
        self.set("content-type", media_type.as_bytes());
    }

    pub(super) fn fail(&mut self, message: String) {
        self.fault.get_or_insert(message);
    }

    /// Completes the request with credentials and an idempotency key, and returns it for sending.
    ///
    /// # Errors
    ///
    /// Returns a message if a value of the request could not be encoded, or if the URL is not valid.
    pub(super) fn finish(&mut self) -> Result<Request<Body>, String> {
        let connection = Arc::clone(&self.connection);
        // Credentials of this call take precedence over those of the client connection.
        if !self.headers.contains_key(header::AUTHORIZATION) {
            self.add_credentials(&connection.credentials);
        }
        self.add_idempotency_key();
        if !self.cookies.is_empty() {
            let cookies = self.cookies.join("; ");
            self.set("cookie", cookies.as_bytes());
        }
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let url = self.target_url()?;
        let uri: Uri = url.parse().map_err(|error| format!("`{url}` is not a valid URL: {error}"))?;
        if uri.host().is_none() {
            return Err(format!("`{url}` is not a valid URL: it has no host"));
        }
        let mut request = Request::new(self.body.take().unwrap_or_else(Body::empty));
        *request.method_mut() = self.operation.method.into();
        *request.uri_mut() = uri;
        *request.headers_mut() = std::mem::take(&mut self.headers);
        Ok(request)
    }

    /// Returns the details of the request for its transport, before [`Outgoing::finish`].
    pub(super) fn details(&self, deadline: Deadline) -> CallDetails {
        let body = match &self.body {
            None => Some(Bytes::new()),
            Some(_) => self.written.clone(),
        };
        CallDetails { operation: self.operation, deadline, body, limit: self.connection.limit }
    }

    /// Returns the URL of the request with its query.
    ///
    /// # Errors
    ///
    /// Returns a message if a parameter cannot be written into the path.
    pub(super) fn target_url(&self) -> Result<String, String> {
        let url = match &self.url {
            Some(url) => url.clone(),
            None => format!("{}{}", self.connection.base, target::path(self.operation.path, &self.path)?),
        };
        Ok(target::with_query(url, &self.query))
    }

    /// Returns an equal request, to be changed for the next page of a list. A streamed body cannot be sent twice.
    pub(super) fn again(&self) -> Outgoing {
        let streamed = self.body.is_some() && self.written.is_none();
        let fault = streamed.then(|| "a request with a streamed body has no next page".to_owned());
        Outgoing {
            connection: Arc::clone(&self.connection),
            operation: self.operation,
            url: self.url.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: self.headers.clone(),
            cookies: self.cookies.clone(),
            body: self.written.clone().map(Body::from),
            written: self.written.clone(),
            timeout: self.timeout,
            fault: self.fault.clone().or(fault),
        }
    }

    /// Replaces the URL of the request with its query. Credentials in the query are left out, since the client adds its own.
    pub(super) fn set_target(&mut self, url: &str) {
        let (target, query) = url.split_once('?').unwrap_or((url, ""));
        self.url = Some(target.to_owned());
        self.query = without_credentials(self.operation, query).map(str::to_owned).collect();
    }

    /// Returns the value of a query parameter of the request.
    pub(super) fn query_value(&self, name: &str) -> Option<String> {
        let mut pairs = self.query.iter().filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(known, _)| is_named(known, name))?;
        percent::decode_form(value).map(Cow::into_owned)
    }

    /// Removes a query parameter from the request.
    pub(super) fn remove_query(&mut self, name: &str) {
        self.query.retain(|pair| !is_named(pair.split('=').next().unwrap_or_default(), name));
    }

    /// Adds a query parameter to the request.
    pub(super) fn add_query(&mut self, name: &str, value: &str) {
        self.query.push(format!("{}={}", percent::encode(name), percent::encode(value)));
    }

    /// Adds the client's credentials for the operation at the locations that their security schemes specify.
    fn add_credentials(&mut self, credentials: &Credentials) {
        for (kind, secret) in credentials.presented(self.operation.security) {
            match kind {
                SchemeKind::Bearer => self.secret("authorization", &format!("Bearer {secret}")),
                SchemeKind::Basic => self.secret("authorization", &format!("Basic {}", STANDARD.encode(secret))),
                SchemeKind::Authorization(name) => self.secret("authorization", &format!("{name} {secret}")),
                SchemeKind::Header(name) => self.secret(name, secret),
                SchemeKind::Query(name) => {
                    self.query.push(format!("{}={}", percent::encode(name), percent::encode(secret)));
                }
                SchemeKind::Cookie(name) if secret.bytes().all(is_cookie_octet) => {
                    self.cookies.push(format!("{name}={secret}"));
                }
                SchemeKind::Cookie(name) => self.fail(format!("the cookie `{name}` cannot contain its credential")),
                SchemeKind::MutualTls => {}
            }
        }
    }

    /// Adds a generated idempotency key if the operation requires one and the caller set none. Each call then
    /// counts as a separate request.
    fn add_idempotency_key(&mut self) {
        let required = |parameter: &Parameter| {
            parameter.required
                && parameter.location == ParameterLocation::Header
                && parameter.name.eq_ignore_ascii_case("idempotency-key")
        };
        let needs_key = self.operation.idempotency.is_some() && self.operation.parameters.iter().any(required);
        if needs_key && !self.headers.contains_key("idempotency-key") {
            self.set("idempotency-key", uuid::Uuid::now_v7().to_string().as_bytes());
        }
    }
}

/// Returns true if an encoded name of a query parameter stands for a name.
fn is_named(encoded: &str, name: &str) -> bool {
    percent::decode_form(encoded).is_some_and(|decoded| decoded == name)
}

/// Writes the value of a parameter for the complete query string, given as JSON text and as a value.
fn query_string(parameter: &'static Parameter, json: &[u8], value: &TextValue<'_>) -> Result<String, Inexpressible> {
    match (parameter.style, value) {
        (Style::Form, _) => write_form(json, parameter.form).map_err(Inexpressible::from),
        (_, TextValue::Scalar(text)) => Ok(percent::encode(text).to_string()),
        _ => Err("only a string, number or boolean can be a text".into()),
    }
}

/// Returns true if a cookie can contain a text as it is. A comma also separates the elements of the style `cookie`.
fn is_cookie(text: &str) -> bool {
    text.bytes().all(|byte| is_cookie_octet(byte) || byte == b',')
}

/// Returns true if the value of a cookie can contain a byte as it is (`cookie-octet`, RFC 6265 § 4.1.1).
fn is_cookie_octet(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\",;\\".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Operation;

    #[test]
    fn a_header_value_with_white_space_around_it_is_refused() {
        static GET_NAME: Operation = Operation { id: "getName", path: "/name", ..Operation::NONE };
        let connection = Connection::new("http://localhost").unwrap();
        for (value, is_sent) in [("a b", true), ("", true), (" a", false), ("a\t", false), ("a\n", false)] {
            let mut out = connection.begin(&GET_NAME);
            out.set("x-name", value.as_bytes());
            assert_eq!(out.finish().is_ok(), is_sent, "{value:?}");
        }
    }
}
