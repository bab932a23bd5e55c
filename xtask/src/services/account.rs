//! Who runs the private services: PostgreSQL refuses to be root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use anyhow::Context;

/// An account of this machine that owns nothing else of ours.
#[derive(Clone, Copy)]
pub struct Account {
    /// Its user id.
    pub uid: u32,
    /// Its group id.
    pub gid: u32,
}

impl Account {
    /// The account to step down to: none unless we are root.
    pub fn to_step_down_to() -> anyhow::Result<Option<Self>> {
        Self::preferring(None)
    }

    /// The account to step down to, the one that owns `path` if we left that behind: installing
    /// PostgreSQL makes an account that was not there the first time.
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
        first.map(Some).context("PostgreSQL does not run as root: use an ordinary user")
    }

    /// Makes `command` run as this account.
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
