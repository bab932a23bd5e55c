//! The programs that we are compared with, and where they are.

use std::path::PathBuf;

use anyhow::bail;

/// A program that we are compared with.
pub struct Peer {
    /// What it is called, as program and as crate.
    pub name: &'static str,
    /// The version that the targets were set for.
    pub version: &'static str,
}

/// From contracts to servers on axum.
pub const OAS3_GEN: Peer = Peer { name: "oas3-gen", version: "0.29" };

/// The same.
pub const OPENAPI_TO_RUST: Peer = Peer { name: "openapi-to-rust", version: "0.23" };

/// Where the peers are.
pub struct Peers {
    /// The folder of their programs; PATH where there is none.
    pub folder: Option<PathBuf>,
}

impl Peers {
    /// The program of a peer. One that is missing is no reason to leave a comparison out.
    pub fn find(&self, peer: &Peer) -> anyhow::Result<PathBuf> {
        let folders: Vec<PathBuf> = match &self.folder {
            Some(folder) => vec![folder.clone()],
            None => std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default(),
        };
        let found = folders.iter().map(|folder| folder.join(peer.name)).find(|program| program.is_file());
        let Peer { name, version } = peer;
        let Some(program) = found else {
            let place = self.folder.as_ref().map_or("PATH".to_owned(), |folder| format!("`{}`", folder.display()));
            bail!("no `{name}` in {place}: run `cargo install {name} --version '~{version}'`");
        };
        Ok(std::path::absolute(program)?)
    }
}
