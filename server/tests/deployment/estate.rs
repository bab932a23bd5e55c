//! The processes of both services behind a real gateway, on real stores.

use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use server::testing::{ADMIN_PASSWORD, CURSOR_KEYS, TOKEN_KEYS, TestDatabase};

use crate::envoy::Envoy;
use crate::process::Process;

/// The services of the sample, in the order in which tests restart them.
pub const SERVICES: [&str; 2] = ["users", "orders"];

/// Both services in processes of their own, behind a gateway.
pub struct Estate {
    /// The address of the gateway.
    pub gateway: SocketAddr,
    /// The database of each service.
    pub databases: [TestDatabase; 2],
    addresses: [SocketAddr; 2],
    processes: [Process; 2],
    _envoy: Envoy,
}

impl Estate {
    /// Starts both services and the gateway, and waits until they accept requests. The rate limits of `limited` are raised.
    pub async fn start(limited: &[(&str, &str)]) -> Estate {
        let databases = [TestDatabase::empty(&server::USERS).await, TestDatabase::empty(&server::ORDERS).await];
        let addresses = [lasting_address(), lasting_address()];
        let start = async |index: usize| {
            let program = program(index, addresses, &databases[index], &databases[0]);
            Process::spawn_at(addresses[index], program).ready().await
        };
        let processes = [start(0).await, start(1).await];
        for (service, operation) in limited {
            let index = SERVICES.iter().position(|known| known == service).unwrap();
            let mut command = program(index, addresses, &databases[index], &databases[0]);
            command.args(["policy", "set", operation, "rate=1000000/60s", "for", "1h"]);
            assert!(command.output().unwrap().status.success(), "{operation}");
        }
        let address_of = |service: &str| addresses[SERVICES.iter().position(|known| *known == service).unwrap()];
        let mut envoy = Envoy::start(address_of, |_| ()).await;
        envoy.wait_for_keys().await;
        Estate { gateway: envoy.address, databases, addresses, processes, _envoy: envoy }
    }

    /// Returns the URL of a path at the gateway.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.gateway)
    }

    /// Ends a service by SIGTERM, and starts it again at its address. Returns the time for which the service was down.
    pub async fn restart(&mut self, index: usize) -> Duration {
        assert!(self.processes[index].end().await.success(), "{}", self.processes[index].log());
        self.start_again(index).await
    }

    /// Kills a service, and starts it again at its address. Returns the time for which the service was down.
    pub async fn kill(&mut self, index: usize) -> Duration {
        self.processes[index].child.kill().unwrap();
        self.processes[index].exited_within(Duration::from_secs(5)).await;
        self.start_again(index).await
    }

    async fn start_again(&mut self, index: usize) -> Duration {
        let since = Instant::now();
        let program = program(index, self.addresses, &self.databases[index], &self.databases[0]);
        self.processes[index] = Process::spawn_at(self.addresses[index], program).ready().await;
        since.elapsed()
    }
}

/// Returns the program of a service with its settings. `users` is the database of the service `users`, whose name is also the
/// prefix of the keys in Redis.
fn program(index: usize, addresses: [SocketAddr; 2], database: &TestDatabase, users: &TestDatabase) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    program
        .env("WRIT_SERVICE", SERVICES[index])
        .env(format!("WRIT_{}_DATABASE_URL", SERVICES[index].to_ascii_uppercase()), &database.url)
        .env("WRIT_DATABASE_CONNECTIONS", "16")
        .env("REDIS_URL", std::env::var("WRIT_TEST_REDIS_URL").unwrap())
        .env("WRIT_REDIS_PREFIX", users.url.rsplit('/').next().unwrap())
        .env("WRIT_TOKEN_KEYS", STANDARD.encode(TOKEN_KEYS[index]))
        .env("WRIT_CURSOR_KEY", STANDARD.encode(CURSOR_KEYS[index]))
        .env("WRIT_TRUSTED_PROXIES", "127.0.0.0/8")
        // A service that is slow on a busy machine would refuse requests, which is not the subject of these tests.
        .env("WRIT_LOAD_SHEDDING", "off");
    match SERVICES[index] {
        "users" => program
            .env("ADMIN_PASSWORD", ADMIN_PASSWORD)
            .env("WRIT_TRUSTED_SERVICES", format!("orders=http://{}/.well-known/jwks.json", addresses[1])),
        _ => program.env("WRIT_USERS_URL", format!("http://{}", addresses[0])),
    };
    program
}

/// Returns an address for a process that ends and starts again. Its port is below those that the system gives to clients, so
/// that no connection takes it in between.
fn lasting_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Tests of several programs begin at different ports.
    let first = 16_000 + u16::try_from(std::process::id() % 12_000).unwrap();
    let mut ports = std::iter::repeat_with(|| first + NEXT.fetch_add(1, Ordering::Relaxed));
    ports.find_map(|port| Some(TcpListener::bind(("127.0.0.1", port)).ok()?.local_addr().unwrap())).unwrap()
}
