//! The time from a contract to the first response of a service, when nothing is compiled yet.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use writ_tasks::process::{Kind, Session};
use writ_tasks::{http, terminal};

use super::service::Service;
use super::workspace::Workspace;

/// The time within which the service must respond.
const LIMIT: Duration = Duration::from_secs(3600);

/// Creates a service and starts it with `cargo xtask dev` in an empty target folder. Prints the time until its first
/// response, and the CPU time, which other programs on the machine do not change.
pub fn measure(session: &Session, service: &Service, contract: Option<PathBuf>) -> anyhow::Result<()> {
    let begun = Instant::now();
    let before = cpu_time()?;
    let workspace = Workspace::create(service, contract, true)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()?));
    let mut dev = workspace.command(&["xtask", "dev", "--port", &address.port().to_string()]);
    dev.stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = session.start("cargo xtask dev", Kind::Group, &mut dev)?;
    while http::status(address, "/").is_err() {
        if let Some(status) = process.ended()? {
            bail!("`cargo xtask dev` ended before the first response ({status})");
        }
        if begun.elapsed() > LIMIT {
            bail!("`cargo xtask dev` does not respond");
        }
        session.pause()?;
    }
    let elapsed = begun.elapsed();
    // The system counts the time of a process when it has ended.
    drop(process);
    let cpu = cpu_time()?.saturating_sub(before);
    let text = format!("{:.0} s to the first response, {:.0} s of CPU", elapsed.as_secs_f64(), cpu.as_secs_f64());
    terminal::step("Measured", format_args!("{}: {text}", service.name));
    Ok(())
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Returns the CPU time of all child processes that have ended.
fn cpu_time() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot read the CPU time")?;
    let time = usage.user_time() + usage.system_time();
    Ok(Duration::from_micros(time.num_microseconds().unsigned_abs()))
}
