//! The limits on the number of open connections, in total and for each client address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;

use crate::config::{Config, ConnectionLimits};
use crate::metrics::PortConnections;

/// The number of connections beyond the limits that can be open for health checks.
pub(super) const RESERVE: usize = 64;

/// The register of open connections. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Admission(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: ConnectionLimits,
    trusted: Vec<IpNet>,
    metrics: PortConnections,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    /// The number of open connections within the limits.
    total: usize,
    /// The number of these connections for each client that is not a trusted proxy.
    by_client: HashMap<IpAddr, usize>,
    /// The open connections beyond the limits, the oldest first.
    reserve: Vec<Reserved>,
}

/// A connection beyond the limits.
#[derive(Debug)]
struct Reserved {
    client: IpAddr,
    /// The connection ends when the token is cancelled.
    end: CancellationToken,
}

/// The place of an open connection in the register. Dropping it makes the place free.
#[derive(Debug)]
pub(super) struct Admitted {
    admission: Admission,
    place: Place,
}

/// The kind of a connection's place.
#[derive(Debug)]
enum Place {
    /// The connection is within the limits. A client that is not a trusted proxy has an address.
    Regular(Option<IpAddr>),
    /// The connection is beyond a limit. It must end when the token is cancelled, because a newer connection needs the
    /// place.
    Reserve(CancellationToken),
}

impl Admission {
    pub(super) fn new(config: &Config, metrics: PortConnections) -> Admission {
        Admission(Arc::new(Inner {
            limits: config.connections,
            trusted: config.trusted_proxies.clone(),
            metrics,
            open: Mutex::default(),
        }))
    }

    /// Registers a new connection of a peer. A connection beyond the limits gets a place in the reserve. If the reserve
    /// has no free place, the oldest connection of the client with the most places must end. So a client that opens many
    /// connections ends its own, and not the health check of another.
    pub(super) fn admit(&self, peer: IpAddr) -> Admitted {
        let address = client_of(peer);
        let client = (!self.0.trusted.iter().any(|network| network.contains(&peer.to_canonical()))).then_some(address);
        let Inner { limits, metrics, .. } = &*self.0;
        let mut open = self.lock();
        let of_client = client.and_then(|client| open.by_client.get(&client)).copied().unwrap_or_default();
        let beyond = match (open.total >= limits.total, of_client >= limits.per_address) {
            (true, _) => Some(&metrics.beyond_total),
            (_, true) => Some(&metrics.beyond_address),
            _ => None,
        };
        let place = if let Some(beyond) = beyond {
            if open.reserve.len() >= RESERVE {
                open.displace();
            }
            let end = CancellationToken::new();
            open.reserve.push(Reserved { client: address, end: end.clone() });
            beyond.inc();
            metrics.reserve.inc();
            Place::Reserve(end)
        } else {
            open.total += 1;
            if let Some(client) = client {
                *open.by_client.entry(client).or_default() += 1;
            }
            metrics.regular.inc();
            Place::Regular(client)
        };
        Admitted { admission: self.clone(), place }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Ends the oldest connection of the client that has the most places in the reserve.
    fn displace(&mut self) {
        let places = |client| self.reserve.iter().filter(|other| other.client == client).count();
        // Of equal ones `max_by_key` returns the last, which is the oldest here.
        let most = self.reserve.iter().enumerate().rev().max_by_key(|(_, one)| places(one.client));
        if let Some((position, _)) = most {
            self.reserve.remove(position).end.cancel();
        }
    }
}

impl Admitted {
    /// Returns true if the connection is beyond a limit, so that it is only for health checks.
    pub(super) fn is_reserve(&self) -> bool {
        matches!(self.place, Place::Reserve(_))
    }

    /// Waits until the connection must end because a newer one needs its place.
    pub(super) async fn displaced(&self) {
        match &self.place {
            Place::Regular(_) => std::future::pending().await,
            Place::Reserve(token) => token.cancelled().await,
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.admission.lock();
        match &self.place {
            Place::Regular(client) => {
                open.total -= 1;
                self.admission.0.metrics.regular.dec();
                if let Some(client) = client
                    && let Some(count) = open.by_client.get_mut(client)
                {
                    *count -= 1;
                    if *count == 0 {
                        open.by_client.remove(client);
                    }
                }
            }
            Place::Reserve(token) => {
                // The token of this place is the only one that is cancelled here, so it is found by its state.
                token.cancel();
                self.admission.0.metrics.reserve.dec();
                open.reserve.retain(|other| !other.end.is_cancelled());
            }
        }
    }
}

/// Returns the address by which the connections of a client are counted. A client usually has a complete IPv6 network of
/// 64 bits, so its addresses count as one.
fn client_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn admission(settings: &[(&str, &str)]) -> Admission {
        let settings = settings.iter().map(|(name, value)| (format!("T_{name}"), (*value).to_owned()));
        Admission::new(&Config::read(&mut Source::new("T_", "", settings)), PortConnections::default())
    }

