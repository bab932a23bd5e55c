//! The HTTP methods that an operation can have.

use std::fmt;

/// An HTTP method that a contract can give to an operation (OpenAPI 3.2.0 § 4.9.1).
///
/// [`http::Method`] can hold any token, so it has a destructor, and compilers follow that destructor through
/// every `static`. This type has none. `http::Method::from` converts it, and the two types compare directly.
///
/// ```
/// use writ_runtime::Method;
///
/// assert_eq!(Method::GET, http::Method::GET);
/// assert_eq!(Method::PATCH.to_string(), "PATCH");
/// assert_ne!(Method::Other("COPY"), Method::GET);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// The HTTP method `GET`.
    GET,
    /// The HTTP method `PUT`.
    PUT,
    /// The HTTP method `POST`.
    POST,
    /// The HTTP method `DELETE`.
    DELETE,
    /// The HTTP method `OPTIONS`.
    OPTIONS,
    /// The HTTP method `HEAD`.
    HEAD,
    /// The HTTP method `PATCH`.
    PATCH,
    /// The HTTP method `TRACE`.
    TRACE,
    /// The HTTP method `QUERY`: a safe request with a body that describes a query.
    QUERY,
    /// Any other HTTP method, by its name. The name is a token (RFC 9110 § 9.1), and its case matters.
    Other(&'static str),
}

impl Method {
    /// Returns the name of the HTTP method, as a request contains it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::GET => "GET",
            Method::PUT => "PUT",
            Method::POST => "POST",
            Method::DELETE => "DELETE",
            Method::OPTIONS => "OPTIONS",
            Method::HEAD => "HEAD",
            Method::PATCH => "PATCH",
            Method::TRACE => "TRACE",
            Method::QUERY => "QUERY",
            Method::Other(name) => name,
        }
    }

    /// Returns true if a request with this method changes nothing (RFC 9110 § 9.2.1). An unknown method is not safe.
    pub const fn is_safe(self) -> bool {
        matches!(self, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE | Method::QUERY)
    }

    /// Returns true if several equal requests with this method have the effect of one (RFC 9110 § 9.2.2). An unknown
    /// method is not idempotent.
    pub const fn is_idempotent(self) -> bool {
        self.is_safe() || matches!(self, Method::PUT | Method::DELETE)
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> http::Method {
        match method {
            Method::GET => http::Method::GET,
            Method::PUT => http::Method::PUT,
            Method::POST => http::Method::POST,
            Method::DELETE => http::Method::DELETE,
            Method::OPTIONS => http::Method::OPTIONS,
            Method::HEAD => http::Method::HEAD,
            Method::PATCH => http::Method::PATCH,
            Method::TRACE => http::Method::TRACE,
            // The generator refuses a contract with a method that is not a token.
            other => http::Method::from_bytes(other.as_str().as_bytes()).unwrap_or_default(),
        }
    }
}

impl PartialEq<http::Method> for Method {
    fn eq(&self, other: &http::Method) -> bool {
        self.as_str() == other.as_str()
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
