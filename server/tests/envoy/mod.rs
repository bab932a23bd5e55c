//! A running Envoy with the configuration of the sample's gateway.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test file uses some of the helpers, and a helper that fails must fail the test"
)]

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use cargo_writ::gateway;
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};
use writ_gateway::{Routes, Settings, envoy};

/// The longest time that a test waits for Envoy.
const SOON: Duration = Duration::from_secs(30);

/// A token with the issuer and the audience of the sample, whose key nobody has.
pub const FORGED: &str = "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6Im5vbmUifQ.\
                          eyJpc3MiOiJ3cml0IiwiYXVkIjoid3JpdCIsImV4cCI6NDEwMjQ0NDgwMH0.c2lnbmF0dXJl";

/// The routes and the settings of the sample's gateway, which are read once for all tests of a program.
static SAMPLE: LazyLock<(Routes, Settings)> = LazyLock::new(|| {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let args = gateway::Args {
        spec: vec![root.join("spec")],
        out: Some(root.join("server/gateway")),
        root: Some(root.join("spec")),
        ..gateway::Args::default()
    };
    gateway::read(&args).unwrap()
});

/// A running Envoy. Dropping the value ends it.
pub struct Envoy {
    /// The address on which Envoy accepts requests.
    pub address: SocketAddr,
    process: Child,
    folder: TempDir,
    /// Keeps the port of Envoy from being given to another process before Envoy listens on it.
    _port: TcpSocket,
}

impl Envoy {
    /// Starts Envoy with the rendered configuration, and waits until it accepts connections. `address_of` returns the
    /// address of a service. `change` modifies the settings, which have no effective limits.
    pub async fn start(address_of: impl Fn(&str) -> SocketAddr, change: impl FnOnce(&mut Settings)) -> Envoy {
        let folder = TempDir::new().unwrap();
        let port = TcpSocket::new_v4().unwrap();
        // Envoy sets this option too, so that it can listen on a port that another socket of its user has.
        port.set_reuseport(true).unwrap();
        port.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = port.local_addr().unwrap();
        let configuration = folder.path().join("envoy.yaml");
        std::fs::write(&configuration, configuration_of(address_of, address, change)).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let process = Command::new(program())
            .args(["--disable-hot-restart", "--concurrency", "1", "--log-level", "warn", "--config-path"])
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut envoy = Envoy { address, process, folder, _port: port };
        envoy.wait_until(async || TcpStream::connect(address).await.is_ok()).await;
        envoy
    }

    /// Waits until Envoy has the keys of tokens. Without them it responds with 503.
    pub async fn wait_for_keys(&mut self) {
        let (client, url) = (reqwest::Client::new(), format!("http://{}/v2/users", self.address));
        let is_known = async || {
            let response = client.get(&url).header("authorization", FORGED).send().await;
            response.is_ok_and(|response| response.status() == 401)
        };
        self.wait_until(is_known).await;
    }

    /// Waits until a condition holds. Fails with Envoy's log if Envoy ends or the condition does not hold in time.
    async fn wait_until(&mut self, mut holds: impl AsyncFnMut() -> bool) {
        let since = Instant::now();
        loop {
            let is_held = holds().await;
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("Envoy has ended ({status}):\n{}", log());
            }
            if is_held {
                return;
            }
            assert!(since.elapsed() < SOON, "Envoy is not ready:\n{}", log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the path of Envoy.
///
/// The test fails without it: a test that passes without a gateway would prove nothing.
fn program() -> PathBuf {
    let program = std::env::var_os("WRIT_TEST_ENVOY").map(PathBuf::from);
    program.expect("the tests of the gateway need Envoy, which `cargo xtask test` finds or installs")
}

/// Returns the configuration of the sample's gateway, with the addresses of a test.
fn configuration_of(
    address_of: impl Fn(&str) -> SocketAddr,
    address: SocketAddr,
    change: impl FnOnce(&mut Settings),
) -> String {
    let (routes, settings) = &*SAMPLE;
    let mut settings = settings.clone();
    settings.listen = address;
    settings.admin = None;
    (settings.limits.requests, settings.limits.burst) = (1_000_000, 1_000_000);
    change(&mut settings);
    for service in &routes.services {
        settings = settings.with_address(service, &address_of(service).to_string());
    }
    envoy::render(routes, &settings).unwrap()
}
