//! The installation of PostgreSQL or Redis with the system's package manager, if this needs no password.

use std::io::{Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, bail};

use super::locate::on_path;
use crate::process::Session;
use crate::terminal::{self, Waiting};

/// A service that can be installed, and its package names. The preferred name comes first.
pub struct Package {
    /// The name that messages use for the service.
    pub title: &'static str,
    /// The environment variable with the URL of an existing server, which makes the installation unnecessary.
    pub variable: &'static str,
    /// The names of the service's packages on Debian and Ubuntu.
    pub apt: &'static [&'static str],
    /// The names of the service's packages on Fedora and Red Hat.
    pub dnf: &'static [&'static str],
    /// The names of the service's packages in Homebrew.
    pub brew: &'static [&'static str],
}

/// A package manager of the system, and the command line that installs packages with it.
struct Manager {
    program: &'static str,
    refresh: Option<&'static [&'static str]>,
    install: &'static [&'static str],
    as_root: bool,
}

const APT: Manager = Manager {
    program: "apt-get",
    refresh: Some(&["-qq", "-o", "DPkg::Lock::Timeout=120", "update"]),
    install: &["-y", "-qq", "-o", "DPkg::Lock::Timeout=120", "install", "--no-install-recommends"],
    as_root: true,
};
const DNF: Manager = Manager { program: "dnf", refresh: None, install: &["-y", "install"], as_root: true };
const BREW: Manager = Manager { program: "brew", refresh: None, install: &["install"], as_root: false };

/// Installs the package of a service. If this fails, the error contains the command to run.
///
/// `present` returns true if the service is installed. Its result decides about success, not the exit status of
/// the package manager: starting the service of a package may fail in a container, but is not needed.
pub fn install(session: &Session, package: &Package, present: impl Fn() -> bool) -> anyhow::Result<()> {
    let Some((manager, names)) = [(APT, package.apt), (DNF, package.dnf), (BREW, package.brew)]
        .into_iter()
        .find(|(manager, _)| on_path(manager.program).is_some())
    else {
        bail!("{} is not installed: install it, or set {} to the URL of a server", package.title, package.variable);
    };
    let Some(prefix) = privilege(&manager) else {
        bail!(
            "{} is not installed: run `{}{} install {}`, or set {} to the URL of a server",
            package.title,
            if manager.as_root { "sudo " } else { "" },
            manager.program,
            names.first().unwrap_or(&package.title),
            package.variable,
        );
    };
    terminal::step("Installing", format_args!("{} with {}", package.title, manager.program));
    let mut output = String::new();
    if let Some(refresh) = manager.refresh {
        output += &call(session, prefix, &manager, refresh, &[])?;
    }
    for name in names {
        output += &call(session, prefix, &manager, manager.install, &[name])?;
        if present() {
            return Ok(());
        }
    }
    bail!("{} could not install {}:\n{}", manager.program, package.title, output.trim_end())
}

/// Returns the words before the install command that give it the necessary rights, such as `sudo -n`. Returns
/// `None` if a password would be needed.
fn privilege(manager: &Manager) -> Option<&'static [&'static str]> {
    let root = rustix::process::geteuid().is_root();
    if manager.as_root == root {
        return Some(&[]);
    }
    if !manager.as_root {
        return None; // Homebrew refuses to run as root.
    }
    let silent = Command::new("sudo")
        .args(["-n", "true"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    silent.is_ok_and(|status| status.success()).then_some(&["sudo", "-n"])
}

/// Runs the package manager and returns its output. An interrupt takes effect after the package manager has
/// ended, since stopping it halfway leaves a broken system.
fn call(
    session: &Session,
    prefix: &[&str],
    manager: &Manager,
    arguments: &[&str],
    names: &[&str],
) -> anyhow::Result<String> {
    let mut output = tempfile::tempfile().context("cannot make a temporary file")?;
    let mut words = prefix.iter().chain(&["env", "DEBIAN_FRONTEND=noninteractive"]);
    let mut child = Command::new(words.next().copied().unwrap_or("env"))
        .args(words)
        .arg(manager.program)
        .args(arguments)
        .args(names)
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output.try_clone()?)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", manager.program))?;
    let mut waiting = Waiting::on(format!("running {}", manager.program));
    while child.try_wait()?.is_none() {
        waiting.tick();
        sleep(Duration::from_millis(50));
    }
    session.check()?;
    let mut text = Vec::new();
    output.rewind()?;
    output.read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
