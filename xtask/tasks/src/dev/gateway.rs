//! The gateway of `dev --services`: Envoy in front of the processes of the services.

use std::fs;
use std::net::SocketAddr;

use anyhow::Context;
use cargo_writ::gateway::{Args, read};

use super::server::Part;
use crate::envoy::Envoy;
use crate::folder::Folder;
use crate::process::{Process, Session};
use crate::{Project, gateway, orphan, terminal};

/// Renders the configuration of the workspace's gateway for the processes of the services, and runs Envoy with it.
pub(super) fn start<'s>(
    project: &Project,
    session: &'s Session,
    folder: &Folder,
    parts: &[Part],
    address: SocketAddr,
) -> anyhow::Result<Process<'s>> {
    project.enter()?;
    let (routes, mut settings) = read(&gateway::of_project(project, &Args::default()))?;
    settings.listen = address;
    settings.admin = None;
    for part in parts {
        if let Some(service) = &part.service {
            settings = settings.with_address(service, &part.address.to_string());
        }
    }
    let file = folder.path().join("envoy.yaml");
    let text = writ_gateway::envoy::render(&routes, &settings)?;
    fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    let envoy = Envoy::find(session, &project.root)?;
    terminal::step("Running", format_args!("{} for the gateway", envoy.program().display()));
    let process = envoy.start(session, &file, address, &folder.path().join("envoy.log"))?;
    orphan::record(folder, &process, &file.display().to_string())?;
    Ok(process)
}
