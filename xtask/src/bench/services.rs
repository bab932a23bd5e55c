//! The benchmark of separate services: one process with both services of the sample, a process for each service, and these
//! processes behind Envoy. It runs the program in `server/benches/load`, which starts the processes of the sample.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, ensure};
use cargo_writ::gateway::Args;
use writ_tasks::envoy::Envoy;
use writ_tasks::process::{Process, Session};
use writ_tasks::services::free_port;
use writ_tasks::terminal::step;

use super::{Bench, server, work_folder};
use crate::{cargo, gateway};

/// The databases of the services: those of the single process, and those of a process for each service.
const DATABASES: [&str; 4] = ["together-users", "together-orders", "divided-users", "divided-orders"];

/// The addresses of the separate processes.
struct Addresses {
    users: SocketAddr,
    orders: SocketAddr,
    gateway: SocketAddr,
}

/// Runs the benchmark of separate services. The program prints the results.
pub fn run(bench: &Bench) -> anyhow::Result<()> {
    let session = &bench.session;
    let stores = server::prepare(session, "server")?;
    let databases = stores.services.databases(session, &DATABASES.map(str::to_owned))?;
    ensure!(!databases.is_empty(), "the benchmark creates databases on a private PostgreSQL: unset DATABASE_URL");
    let free = || anyhow::Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port(None)?)));
    let addresses = Addresses { users: free()?, orders: free()?, gateway: free()? };
    let _gateway = start_gateway(session, &addresses)?;
    let mut program = server::program(bench);
    program
        .arg("services")
        .env("WRIT_BENCH_USERS", addresses.users.to_string())
        .env("WRIT_BENCH_ORDERS", addresses.orders.to_string())
        .env("WRIT_BENCH_GATEWAY", addresses.gateway.to_string());
    for database in databases {
        let name = database.name.to_uppercase().replace('-', "_");
        program.env(format!("WRIT_BENCH_DATABASE_{name}"), database.url);
    }
    server::measure(session, &stores, &mut program)
}

/// Starts Envoy with the configuration of the sample's gateway, which here limits no address.
fn start_gateway<'s>(session: &'s Session, addresses: &Addresses) -> anyhow::Result<Process<'s>> {
    let envoy = Envoy::find(session, &cargo::root())?;
    let (routes, mut settings) = cargo_writ::gateway::read(&gateway::of_sample(&Args::default()))?;
    (settings.listen, settings.admin) = (addresses.gateway, None);
    (settings.limits.requests, settings.limits.burst) = (1_000_000, 1_000_000);
    for (service, address) in [("users", addresses.users), ("orders", addresses.orders)] {
        settings = settings.with_address(service, &address.to_string());
    }
    let file = work_folder("server/envoy.yaml");
    let text = writ_gateway::envoy::render(&routes, &settings)?;
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    step("Running", format_args!("{} for the gateway", envoy.program().display()));
    envoy.start(session, &file, addresses.gateway, &work_folder("server/envoy.log"))
}
