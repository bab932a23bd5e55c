//! The processor time of the processes that take part in a request: the server, the stores and the load. It depends less
//! than the rate on other programs of the machine.

use std::fs;
use std::process;

use anyhow::{Context, ensure};

use crate::servers::Server;

/// The processes that handle the requests to a server.
pub struct Processes {
    server: u32,
    /// The main processes of PostgreSQL and Redis.
    stores: Vec<u32>,
}

impl Processes {
    /// Describes the processes of a server. `stores` are the ids of the main processes of its stores, separated by commas.
    pub fn of(server: &Server, stores: &str) -> anyhow::Result<Processes> {
        let stores = stores.split(',').map(str::parse).collect::<Result<Vec<u32>, _>>();
        Ok(Processes { server: server.id()?, stores: stores.context("the processes of the stores are not numbers")? })
    }

    /// Returns the processor time in seconds that all processes have used.
    pub fn time(&self) -> anyhow::Result<f64> {
        let mut all = vec![self.server, process::id()];
        all.extend(&self.stores);
        for entry in fs::read_dir("/proc")? {
            let Ok(process) = entry?.file_name().to_string_lossy().parse() else { continue };
            // PostgreSQL has a process for each connection.
            if parent(process).is_some_and(|parent| self.stores.contains(&parent)) {
                all.push(process);
            }
        }
        let times: Vec<f64> = all.into_iter().map(time).collect();
        ensure!(times[0] > 0.0, "the processor time of the server is unknown");
        Ok(times.iter().sum())
    }
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, which comes before, can contain spaces and parentheses.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Returns the processor time of the threads of a process in seconds. It is zero if the process has ended.
fn time(process: u32) -> f64 {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return 0.0 };
    let time = |thread: fs::DirEntry| -> Option<f64> {
        fs::read_to_string(thread.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    threads.flatten().filter_map(time).sum::<f64>() / 1e9
}
