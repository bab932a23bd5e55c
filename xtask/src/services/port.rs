//! Ports of the loopback interface.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::Context;

/// A port that nobody listens on: `preferred` when it is free, else any.
pub fn free(preferred: Option<u16>) -> anyhow::Result<u16> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match preferred.map(bind) {
        Some(Ok(listener)) => listener,
        _ => bind(0).context("no free port on 127.0.0.1")?,
    };
    Ok(listener.local_addr()?.port())
}
