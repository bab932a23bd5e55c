//! A running server for one test, on a free port and with a separate database and key prefix.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{TestDatabases, config, variable};
use crate::platform::Platform;
use crate::platform::config::Config;

/// A running server for one test. Dropping the value stops the server.
#[derive(Debug)]
pub struct TestServer {
    /// The network address of the test server.
    pub address: SocketAddr,
    /// The platform of the test server, for access to its databases and Redis.
    pub platform: Platform,
    task: JoinHandle<()>,
    _databases: TestDatabases,
}

impl TestServer {
    /// Starts a server for one test with the default configuration of tests.
    pub async fn start() -> TestServer {
        TestServer::start_with(|_| ()).await
    }

    /// Starts a server for one test with the default configuration of tests, modified by `change`.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> TestServer {
        let databases = TestDatabases::empty().await;
        let mut config = config(&databases.url, &variable("WRIT_TEST_REDIS_URL"));
        change(&mut config);
        let listener = TcpListener::bind(config.bind).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let platform = Platform::new(config).expect("the platform can be created");
        platform.prepare().await.expect("the platform can be prepared");
        let app = crate::app::router(&platform);
        let serving = platform.clone();
        let task = tokio::spawn(async move { serving.serve(listener, app).await.expect("the server serves") });
        TestServer { address, platform, task, _databases: databases }
    }

    /// Returns the URL of a path on the test server.
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