    fn admit(admission: &Admission, peer: &str) -> Admitted {
        admission.admit(peer.parse().unwrap())
    }

    #[test]
    fn connections_beyond_the_total_are_for_health_checks() {
        let admission = admission(&[("MAX_CONNECTIONS", "2")]);
        let first = admit(&admission, "192.0.2.1");
        let _second = admit(&admission, "192.0.2.2");
        assert!(admit(&admission, "192.0.2.3").is_reserve());
        drop(first);
        assert!(!admit(&admission, "192.0.2.3").is_reserve());
    }

    #[test]
    fn connections_are_counted_by_address_and_by_ipv6_network() {
        let admission = admission(&[("MAX_CONNECTIONS_PER_ADDRESS", "1")]);
        let _open = ["192.0.2.1", "2001:db8::1"].map(|peer| admit(&admission, peer));
        for refused in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::ffff:1"] {
            assert!(admit(&admission, refused).is_reserve(), "{refused}");
        }
        for admitted in ["192.0.2.2", "2001:db8:0:1::1"] {
            assert!(!admit(&admission, admitted).is_reserve(), "{admitted}");
        }
    }

    #[test]
    fn trusted_proxies_have_no_limit_of_their_own() {
        let admission = admission(&[("MAX_CONNECTIONS_PER_ADDRESS", "1"), ("TRUSTED_PROXIES", "10.0.0.0/8")]);
        let open = [(); 3].map(|()| admit(&admission, "10.0.0.1"));
        assert!(open.iter().all(|connection| !connection.is_reserve()));
    }

    #[tokio::test]
    async fn the_oldest_connection_of_the_reserve_makes_room_for_a_new_one() {
        let admission = admission(&[("MAX_CONNECTIONS", "1")]);
        let _regular = admit(&admission, "192.0.2.1");
        let oldest = admit(&admission, "192.0.2.1");
        let mut others: Vec<_> = (1..RESERVE).map(|_| admit(&admission, "192.0.2.1")).collect();
        others.pop();
        others.push(admit(&admission, "192.0.2.1"));
        tokio::select! {
            biased;
            () = oldest.displaced() => panic!("a free place was not used"),
            () = std::future::ready(()) => {}
        }
        others.push(admit(&admission, "192.0.2.1"));
        oldest.displaced().await;
    }

    #[test]
    fn a_client_with_many_connections_ends_its_own_and_not_that_of_another() {
        let admission = admission(&[("MAX_CONNECTIONS", "1")]);
        let _regular = admit(&admission, "192.0.2.1");
        let supervisor = admit(&admission, "192.0.2.2");
        let flood: Vec<_> = (0..3 * RESERVE).map(|_| admit(&admission, "192.0.2.3")).collect();
        let is_displaced = |admitted: &Admitted| match &admitted.place {
            Place::Reserve(end) => end.is_cancelled(),
            Place::Regular(_) => panic!("the connection is within the limits"),
        };
        assert!(!is_displaced(&supervisor));
        assert_eq!(flood.iter().filter(|connection| !is_displaced(connection)).count(), RESERVE - 1);
        assert!(flood[..2 * RESERVE].iter().all(is_displaced));
    }

    #[test]
    fn open_connections_and_those_beyond_a_limit_are_counted() {
        let admission = admission(&[("MAX_CONNECTIONS", "2"), ("MAX_CONNECTIONS_PER_ADDRESS", "1")]);
        let metrics = &admission.0.metrics;
        let counts = || (metrics.regular.get(), metrics.reserve.get());
        let beyond = || (metrics.beyond_total.get(), metrics.beyond_address.get());
        let first = admit(&admission, "192.0.2.1");
        let of_one_client = admit(&admission, "192.0.2.1");
        assert_eq!((counts(), beyond()), ((1, 1), (0, 1)));
        let _second = admit(&admission, "192.0.2.2");
        let _third = admit(&admission, "192.0.2.3");
        assert_eq!((counts(), beyond()), ((2, 2), (1, 1)));
        drop((first, of_one_client));
        assert_eq!((counts(), beyond()), ((1, 1), (1, 1)));
    }

    #[test]
    fn closed_connections_leave_nothing_behind() {
        let admission = admission(&[("MAX_CONNECTIONS", "1")]);
        drop([(); 3].map(|()| admit(&admission, "192.0.2.1")));
        let open = admission.lock();
        assert_eq!((open.total, open.by_client.len(), open.reserve.len()), (0, 0, 0));
    }
}
