//! Where the programs of PostgreSQL and Redis may be on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Account;

/// Homebrew's prefixes: Apple silicon, Intel, Linux.
const HOMEBREW: [&str; 3] = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"];

/// An installed PostgreSQL.
pub struct FoundPostgres {
    /// The folder of `postgres`, `initdb` and `psql`.
    pub folder: PathBuf,
    /// As it says itself, `15.14`.
    pub version: String,
}

/// An installed Redis or Valkey.
pub struct FoundRedis {
    /// The server.
    pub program: PathBuf,
    /// As it says itself, `7.0.15`.
    pub version: String,
}

/// The first PostgreSQL that runs here, the newest of several in one place.
pub fn postgres() -> Option<FoundPostgres> {
    let mut folders = path();
    folders.extend(versions("/usr/lib/postgresql", "", "bin"));
    folders.extend(versions("/usr", "pgsql-", "bin"));
    for prefix in HOMEBREW {
        folders.extend(versions(&format!("{prefix}/opt"), "postgresql", "bin"));
    }
    folders.push("/Applications/Postgres.app/Contents/Versions/latest/bin".into());
    folders.into_iter().filter(|folder| folder.join("initdb").is_file() && folder.join("psql").is_file()).find_map(
        |folder| {
            // `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`
            let said = version_of(&folder.join("postgres"))?;
            let version = said.split(' ').nth(2)?.to_owned();
            Some(FoundPostgres { folder, version })
        },
    )
}

/// The first Redis or Valkey that runs here.
pub fn redis() -> Option<FoundRedis> {
    let mut folders = path();
    folders.extend(["/usr/bin", "/usr/sbin", "/usr/local/bin"].map(PathBuf::from));
    for prefix in HOMEBREW {
        folders.push(Path::new(prefix).join("bin"));
        folders.extend(versions(&format!("{prefix}/opt"), "redis", "bin"));
        folders.extend(versions(&format!("{prefix}/opt"), "valkey", "bin"));
    }
    folders.iter().flat_map(|folder| ["redis-server", "valkey-server"].map(|name| folder.join(name))).find_map(
        |program| {
            // `Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64`
            let said = version_of(&program)?;
            let version = said.split(' ').find_map(|word| word.strip_prefix("v="))?.to_owned();
            Some(FoundRedis { program, version })
        },
    )
}

/// The program called `name`, looked up as a shell would.
pub fn on_path(name: &str) -> Option<PathBuf> {
    path().into_iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn path() -> Vec<PathBuf> {
    std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect())
        .unwrap_or_default()
}

/// The folders `parent/prefix*/child`, highest version first.
fn versions(parent: &str, prefix: &str, child: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let rest = name.strip_prefix(prefix)?;
            let number = rest.trim_start_matches('@').split('.').next()?.parse().unwrap_or(0);
            Some((number, entry.path().join(child)))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// What `program --version` says, asked as the account that is to run it: it may lie in a folder
/// which that account cannot enter.
fn version_of(program: &Path) -> Option<String> {
    if !program.is_file() {
        return None;
    }
    let mut command = Command::new(program);
    command.arg("--version").current_dir("/").stdin(Stdio::null());
    if let Some(account) = Account::to_step_down_to().ok()? {
        account.apply(&mut command);
    }
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
