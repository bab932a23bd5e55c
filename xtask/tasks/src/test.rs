//! The task `test`: runs the tests with private stores.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::envoy::Envoy;
use crate::folder::Folder;
use crate::process::Session;
use crate::services::{self, Lifetime};
use crate::{Project, cargo, terminal};

/// The command line of the task `test`.
#[derive(clap::Args)]
pub struct TestArgs {
    /// Arguments of `cargo test`; without a package, all packages are tested with all features.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    cargo: Vec<String>,
}

/// Runs the task `test`. The exit code is the exit code of `cargo test`.
pub(crate) fn run(project: &Project, args: &TestArgs) -> anyhow::Result<ExitCode> {
    let session = Session::open()?;
    let folder = Folder::temporary(&session)?;
    let services = services::start(&session, &folder, Lifetime::Temporary, project.stores)?;
    let mut variables: Vec<(String, OsString)> =
        services.variables().map(|(name, url)| (format!("WRIT_TEST_{name}"), url.into())).collect();
    if project.gateway.is_some() {
        match Envoy::find(&session, &project.root) {
            Ok(envoy) => variables.push(("WRIT_TEST_ENVOY".to_owned(), envoy.program().into())),
            // The tests of other packages do not need it, and those of the gateway fail without it.
            Err(error) => terminal::step("Warning", format_args!("the tests of the gateway will fail: {error:#}")),
        }
        session.check()?;
    }
    let run = |arguments: &[String], more: Option<&(String, String)>| {
        let mut tests = cargo::command(&project.root);
        tests.arg("test");
        if !names_packages(arguments) {
            tests.args(["--workspace", "--all-features"]);
        }
        tests.args(arguments).envs(variables.iter().cloned()).envs(more.cloned());
        let status = session.run("cargo test", &mut tests)?;
        anyhow::Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
    };
    terminal::step("Testing", project.stores);
    let mut code = run(&args.cargo, None)?;
    // A command line that selects tests names their surroundings as well.
    for repeated in project.repeated_tests.iter().filter(|_| args.cargo.is_empty()) {
        if code != 0 {
            break;
        }
        terminal::step("Testing", format_args!("`{}` {}", repeated.target, repeated.title));
        code = run(&["--test".to_owned(), repeated.target.clone()], Some(&repeated.variable))?;
    }
    Ok(code.into())
}

fn names_packages(arguments: &[String]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|argument| {
        let name = argument.split('=').next().unwrap_or_default();
        ["--package", "--workspace", "--all", "--manifest-path"].contains(&name)
            || (argument.starts_with("-p") && !argument.starts_with("--"))
    })
}

#[cfg(test)]
mod tests {
    use super::names_packages;

    #[test]
    fn the_workspace_is_tested_unless_a_package_is_named() {
        let names = |line: &str| names_packages(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for line in ["-p server", "-pserver", "--package=server", "users -p server"] {
            assert!(names(line), "{line}");
        }
        for line in ["", "users", "--test users", "--profile=ci", "-- -p"] {
            assert!(!names(line), "{line}");
        }
    }
}
