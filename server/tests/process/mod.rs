//! Real processes of the server for tests: their start, their log lines, their signals and their end.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses some of the helpers, and they must fail the test"
)]

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use server::testing::TestDatabase;

/// The longest time that tests wait for a process.
const SOON: Duration = Duration::from_secs(30);

/// A process of the server. Dropping the value kills the process.
pub struct Process {
    pub child: Child,
    pub url: String,
    metrics: String,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

/// Returns the server program with the settings of a database.
pub fn program(database: &TestDatabase) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
    program.env("DATABASE_URL", &database.url).env("WRIT_DATABASE_CONNECTIONS", "4");
    program.env("REDIS_URL", std::env::var("WRIT_TEST_REDIS_URL").unwrap());
    program.env("WRIT_REDIS_PREFIX", database.url.rsplit('/').next().unwrap());
    program
}

/// Returns an address that no process uses at the moment.
pub fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

impl Process {
    /// Starts a process with the settings of a test and with further ones. It may not be ready yet.
    pub fn spawn(database: &TestDatabase, settings: &[(&str, &str)]) -> Process {
        Process::spawn_unread(database, settings).read()
    }

    /// Starts a program at an address. It may not be ready yet.
    pub fn spawn_at(address: SocketAddr, program: Command) -> Process {
        Process::launch(address, program).read()
    }

    /// Starts a process whose log is not read, as [`Process::spawn`] does.
    pub fn spawn_unread(database: &TestDatabase, settings: &[(&str, &str)]) -> Process {
        let mut program = program(database);
        program.envs(settings.iter().copied());
        Process::launch(free_address(), program)
    }

    fn launch(address: SocketAddr, mut program: Command) -> Process {
        let metrics = free_address();
        program.env("WRIT_BIND", address.to_string()).env("WRIT_METRICS_BIND", metrics.to_string());
        let child = program.stdout(Stdio::piped()).spawn().unwrap();
        let (url, metrics) = (format!("http://{address}"), format!("http://{metrics}/metrics"));
        Process { child, url, metrics, lines: Arc::default(), reader: None }
    }

    /// Collects the log lines of the process.
    fn read(mut self) -> Process {
        let output = BufReader::new(self.child.stdout.take().unwrap());
        let collected = self.lines.clone();
        self.reader = Some(std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                collected.lock().unwrap().push(line);
            }
        }));
        self
    }

    /// Starts a process and waits until it is ready.
    pub async fn start(database: &TestDatabase, settings: &[(&str, &str)]) -> Process {
        Process::spawn(database, settings).ready().await
    }

    /// Starts a process whose log is not read, and waits until it is ready.
    pub async fn start_unread(database: &TestDatabase, settings: &[(&str, &str)]) -> Process {
        Process::spawn_unread(database, settings).ready().await
    }

    /// Waits until the process is ready.
    pub async fn ready(self) -> Process {
        self.until(async || self.get("/readyz").await == Some(200)).await;
        self
    }

    /// Sends a request. Returns the status of the response, or `None` if there is none.
    pub async fn get(&self, path: &str) -> Option<u16> {
        Some(reqwest::get(format!("{}{path}", self.url)).await.ok()?.status().as_u16())
    }

    /// Returns the metrics of the process.
    pub async fn metrics(&self) -> String {
        reqwest::get(&self.metrics).await.unwrap().text().await.unwrap()
    }

    /// Waits until a condition holds.
    pub async fn until(&self, mut condition: impl AsyncFnMut() -> bool) {
        let started = Instant::now();
        while !condition().await {
            assert!(started.elapsed() < SOON, "the condition does not hold: {:?}", self.lines());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends SIGTERM to the process and waits until it has exited.
    pub async fn end(&mut self) -> ExitStatus {
        self.terminate();
        self.exited_within(SOON).await
    }

    /// Sends SIGTERM to the process.
    pub fn terminate(&self) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).unwrap();
        kill_process(id, Signal::TERM).unwrap();
    }

    /// Waits until the process has exited, and fails the test after `limit`.
    pub async fn exited_within(&mut self, limit: Duration) -> ExitStatus {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < limit, "the process still runs after {limit:?}: {:?}", self.lines());
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        // The last lines are complete when the output ends.
        if let Some(reader) = self.reader.take() {
            tokio::task::spawn_blocking(|| reader.join().unwrap()).await.unwrap();
        }
        status
    }

    /// Returns the log lines so far.
    pub fn lines(&self) -> Vec<Value> {
        let lines = self.lines.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).unwrap_or_else(|_| Value::String(line.clone()))).collect()
    }

    /// Returns the log lines so far as they are written.
    pub fn log(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    /// Returns true if a log line has this message.
    pub fn has_logged(&self, message: &str) -> bool {
        self.lines().iter().any(|line| line["message"].as_str().is_some_and(|text| text.contains(message)))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
