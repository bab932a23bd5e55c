//! The search for the programs of PostgreSQL and Redis on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Account;

/// The folders of Homebrew on Apple silicon, Intel and Linux.
const HOMEBREW: [&str; 3] = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"];

/// An installation of PostgreSQL on this machine.
pub struct FoundPostgres {
    /// The folder of the installation that contains `postgres`, `initdb` and `psql`.
    pub folder: PathBuf,
    /// The version that PostgreSQL prints, such as `15.14`.
    pub version: String,
}

/// An installation of Redis or Valkey on this machine.
pub struct FoundRedis {
    /// The path of the Redis or Valkey server program.
    pub program: PathBuf,
    /// The version that the server program prints, such as `7.0.15`.
    pub version: String,
}

/// Returns the first installation of PostgreSQL that can run on this machine. Among several versions in a folder,
/// the newest one comes first.
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
            // An example of the output is `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
            let output = version_of(&folder.join("postgres"))?;
            let version = output.split(' ').nth(2)?.to_owned();
            Some(FoundPostgres { folder, version })
        },
    )
}

/// Returns the first installation of Redis or Valkey that can run on this machine.
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
            // An example of the output is `Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64`.
            let output = version_of(&program)?;
            let version = output.split(' ').find_map(|word| word.strip_prefix("v="))?.to_owned();
            Some(FoundRedis { program, version })
        },
    )
}

/// Searches the folders of `PATH` for the program `name` and returns its path.
pub fn on_path(name: &str) -> Option<PathBuf> {
    path().into_iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn path() -> Vec<PathBuf> {
    std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect())
        .unwrap_or_default()
}

/// Returns the folders `parent/prefix*/child` of the installed versions, the highest version first.
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

/// Returns the output of `program --version`. The program runs with the account of the private services, which
/// may have no access to its folder.
fn version_of(program: &Path) -> Option<String> {
    if !program.is_file() {
        return None;
    }
    let mut command = Command::new(program);
    command.arg("--version").current_dir("/").stdin(Stdio::null());
    if let Some(account) = Account::unprivileged().ok()? {
        account.apply(&mut command);
    }
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
