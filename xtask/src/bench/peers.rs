//! The programs that Writ is compared with.

use std::path::PathBuf;

use anyhow::bail;

/// A program that Writ is compared with.
pub struct Peer {
    /// The name of the program and of its crate.
    pub name: &'static str,
    /// The version for which the allowed ratios were set.
    pub version: &'static str,
}

/// The peer for generation: oas3-gen generates servers on axum from contracts.
pub const OAS3_GEN: Peer = Peer { name: "oas3-gen", version: "0.29" };

/// The peer for compilation: openapi-to-rust generates servers on axum from contracts.
pub const OPENAPI_TO_RUST: Peer = Peer { name: "openapi-to-rust", version: "0.23" };

/// The location of the peers' programs.
pub struct Peers {
    /// The folder of the programs; the folders of `PATH` are searched if it is `None`.
    pub folder: Option<PathBuf>,
}

impl Peers {
    /// Returns the path of a peer's program.
    ///
    /// A missing program is an error, so that no comparison is skipped unnoticed.
    pub fn find(&self, peer: &Peer) -> anyhow::Result<PathBuf> {
        let folders: Vec<PathBuf> = match &self.folder {
            Some(folder) => vec![folder.clone()],
            None => std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default(),
        };
        let found = folders.iter().map(|folder| folder.join(peer.name)).find(|program| program.is_file());
        let Peer { name, version } = peer;
        let Some(program) = found else {
            let location = self.folder.as_ref().map_or("PATH".to_owned(), |folder| format!("`{}`", folder.display()));
            bail!("`{name}` was not found in {location}: run `cargo install {name} --version '~{version}'`");
        };
        Ok(std::path::absolute(program)?)
    }
}
