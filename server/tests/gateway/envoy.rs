//! A running Envoy in front of a server of the sample.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cargo_writ::gateway;
use server::testing::{self, TestServer};
use tempfile::TempDir;
use tokio::net::TcpStream;
use writ_gateway::envoy;

use crate::wire::Request;

/// The longest time that the test waits for Envoy.
const SOON: Duration = Duration::from_secs(30);

/// A server of the sample with Envoy in front of it. All services are in one process.
pub struct Gateway {
    pub server: TestServer,
    /// The address of Envoy.
    pub address: SocketAddr,
    envoy: Child,
    folder: TempDir,
}

impl Gateway {
    /// Starts a server and Envoy with the rendered configuration, and waits until Envoy verifies tokens.
    pub async fn start() -> Gateway {
        let server = testing::start_with(|settings| {
            settings.set("WRIT_TRUSTED_PROXIES", "127.0.0.0/8");
            settings.set("WRIT_LOAD_SHEDDING", "off");
        })
        .await;
        let folder = TempDir::new().unwrap();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let configuration = folder.path().join("envoy.yaml");
        std::fs::write(&configuration, configuration_of(&server, address)).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let envoy = Command::new(program())
            .args(["--disable-hot-restart", "--concurrency", "2", "--log-level", "warn", "--config-path"])
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut gateway = Gateway { server, address, envoy, folder };
        gateway.wait().await;
        gateway
    }

    /// Waits until Envoy accepts connections and has the keys of tokens: without them it responds with 503.
    async fn wait(&mut self) {
        let since = Instant::now();
        let forged = Request::new("GET", "/v2/users").header("authorization", FORGED);
        loop {
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(since.elapsed() < SOON, "Envoy is not ready:\n{}", log());
            if let Some(status) = self.envoy.try_wait().unwrap() {
                panic!("Envoy has ended ({status}):\n{}", log());
            }
            if TcpStream::connect(self.address).await.is_ok() && forged.send(self.address).await.status == 401 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.envoy.kill();
        let _ = self.envoy.wait();
    }
}

/// A token with the issuer and the audience of the sample, whose key nobody has.
const FORGED: &str = "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6Im5vbmUifQ.\
                      eyJpc3MiOiJ3cml0IiwiYXVkIjoid3JpdCIsImV4cCI6NDEwMjQ0NDgwMH0.c2lnbmF0dXJl";

/// Returns the path of Envoy.
///
/// The test fails without it: a test that passes without a gateway would prove nothing.
fn program() -> PathBuf {
    let program = std::env::var_os("WRIT_TEST_ENVOY").map(PathBuf::from);
    program.expect("the tests of the gateway need Envoy, which `cargo xtask test` finds or installs")
}

/// Returns the configuration of the sample's gateway, with the addresses of a test and without effective limits.
fn configuration_of(server: &TestServer, address: SocketAddr) -> String {
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
    for service in &routes.services {
        settings = settings.with_address(service, &server.address.to_string());
    }
    envoy::render(&routes, &settings).unwrap()
}
