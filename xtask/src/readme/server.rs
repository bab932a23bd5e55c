//! The `cargo xtask dev` of the clone, which runs while commands of a document call it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::checkout::Checkout;
use crate::process::{Kind, Process, Session};
use crate::terminal::Waiting;
use crate::{http, services};

/// The address in the documents. Another program may use this port on this machine.
const SHOWN: &str = "127.0.0.1:8080";

/// A running `cargo xtask dev`; it is stopped when the value is dropped.
pub struct Server<'s> {
    _process: Process<'s>,
    address: SocketAddr,
}

impl<'s> Server<'s> {
    /// Starts the server on a free port, and waits until it is ready.
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

    /// Replaces the address of the documents in `script` with the address of this server.
    pub fn addressed_by(&self, script: &str) -> String {
        script.replace(SHOWN, &self.address.to_string())
    }
}

/// Waits until the server is ready. It needs no limit: compiling may take long, and `cargo xtask dev` limits
/// the steps after it.
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
