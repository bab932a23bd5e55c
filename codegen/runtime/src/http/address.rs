//! The client's address, as the layers in front of the pipeline tell it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::Extensions;

/// The client's address, set by a layer that knows which proxies to trust.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

/// A client certificate that the transport has checked, set by a layer as an extension: what a
/// scheme of type `mutualTLS` presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate(pub String);

/// The address that a layer has set, else that of the connection.
pub(crate) fn of(extensions: &Extensions) -> Option<IpAddr> {
    extensions
        .get::<ClientAddress>()
        .map(|address| address.0)
        .or_else(|| extensions.get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0.ip().to_canonical()))
}
