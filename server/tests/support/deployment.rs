//! The servers of a test: one with both services, or, with `WRIT_TEST_THROUGH=gateway`, one for each service behind a real
//! Envoy with the configuration of the sample's gateway.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use generated::VERSIONS;
use server::testing::{self, Services, TestServer};
use server::{OrderParts, UserParts};
use writ_platform::config::Source;
use writ_platform::{Platform, Redis};

use super::envoy::Envoy;

/// The running services of the sample, with one address.
pub struct Deployment {
    /// The address of the API.
    pub address: SocketAddr,
    servers: Servers,
}

enum Servers {
    Together(Box<TestServer>),
    Behind(Envoy, Box<Services>),
}

/// Returns true if the requests of the tests go through the gateway.
pub fn through_gateway() -> bool {
    match std::env::var("WRIT_TEST_THROUGH").as_deref() {
        Err(_) => false,
        Ok("gateway") => true,
        Ok(other) => panic!("WRIT_TEST_THROUGH is `{other}`; the tests know only `gateway`"),
    }
}

/// Returns the address of this machine in its network, or `None` if it has no network.
fn machine() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // No packet is sent: the system only selects the address from which it would send one.
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().unwrap().ip())
}

impl Deployment {
    /// Starts the services with the settings of tests, modified by `change`.
    pub async fn start_with(change: impl Fn(&mut Source)) -> Deployment {
        if !through_gateway() {
            let server = testing::start_with(&change).await;
            return Deployment { address: server.address, servers: Servers::Together(Box::new(server)) };
        }
        let behind = |settings: &mut Source| {
            settings.set("WRIT_TRUSTED_PROXIES", "127.0.0.0/8");
            change(settings);
            // For a client at 127.0.0.1, Envoy writes the address of the machine into `X-Forwarded-For`.
            if let Some(machine) = machine() {
                let proxies = format!("{},{machine}", settings.value("WRIT_TRUSTED_PROXIES").unwrap());
                settings.set("WRIT_TRUSTED_PROXIES", &proxies);
            }
        };
        let services = Services::start_with(behind, behind).await;
        let address_of = |service: &str| match service {
            "orders" => services.orders.address,
            _ => services.users.address,
        };
        let mut envoy = Envoy::start(address_of, |_| ()).await;
        envoy.wait_for_keys().await;
        Deployment { address: envoy.address, servers: Servers::Behind(envoy, Box::new(services)) }
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the server that runs a service.
    pub fn of(&self, service: &str) -> &TestServer {
        match &self.servers {
            Servers::Together(server) => server,
            Servers::Behind(_, services) if service == "orders" => &services.orders,
            Servers::Behind(_, services) => &services.users,
        }
    }

    /// Returns the parts of the service `users`.
    pub fn users(&self) -> &UserParts {
        testing::users(self.of("users"))
    }

    /// Returns the parts of the service `orders`.
    pub fn orders(&self) -> &OrderParts {
        testing::orders(self.of("orders"))
    }

    /// Returns the connection to the Redis that all services share.
    pub fn redis(&self) -> &Redis {
        &self.of("users").service.redis
    }

    /// Returns the platforms of all servers.
    pub fn platforms(&self) -> Vec<&Platform> {
        match &self.servers {
            Servers::Together(server) => vec![&server.platform],
            Servers::Behind(_, services) => vec![&services.users.platform, &services.orders.platform],
        }
    }

    /// Runs the subcommand `policy` for the service that owns the operation in `arguments`.
    pub async fn policy(&self, arguments: &str) {
        let operation = arguments.split_whitespace().nth(1).unwrap();
        let operations = VERSIONS.operations();
        let owner = operations.iter().find(|known| known.id == operation).unwrap().service;
        self.of(owner).policy(arguments).await;
    }
}
