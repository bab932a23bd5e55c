//! The network addresses to which webhooks may be sent. An endpoint is a URL of a stranger, so a request to it must not
//! reach what only this machine or its network can reach (server-side request forgery).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The IPv4 networks that are not public (IANA IPv4 Special-Purpose Address Registry), and multicast.
const SPECIAL_V4: [Ipv4Net; 15] = [
    Ipv4Net::new_assert(Ipv4Addr::new(0, 0, 0, 0), 8),
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 8),
    // Shared by carriers (CGNAT), and the metadata of some clouds.
    Ipv4Net::new_assert(Ipv4Addr::new(100, 64, 0, 0), 10),
    Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local, and the metadata of most clouds.
    Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 16, 0, 0), 12),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 0, 0, 0), 24),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 0, 2, 0), 24),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 88, 99, 0), 24),
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 15),
    Ipv4Net::new_assert(Ipv4Addr::new(198, 51, 100, 0), 24),
    Ipv4Net::new_assert(Ipv4Addr::new(203, 0, 113, 0), 24),
    Ipv4Net::new_assert(Ipv4Addr::new(224, 0, 0, 0), 4),
    Ipv4Net::new_assert(Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The IPv6 network of all global unicast addresses. Loopback, link-local, unique local, multicast, IPv4-mapped and NAT64
/// addresses are outside of it.
const GLOBAL_V6: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// The networks in [`GLOBAL_V6`] that are not public (IANA IPv6 Special-Purpose Address Registry), and 6to4, whose
/// addresses contain an IPv4 address.
const SPECIAL_V6: [Ipv6Net; 4] = [
    Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    Ipv6Net::new_assert(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    Ipv6Net::new_assert(Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    Ipv6Net::new_assert(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The addresses to which webhooks may be sent: public ones, and those of networks that the operator has allowed.
#[derive(Debug, Clone, Default)]
pub(super) struct AddressPolicy {
    allowed: Arc<[IpNet]>,
}

impl AddressPolicy {
    pub(super) fn new(allowed: Vec<IpNet>) -> AddressPolicy {
        AddressPolicy { allowed: allowed.into() }
    }

    /// Returns true if webhooks may be sent to an address.
    pub(super) fn permits(&self, address: IpAddr) -> bool {
        self.is_allowed(address) || is_public(address.to_canonical())
    }

    /// Returns true if webhooks may be sent to an address without TLS: only within the allowed networks.
    pub(super) fn permits_plaintext(&self, address: IpAddr) -> bool {
        self.is_allowed(address)
    }

    /// Returns true if an endpoint without TLS is possible at all.
    pub(super) fn knows_networks(&self) -> bool {
        !self.allowed.is_empty()
    }

    fn is_allowed(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address))
    }
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|network| network.contains(&address))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(policy: &AddressPolicy, address: &str) -> bool {
        policy.permits(address.parse().unwrap())
    }

    #[test]
    fn only_public_addresses_are_permitted() {
        let policy = AddressPolicy::default();
        for public in
            ["1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2606:4700:4700::1111", "2a00::1"]
        {
            assert!(permits(&policy, public), "{public}");
        }
        let private = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for private in private {
            assert!(!permits(&policy, private), "{private}");
        }
    }

    #[test]
    fn an_allowed_network_is_permitted_also_in_its_mapped_form() {
        let policy = AddressPolicy::new(vec!["127.0.0.1/32".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for allowed in ["127.0.0.1", "::ffff:127.0.0.1", "fd00::1"] {
            assert!(permits(&policy, allowed) && policy.permits_plaintext(allowed.parse().unwrap()), "{allowed}");
        }
        assert!(!permits(&policy, "127.0.0.2") && !permits(&policy, "::1"));
        assert!(permits(&policy, "1.1.1.1") && !policy.permits_plaintext("1.1.1.1".parse().unwrap()));
    }
}
