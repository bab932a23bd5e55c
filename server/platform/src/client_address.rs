//! The IP address of the client of a request: the peer of the connection, or the address that a trusted proxy
//! reports.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use http::HeaderMap;
use ipnet::IpNet;
use writ_runtime::ClientAddress;

/// The mark of a request that a trusted proxy sends. The trace in its headers is continued.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TrustedPeer;

/// Adds the [`ClientAddress`] to the extensions of a request, and a mark if the peer is a trusted proxy.
///
/// [`Limiter`](crate::limiter::Limiter) applies the rate limits by client address to this address.
pub fn find(trusted: &[IpNet], request: &mut Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    if let Some(peer) = peer {
        let client = client_of(peer, request.headers(), trusted);
        request.extensions_mut().insert(ClientAddress(client));
        if trusted.iter().any(|network| network.contains(&peer.to_canonical())) {
            request.extensions_mut().insert(TrustedPeer);
        }
    }
}

/// Returns the IP address of the client of a request. It reads `X-Forwarded-For` from right to left.
///
/// Each proxy appends the address of its peer to the header. Therefore an address is reliable only if the proxy
/// that wrote it is trusted. The first untrusted address from the right is the client. A client can forge the
/// addresses to the left of it.
fn client_of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let entries = lines.flat_map(|line| line.to_str().unwrap_or("").rsplit(','));
    for entry in entries {
        if !is_trusted(client) {
            break;
        }
        match address(entry.trim()) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// Parses an address from `X-Forwarded-For`: an IP address with an optional port. An IPv6 address can be in
/// brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']');
    let address = text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.or_else(|| bare()?.parse().ok()).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "2001:db8::/32".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client_of(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn an_untrusted_peer_cannot_set_the_address() {
        assert_eq!(client("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn entries_of_trusted_proxies_are_read_from_the_right() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.66, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.66, 198.51.100.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn an_entry_that_is_not_an_address_ends_the_search() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(client("10.0.0.1", &[""]), "10.0.0.1");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_parsed() {
        assert_eq!(client("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(client("2001:db8::1", &["[2001:db9::7]:4711"]), "2001:db9::7");
        assert_eq!(client("2001:db8::1", &["[2001:db9::7]"]), "2001:db9::7");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
    }
}
