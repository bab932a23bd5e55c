//! A network of its own, in which the firewall of the operating system drops packets.

use std::net::{IpAddr, Ipv4Addr};
use std::process::Command;

use uuid::Uuid;

/// A network namespace that is connected to this machine, for tests of a network that loses all packets. Only root can
/// create it.
///
/// A proxy cannot simulate such a network, because the operating system of a proxy acknowledges what it receives.
#[derive(Debug)]
pub struct Island {
    /// The name of the network namespace.
    pub namespace: String,
    /// The address of servers in the network.
    pub address: IpAddr,
}

impl Island {
    /// Creates the network, after it has installed nftables if necessary.
    ///
    /// # Panics
    /// Panics if the machine does not allow this, so that no test is skipped in silence.
    pub fn create() -> Island {
        if Command::new("nft").arg("--version").output().is_err() {
            run("apt-get install -y -qq nftables");
        }
        let id = Uuid::new_v4().as_u128();
        let (namespace, subnet) = (format!("writ-{:06x}", id & 0xff_ffff), (id >> 32).to_be_bytes());
        let address = |host| Ipv4Addr::new(10, 213, subnet[14], (subnet[15] & 0xfc) + host);
        let (near, far) = (format!("{namespace}-a"), format!("{namespace}-b"));
        run(&format!("ip netns add {namespace}"));
        let island = Island { namespace: namespace.clone(), address: address(2).into() };
        run(&format!("ip link add {near} type veth peer name {far} netns {namespace}"));
        run(&format!("ip addr add {}/30 dev {near}", address(1)));
        run(&format!("ip link set {near} up"));
        for command in
            [&format!("ip addr add {}/30 dev {far}", address(2)), &format!("ip link set {far} up"), "ip link set lo up"]
        {
            island.run(command);
        }
        island.run("nft add table inet writ");
        island
    }

    /// Drops all packets to the servers of the network, or lets them pass again.
    pub fn drop_packets(&self, drops: bool) {
        match drops {
            true => self.run("nft add chain inet writ input { type filter hook input priority 0 ; policy drop ; }"),
            false => self.run("nft delete chain inet writ input"),
        }
    }

    /// Runs a command in the network.
    fn run(&self, command: &str) {
        run(&format!("ip netns exec {} {command}", self.namespace));
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        // This also deletes the connection to this machine.
        let _ = Command::new("ip").args(["netns", "delete", &self.namespace]).status();
    }
}

/// Runs a command, whose words are separated by spaces.
fn run(command: &str) {
    let mut words = command.split(' ');
    let output = Command::new(words.next().unwrap_or_default()).args(words).output();
    let output = output.unwrap_or_else(|error| panic!("cannot run `{command}`: {error}"));
    assert!(output.status.success(), "`{command}` failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
}
