//! The private folder of PostgreSQL and Redis, for their data. Its path is short, and only the account that runs
//! these services can read it.

mod lock;
mod secret;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown, lchown};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tempfile::TempDir;

pub use self::secret::secret;
use crate::process::Session;
use crate::services::Account;

/// A folder for the data of the private services. No other task uses it while this value exists.
pub struct Folder {
    path: PathBuf,
    account: Option<Account>,
    hold: Hold,
}

enum Hold {
    Lock(File),
    Temporary { _folder: TempDir },
}

impl Folder {
    /// Opens the permanent folder for the data of the private services of the checkout at `root`. Fails if
    /// another task uses the folder.
    pub fn kept(root: &Path) -> anyhow::Result<Self> {
        let path = kept_path(root)?;
        let account = Account::owning(&path)?;
        claim(&path, account)?;
        let lock = lock::take(&path.join("lock"))?;
        Ok(Self { path, account, hold: Hold::Lock(lock) })
    }

    /// Creates an empty folder for the data of the private services. The folder is removed when this value is
    /// dropped, or by the guard process if this process is killed.
    pub fn temporary(session: &Session) -> anyhow::Result<Self> {
        let account = Account::unprivileged()?;
        // Other accounts may have no access to the temporary folder of root, but they have access to /tmp.
        let parent = if account.is_some() { "/tmp".into() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new()
            .prefix("writ-test-")
            .tempdir_in(&parent)
            .with_context(|| format!("cannot create a folder in {}", parent.display()))?;
        let path = folder.path().to_owned();
        session.remove_when_gone(&path);
        change_owner(&path, account)?;
        Ok(Self { path, account, hold: Hold::Temporary { _folder: folder } })
    }

    /// Returns the path of the data folder of the private services.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Records a description of the process that uses the data folder of the private services. Another task that
    /// finds the folder locked shows it.
    pub fn announce(&self, process: &str) -> anyhow::Result<()> {
        match &self.hold {
            Hold::Lock(lock) => lock::announce(lock, process),
            Hold::Temporary { .. } => Ok(()),
        }
    }

    /// Removes all data of the private services, but keeps the folder locked.
    pub fn empty(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.is_dir() {
                fs::remove_dir_all(&path)
            } else if path.ends_with("lock") {
                Ok(())
            } else {
                fs::remove_file(&path)
            }
            .with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(())
    }

    /// Returns a command that runs `program` in the data folder, with the account of the private services and
    /// without the environment of this process.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path).env_clear().env("HOME", &self.path).stdin(Stdio::null());
        for name in ["PATH", "TZ"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Some(account) = self.account {
            account.apply(&mut command);
        }
        command
    }

    /// Creates or replaces a file in the data folder. Only the account of the private services can read it.
    pub fn create(&self, name: &str) -> anyhow::Result<File> {
        let path = self.path.join(name);
        // Removing the file first avoids writing through a link, which the account may have created. This process
        // may run as root.
        let _ = fs::remove_file(&path);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        if let Some(account) = self.account {
            fchown(&file, Some(account.uid), Some(account.gid))?;
        }
        Ok(file)
    }

    /// Writes `text` to a file in the data folder that only the account of the private services can read, and
    /// returns its path.
    pub fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        self.create(name)?.write_all(text.as_bytes())?;
        Ok(self.path.join(name))
    }

    /// Creates a subfolder of the data folder that only the account of the private services can enter, and
    /// returns its path.
    pub fn create_folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(name);
        claim(&path, self.account)?;
        Ok(path)
    }
}

/// Returns the path of the folder outside the checkout that keeps the data of the private services for the
/// checkout at `root`.
pub fn kept_path(root: &Path) -> anyhow::Result<PathBuf> {
    let root = root.canonicalize().context("cannot resolve the workspace's folder")?;
    let user = rustix::process::geteuid().as_raw();
    // The account of the services cannot read a clone in the home folder of root, so the folder is outside the
    // workspace.
    let parent = ["/var/tmp", "/tmp"].into_iter().find(|path| Path::new(path).is_dir());
    let parent = parent.map_or_else(std::env::temp_dir, PathBuf::from);
    Ok(parent.join(format!("writ-{:08x}-dev", short_hash(&root, user))))
}

/// Creates a private folder at `path`, or fails if another account created it: every account can write to the
/// parent folder.
fn claim(path: &Path, account: Option<Account>) -> anyhow::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => change_owner(path, account),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path)?;
            let us = rustix::process::geteuid().as_raw();
            let owner = account.map_or(us, |account| account.uid);
            if !found.is_dir() || found.mode() & 0o077 != 0 || ![owner, us].contains(&found.uid()) {
                bail!("{} belongs to another account or is open to others: remove it", path.display());
            }
            change_owner(path, account)
        }
        Err(error) => Err(error).with_context(|| format!("cannot create {}", path.display())),
    }
}

fn change_owner(path: &Path, account: Option<Account>) -> anyhow::Result<()> {
    let Some(account) = account else {
        return Ok(());
    };
    lchown(path, Some(account.uid), Some(account.gid))
        .with_context(|| format!("cannot change the owner of {}", path.display()))
}

/// Returns a short FNV-1a hash of a checkout's path and the user, for the name of its data folder. It is not used
/// for security.
fn short_hash(root: &Path, user: u32) -> u32 {
    root.as_os_str()
        .as_encoded_bytes()
        .iter()
        .chain(&user.to_le_bytes())
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
