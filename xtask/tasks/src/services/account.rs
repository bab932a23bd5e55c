//! The system account that runs the private services if this process is root, since PostgreSQL refuses to run as
//! root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

/// An account of this machine that runs the private services and has no rights to other files of this project.
#[derive(Clone, Copy)]
pub struct Account {
    /// The user id of the account that runs the private services.
    pub uid: u32,
    /// The group id of the account that runs the private services.
    pub gid: u32,
}

impl Account {
    /// Returns the account to run the private services with; `None` unless this process runs as root.
    pub fn unprivileged() -> anyhow::Result<Option<Self>> {
        Self::preferring(None)
    }

    /// Returns the account to run the private services with, if possible the owner of `path` from an earlier run.
    /// Without `path` the choice can change between runs, since installing PostgreSQL creates an account.
    pub fn owning(path: &Path) -> anyhow::Result<Option<Self>> {
        Self::preferring(fs::symlink_metadata(path).ok().map(|found| found.uid()))
    }

    fn preferring(uid: Option<u32>) -> anyhow::Result<Option<Self>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let accounts = fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
        let mut known: Vec<Self> =
            ["postgres", "nobody"].into_iter().filter_map(|name| find(&accounts, name)).collect();
        known.sort_by_key(|account| Some(account.uid) != uid);
        let first = known.first().copied();
        first.map(Some).context("PostgreSQL does not run as root: run the command as another user")
    }

    /// Makes `command` run as this account of the operating system, not as the account of this process.
    pub fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }
}

fn find(accounts: &str, name: &str) -> Option<Account> {
    let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut numbers = line.split(':').skip(2).map(str::parse);
    let (uid, gid) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (uid != 0).then_some(Account { uid, gid })
}
