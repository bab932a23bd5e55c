//! The lock file that lets one task at a time use the data folder of the private services. It contains a
//! description of the task.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, bail};

/// Locks the data folder of the private services with the file at `path`, until the returned value is dropped or
/// the process ends.
pub fn take(path: &Path) -> anyhow::Result<File> {
    if path.is_symlink() {
        bail!("{} is a symbolic link: remove it", path.display());
    }
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot use {}", path.display()))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = lock.read_to_string(&mut holder);
            let holder = if holder.is_empty() { "it is starting" } else { holder.trim() };
            bail!("`cargo xtask dev` already runs for this checkout ({holder}): stop it first");
        }
        Err(TryLockError::Error(error)) => return Err(error).context("cannot lock"),
    }
    lock.set_len(0)?;
    Ok(lock)
}

/// Writes a description of the process that holds the lock of the data folder. A task that finds the folder
/// locked shows it.
pub fn announce(mut lock: &File, process: &str) -> anyhow::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    lock.write_all(process.as_bytes()).context("cannot write the lock")
}
