//! A process of the server whose log the test reads or leaves unread.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use server::testing::TestDatabase;

/// The longest time that tests wait for a process.
const SOON: Duration = Duration::from_secs(30);

/// A process of the server. Dropping the value kills the process.
pub struct Process {
    pub child: Child,
    pub url: String,
    pub metrics: String,
    http: reqwest::Client,
}

/// Returns the server program with the settings of a database.
fn program(database: &TestDatabase) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    program.env("DATABASE_URL", &database.url).env("WRIT_DATABASE_CONNECTIONS", "4");
    program.env("REDIS_URL", std::env::var("WRIT_TEST_REDIS_URL").unwrap());
    program.env("WRIT_REDIS_PREFIX", database.url.rsplit('/').next().unwrap());
    program.stdout(Stdio::null());
    program
}

impl Process {
    /// Starts a program with settings that `change` adds, and waits until it is ready.
    pub async fn start(database: &TestDatabase, change: impl FnOnce(&mut Command)) -> Process {
        let [address, metrics] = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let [address, metrics] = [address, metrics].map(|free| free.local_addr().unwrap().to_string());
        let mut program = program(database);
        program.env("WRIT_BIND", &address).env("WRIT_METRICS_BIND", &metrics);
        change(&mut program);
        let child = program.spawn().unwrap();
        let (url, metrics) = (format!("http://{address}"), format!("http://{metrics}/metrics"));
        let process = Process { child, url, metrics, http: reqwest::Client::new() };
        process.until(async || process.get("/readyz").await == Some(200)).await;
        process
    }

    /// Sends a request. Returns the status of the response, or `None` if there is none.
    pub async fn get(&self, path: &str) -> Option<u16> {
        Some(self.http.get(format!("{}{path}", self.url)).send().await.ok()?.status().as_u16())
    }

    /// Returns the metrics of the process.
    pub async fn metrics(&self) -> String {
        self.http.get(&self.metrics).send().await.unwrap().text().await.unwrap()
    }

    /// Waits until a condition holds.
    pub async fn until(&self, mut condition: impl AsyncFnMut() -> bool) {
        let started = Instant::now();
        while !condition().await {
            assert!(started.elapsed() < SOON, "the condition does not hold");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends SIGTERM to the process and waits until it ends.
    pub async fn terminate(&mut self) -> ExitStatus {
        let id = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < SOON, "the process does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
