//! Real processes of the server for tests: their start, their log lines, their signals and their end.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses some of the helpers, and they must fail the test"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use server::testing::TestDatabase;

/// A process of the server. Dropping the value kills the process.
pub struct Process {
    child: Child,
    pub url: String,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<std::thread::JoinHandle<()>>,
}

impl Process {
    /// Starts a process with the settings of a test and with further ones. It may not be ready yet.
    pub fn spawn(database: &TestDatabase, settings: &[(&str, &str)]) -> Process {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_server"));
        program.env("DATABASE_URL", &database.url).env("WRIT_DATABASE_CONNECTIONS", "4");
        program.env("REDIS_URL", std::env::var("WRIT_TEST_REDIS_URL").unwrap());
        program.env("WRIT_REDIS_PREFIX", database.url.rsplit('/').next().unwrap());
        program.env("WRIT_BIND", address.to_string()).envs(settings.iter().copied());
        let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let collected = lines.clone();
        let reader = std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                collected.lock().unwrap().push(line);
            }
        });
        Process { child, url: format!("http://{address}"), lines, reader: Some(reader) }
    }

    /// Starts a process and waits until it is ready.
    pub async fn start(database: &TestDatabase, settings: &[(&str, &str)]) -> Process {
        let process = Process::spawn(database, settings);
        let started = Instant::now();
        while !reqwest::get(format!("{}/readyz", process.url)).await.is_ok_and(|response| response.status() == 200) {
            assert!(started.elapsed() < Duration::from_secs(30), "the process is not ready: {:?}", process.lines());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process
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
