//! The client's IP address and certificate, as request extensions that axum middleware sets.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::Extensions;

/// The client's IP address, as a request extension. Middleware that knows the trusted proxies sets it.
///
/// Without this extension, the client's address is that of the connection
/// ([`ConnectInfo`](axum::extract::ConnectInfo)).
///
/// ```
/// use std::net::IpAddr;
/// use axum::extract::Request;
/// use axum::middleware::Next;
/// use axum::response::Response;
/// use writ_runtime::ClientAddress;
///
/// /// Uses the address that the load balancer reports. Only correct behind that load balancer.
/// async fn client_address(mut request: Request, next: Next) -> Response {
///     let reported = request.headers().get("x-real-ip").and_then(|value| value.to_str().ok());
///     if let Some(address) = reported.and_then(|text| text.parse::<IpAddr>().ok()) {
///         request.extensions_mut().insert(ClientAddress(address));
///     }
///     next.run(request).await
/// }
/// # let _ = axum::Router::<()>::new().layer(axum::middleware::from_fn(client_address));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A client certificate that the transport has verified, as a string in a request extension that middleware sets.
/// It is the credential of a security scheme of type `mutualTLS`.
///
/// The authenticator receives it for that scheme. The string is for example the subject of the certificate:
///
/// ```
/// use writ_runtime::ClientCertificate;
///
/// let mut request = http::Request::new(());
/// request.extensions_mut().insert(ClientCertificate("CN=billing".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate(pub String);

/// Returns the client's IP address: the one that middleware has set, or else the address of the connection.
pub(crate) fn of(extensions: &Extensions) -> Option<IpAddr> {
    extensions
        .get::<ClientAddress>()
        .map(|address| address.0)
        .or_else(|| extensions.get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0.ip().to_canonical()))
}
