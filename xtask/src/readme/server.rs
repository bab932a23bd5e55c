//! `cargo xtask dev` of the clone, while commands of the README call it.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::checkout::Checkout;
use crate::process::{Kind, Process, Session};
use crate::terminal::Waiting;
use crate::{http, services};

/// The address in the README, which something else may have taken on this machine.
const SHOWN: &str = "127.0.0.1:8080";

/// The running task; stopped when dropped.
pub struct Server<'s> {
    _process: Process<'s>,
    address: SocketAddr,
}

impl<'s> Server<'s> {
    /// Starts it on a free port, and waits until it serves.
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

    /// `script`, with the address that the README shows made ours.
    pub fn addressed_by(&self, script: &str) -> String {
        script.replace(SHOWN, &self.address.to_string())
    }
}

/// Without a limit: it compiles, and sets limits to what follows itself.
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
