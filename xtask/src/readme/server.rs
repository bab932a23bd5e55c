//! The `cargo xtask dev` of the clone, which runs while the commands of a document call the server.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::checkout::Checkout;
use writ_tasks::process::{Kind, Process, Session};
use writ_tasks::terminal::Waiting;
use writ_tasks::{http, services};

/// The server address that the documents show. Another program on this machine may use its port.
const SHOWN: &str = "127.0.0.1:8080";

/// A running `cargo xtask dev` of the clone. It is stopped when this value is dropped.
pub struct Server<'s> {
    _process: Process<'s>,
    address: SocketAddr,
}

impl<'s> Server<'s> {
    /// Starts `cargo xtask dev` in the clone on a free port, and waits until its server is ready.
    pub fn start(session: &'s Session, checkout: &Checkout) -> anyhow::Result<Self> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, services::free_port(None)?));
        let log = checkout.temporary().join("dev.log");
        let output = File::create(&log).context("cannot write dev.log")?;
        let mut command = checkout.command("cargo");
        command.args(["xtask", "dev", "--port", &address.port().to_string()]);
        command.stdout(output.try_clone()?).stderr(output);
        let mut process = session.start("cargo xtask dev", Kind::Group, &mut command)?;
        wait(session, &mut process, address, log)?;
        Ok(Self { _process: process, address })
    }

    /// Replaces the server address that the documents show in `script` with the address of this server.
    pub fn addressed_by(&self, script: &str) -> String {
        script.replace(SHOWN, &self.address.to_string())
    }
}

/// Waits until the server of `cargo xtask dev` is ready. The wait has no limit: compiling may take long, and
/// `cargo xtask dev` limits its steps after compiling.
fn wait(session: &Session, process: &mut Process<'_>, address: SocketAddr, log: PathBuf) -> anyhow::Result<()> {
    let mut waiting = Waiting::on("starting `cargo xtask dev`");
    while !matches!(http::status(address, "/readyz"), Ok(200)) {
        if let Some(status) = process.ended()? {
            bail!("`cargo xtask dev` ended ({status}):\n{}", fs::read_to_string(log)?.trim_end());
        }
        waiting.tick();
        session.pause()?;
    }
    Ok(())
}
