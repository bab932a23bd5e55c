//! The private folder of the services: short, closed to others, open to the account that runs them.

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

/// A folder that is ours alone while this value lives.
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
    /// The folder of the checkout at `root`, which outlives us. Fails when another task uses it.
    pub fn kept(root: &Path) -> anyhow::Result<Self> {
        let path = place_of(root)?;
        let account = Account::owning(&path)?;
        claim(&path, account)?;
        let lock = lock::take(&path.join("lock"))?;
        Ok(Self { path, account, hold: Hold::Lock(lock) })
    }

    /// An empty folder that is removed with this value, or by the guard.
    pub fn temporary(session: &Session) -> anyhow::Result<Self> {
        let account = Account::to_step_down_to()?;
        // Root's own folder for temporary files may be closed to others; /tmp is not.
        let parent = if account.is_some() { "/tmp".into() } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new()
            .prefix("writ-test-")
            .tempdir_in(&parent)
            .with_context(|| format!("cannot make a folder in {}", parent.display()))?;
        let path = folder.path().to_owned();
        session.remove_when_gone(&path);
        give(&path, account)?;
        Ok(Self { path, account, hold: Hold::Temporary { _folder: folder } })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Tells who finds the folder in use what uses it.
    pub fn announce(&self, what: &str) -> anyhow::Result<()> {
        match &self.hold {
            Hold::Lock(lock) => lock::announce(lock, what),
            Hold::Temporary { .. } => Ok(()),
        }
    }

    /// Removes all data, keeping hold of the folder.
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

    /// `program` as the services' account, in this folder, without the caller's environment.
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

    /// A new file, in place of any before, that only the services' account can read.
    pub fn create(&self, name: &str) -> anyhow::Result<File> {
        let path = self.path.join(name);
        // Never through a link that the account may have put there: we may be root.
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

    /// A file of `text` that only the services' account can read.
    pub fn write(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        self.create(name)?.write_all(text.as_bytes())?;
        Ok(self.path.join(name))
    }

    /// A folder that only the services' account can enter.
    pub fn create_folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.path.join(name);
        claim(&path, self.account)?;
        Ok(path)
    }
}

/// Where [`Folder::kept`] is for the checkout at `root`.
pub fn place_of(root: &Path) -> anyhow::Result<PathBuf> {
    let root = root.canonicalize().context("cannot resolve the workspace's folder")?;
    let user = rustix::process::geteuid().as_raw();
    // Not below the workspace: a clone in root's home is closed to the services' account.
    let parent = ["/var/tmp", "/tmp"].into_iter().find(|path| Path::new(path).is_dir());
    let parent = parent.map_or_else(std::env::temp_dir, PathBuf::from);
    Ok(parent.join(format!("writ-{:08x}-dev", short_hash(&root, user))))
}

/// Makes the folder at `path`, or checks that nobody else made it: others can write where it is.
fn claim(path: &Path, account: Option<Account>) -> anyhow::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) => give(path, account),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(path)?;
            let us = rustix::process::geteuid().as_raw();
            let owner = account.map_or(us, |account| account.uid);
            if !found.is_dir() || found.mode() & 0o077 != 0 || ![owner, us].contains(&found.uid()) {
                bail!("{} exists and is not ours: remove it", path.display());
            }
            give(path, account)
        }
        Err(error) => Err(error).with_context(|| format!("cannot make {}", path.display())),
    }
}

fn give(path: &Path, account: Option<Account>) -> anyhow::Result<()> {
    let Some(account) = account else {
        return Ok(());
    };
    lchown(path, Some(account.uid), Some(account.gid)).with_context(|| format!("cannot hand over {}", path.display()))
}

/// FNV-1a over the path and the user: stable, short, and not a matter of security.
fn short_hash(root: &Path, user: u32) -> u32 {
    root.as_os_str()
        .as_encoded_bytes()
        .iter()
        .chain(&user.to_le_bytes())
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
