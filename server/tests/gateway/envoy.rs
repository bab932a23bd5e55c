//! A running Envoy with the configuration of the sample's gateway.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cargo_writ::gateway;
use tempfile::TempDir;
use tokio::net::TcpStream;
use writ_gateway::{Settings, envoy};

use crate::wire::Request;

/// The longest time that a test waits for Envoy.
const SOON: Duration = Duration::from_secs(30);

/// A token with the issuer and the audience of the sample, whose key nobody has.
pub const FORGED: &str = "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6Im5vbmUifQ.\
                          eyJpc3MiOiJ3cml0IiwiYXVkIjoid3JpdCIsImV4cCI6NDEwMjQ0NDgwMH0.c2lnbmF0dXJl";

/// A running Envoy. Dropping the value ends it.
pub struct Envoy {
    /// The address on which Envoy accepts requests.
    pub address: SocketAddr,
    process: Child,
    folder: TempDir,
}

impl Envoy {
    /// Starts Envoy with the rendered configuration in front of services at one address, and waits until it accepts
    /// connections. `change` modifies the settings, which have no effective limits.
    pub async fn start(services: SocketAddr, change: impl FnOnce(&mut Settings)) -> Envoy {
        let folder = TempDir::new().unwrap();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let configuration = folder.path().join("envoy.yaml");
        std::fs::write(&configuration, configuration_of(services, address, change)).unwrap();
        let log = File::create(folder.path().join("log")).unwrap();
        let process = Command::new(program())
            .args(["--disable-hot-restart", "--concurrency", "2", "--log-level", "warn", "--config-path"])
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut envoy = Envoy { address, process, folder };
        envoy.wait_until(async || TcpStream::connect(address).await.is_ok()).await;
        envoy
    }

    /// Waits until Envoy has the keys of tokens. Without them it responds with 503.
    pub async fn wait_for_keys(&mut self) {
        let address = self.address;
        let forged = Request::new("GET", "/v2/users").header("authorization", FORGED);
        self.wait_until(async || forged.send(address).await.status == 401).await;
    }

    /// Waits until a condition holds. Fails with Envoy's log if Envoy ends or the condition does not hold in time.
    async fn wait_until(&mut self, mut holds: impl AsyncFnMut() -> bool) {
        let since = Instant::now();
        while !holds().await {
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(since.elapsed() < SOON, "Envoy is not ready:\n{}", log());
            if let Some(status) = self.process.try_wait().unwrap() {
                panic!("Envoy has ended ({status}):\n{}", log());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
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
fn configuration_of(services: SocketAddr, address: SocketAddr, change: impl FnOnce(&mut Settings)) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let args = gateway::Args {
        spec: vec![root.join("spec")],
        out: Some(root.join("server/gateway")),
        root: Some(root.join("spec")),
        ..gateway::Args::default()
    };
    let (routes, mut settings) = gateway::read(&args).unwrap();
    settings.listen = address;
    settings.admin = None;
    (settings.limits.requests, settings.limits.burst) = (1_000_000, 1_000_000);
    change(&mut settings);
    for service in &routes.services {
        settings = settings.with_address(service, &services.to_string());
    }
    envoy::render(&routes, &settings).unwrap()
}
