//! A whole server on a free port, with a database and a key prefix of its own.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{TestDatabases, config, variable};
use crate::platform::Platform;
use crate::platform::config::Config;

/// A running server. It stops with this value.
#[derive(Debug)]
pub struct TestServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it stands on, to look behind the answers.
    pub platform: Platform,
    task: JoinHandle<()>,
    _databases: TestDatabases,
}

impl TestServer {
    /// With the settings of tests.
    pub async fn start() -> TestServer {
        TestServer::start_with(|_| ()).await
    }

    /// With settings that `change` has changed.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> TestServer {
        let databases = TestDatabases::empty().await;
        let mut config = config(&databases.url, &variable("WRIT_TEST_REDIS_URL"));
        change(&mut config);
        let listener = TcpListener::bind(config.bind).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let platform = Platform::new(config).expect("the platform can be put together");
        platform.prepare().await.expect("the platform can be prepared");
        let app = crate::app::router(&platform);
        let serving = platform.clone();
        let task = tokio::spawn(async move { serving.serve(listener, app).await.expect("the server serves") });
        TestServer { address, platform, task, _databases: databases }
    }

    /// The address of `path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.platform.shutdown.end();
        self.task.abort();
    }
}
