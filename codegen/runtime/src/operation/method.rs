//! The HTTP methods that an operation can have.

use std::fmt;

/// An HTTP method that a contract can give to an operation (OpenAPI 3.0.3 § 4.7.9.1).
///
/// [`http::Method`] can hold any token, so it has a destructor, and compilers follow that destructor through
/// every `static`. This type has none. `http::Method::from` converts it, and the two types compare directly.
///
/// ```
/// use writ_runtime::Method;
///
/// assert_eq!(Method::GET, http::Method::GET);
/// assert_eq!(Method::PATCH.to_string(), "PATCH");
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
}

impl Method {
    /// Returns the name of the HTTP method in upper case, as a request contains it.
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
        }
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
