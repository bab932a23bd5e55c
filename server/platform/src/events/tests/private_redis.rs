//! A Redis that a test restarts.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::testing::SOON;

/// A Redis for one test, which restarts on the same port.
pub(super) struct RestartedRedis {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl RestartedRedis {
    pub(super) async fn start() -> RestartedRedis {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = spawn(&folder, port);
        let redis = RestartedRedis { server, folder, port };
        redis.wait().await;
        redis
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Kills the server, and starts it without its data.
    pub(super) async fn restart_without_data(&mut self) {
        let _ = std::fs::remove_file(self.folder.path().join("dump.rdb"));
        self.restart().await;
    }

    /// Kills the server, and starts it with the data that the last call of this function has saved. So it has lost
    /// everything that happened in between.
    pub(super) async fn restart_with_older_data(&mut self) {
        self.restart().await;
        let saved = redis::Client::open(self.url()).unwrap().get_multiplexed_async_connection().await;
        redis::cmd("SAVE").exec_async(&mut saved.unwrap()).await.unwrap();
    }

    async fn restart(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
        self.server = spawn(&self.folder, self.port);
        self.wait().await;
    }

    async fn wait(&self) {
        let started = Instant::now();
        loop {
            if let Ok(mut connection) =
                redis::Client::open(self.url()).unwrap().get_multiplexed_async_connection().await
                && redis::cmd("PING").exec_async(&mut connection).await.is_ok()
            {
                return;
            }
            assert!(started.elapsed() < SOON, "redis does not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for RestartedRedis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn spawn(folder: &TempDir, port: u16) -> Child {
    let mut server = Command::new("redis-server");
    server.args(["--bind", "127.0.0.1", "--save", "", "--dbfilename", "dump.rdb", "--port", &port.to_string()]);
    server.arg("--dir").arg(folder.path()).stdout(Stdio::null()).spawn().unwrap()
}
