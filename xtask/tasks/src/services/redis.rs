//! A private Redis or Valkey server on a free port.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, bail};

use super::install::{self, Package};
use super::locate;
use super::{Lifetime, port};
use crate::folder::{Folder, secret};
use crate::orphan;
use crate::process::{Kind, Process, Session};
use crate::terminal::{self, Waiting};

const PACKAGE: Package = Package {
    title: "Redis",
    variable: "REDIS_URL",
    apt: &["redis-server", "valkey-server"],
    dnf: &["valkey", "redis"],
    brew: &["redis"],
};
const START_LIMIT: Duration = Duration::from_secs(60);

/// A running private Redis or Valkey server.
pub struct Redis<'s> {
    /// The process of the private Redis or Valkey server.
    pub process: Process<'s>,
    /// The URL of the private server, with its password. `redis-cli -u` takes it only with a user name.
    pub url: String,
}

/// Starts the private Redis or Valkey server with its data in `folder`.
pub fn start<'s>(session: &'s Session, folder: &Folder, lifetime: Lifetime) -> anyhow::Result<Redis<'s>> {
    let found = match locate::redis() {
        Some(found) => found,
        None => {
            install::install(session, &PACKAGE, || locate::redis().is_some())?;
            locate::redis()
                .context("Redis was installed, but its program was not found: set REDIS_URL to the URL of a server")?
        }
    };
    let data = folder.create_folder("redis")?;
    let password = secret()?;
    let log = folder.path().join("redis.log");
    // Another program may take the free port before Redis does.
    for _ in 0..3 {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port::free(None)?));
        let configuration = [
            "bind 127.0.0.1".to_owned(),
            format!("port {}", address.port()),
            format!("requirepass {password}"),
            format!("dir \"{}\"", data.display()),
            "daemonize no".to_owned(),
            "save \"\"".to_owned(),
            format!("appendonly {}", if lifetime == Lifetime::Kept { "yes" } else { "no" }),
        ];
        let configuration = folder.write("redis.conf", &configuration.join("\n"))?;
        let output = folder.create("redis.log")?;
        let mut command = folder.command(&found.program);
        command.arg(configuration).stdout(output.try_clone()?).stderr(output);
        let mut process = session.start("redis", Kind::Group, &mut command)?;
        // The command line of a running Redis contains its address.
        orphan::record(folder, &process, &address.to_string())?;
        let mut waiting = Waiting::on("starting Redis");
        while process.ended()?.is_none() {
            if is_ready(address, &password).unwrap_or(false) {
                terminal::step("Started", format_args!("Redis {} on {address}", found.version));
                return Ok(Redis { process, url: format!("redis://default:{password}@{address}") });
            }
            if waiting.passed() > START_LIMIT {
                bail!("Redis does not start; its log is {}", log.display());
            }
            waiting.tick();
            session.pause()?;
        }
    }
    let log = fs::read_to_string(&log).unwrap_or_default();
    bail!("Redis does not start:\n{}", log.trim_end())
}

/// Returns true if the Redis server accepts the password and has loaded its data.
fn is_ready(address: SocketAddr, password: &str) -> io::Result<bool> {
    let limit = Duration::from_secs(1);
    let mut stream = TcpStream::connect_timeout(&address, limit)?;
    stream.set_read_timeout(Some(limit))?;
    write!(stream, "AUTH {password}\r\nPING\r\nQUIT\r\n")?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response.starts_with("+OK\r\n+PONG\r\n"))
}
