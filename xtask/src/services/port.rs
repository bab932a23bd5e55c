//! Free ports of the loopback interface.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context;

/// Returns `preferred` if this port is free, otherwise any free port.
pub fn free(preferred: Option<u16>) -> anyhow::Result<u16> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match preferred.map(bind) {
        Some(Ok(listener)) => listener,
        _ => bind(0).context("127.0.0.1 has no free port")?,
    };
    Ok(listener.local_addr()?.port())
}
