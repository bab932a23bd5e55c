//! The search for free TCP ports of the loopback interface, for the server and the private services.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context;

/// Returns a free TCP port of the loopback interface: `preferred` if it is free, otherwise any other.
pub fn free(preferred: Option<u16>) -> anyhow::Result<u16> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match preferred.map(bind) {
        Some(Ok(listener)) => listener,
        _ => bind(0).context("127.0.0.1 has no free port")?,
    };
    Ok(listener.local_addr()?.port())
}
