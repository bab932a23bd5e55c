//! The programs that the benchmarks compare Writ with (peers).

use std::path::PathBuf;

use anyhow::bail;

/// A program that the benchmarks compare Writ with.
pub struct Peer {
    /// The name of the program to compare with, which is also the name of its crate.
    pub name: &'static str,
    /// The version of the program for which the allowed ratios of the benchmarks were set.
    pub version: &'static str,
}

/// The program that generation is compared with: oas3-gen generates servers on axum from contracts.
pub const OAS3_GEN: Peer = Peer { name: "oas3-gen", version: "0.29" };

/// The program that compilation is compared with: openapi-to-rust generates servers on axum from contracts.
pub const OPENAPI_TO_RUST: Peer = Peer { name: "openapi-to-rust", version: "0.23" };

/// The search for the installed programs that Writ is compared with.
pub struct Peers {
    /// The folder that contains the programs to compare with; if it is `None`, the folders of `PATH` are
    /// searched.
    pub folder: Option<PathBuf>,
}

impl Peers {
    /// Returns the path of an installed program to compare with.
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
