//! The command line of the tasks, and the exit code of a task.

use std::process::ExitCode;

use clap::Parser;

use crate::process::{Interrupted, guard};
use crate::{DevArgs, Project, TestArgs, codegen, dev, gateway, terminal, test};

/// A task that any workspace with a contract and a server has.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true, about = "The tasks of this workspace")]
pub enum Task {
    /// Generate code from the contract.
    Codegen(Box<cargo_writ::codegen::Args>),
    /// Store copies of the remote documents that a contract refers to.
    #[cfg(feature = "fetch")]
    Fetch(cargo_writ::fetch::Args),
    /// Render the configuration of a gateway in front of the server.
    Gateway(cargo_writ::gateway::Args),
    /// Generate, build and run the server, with private stores.
    Dev(DevArgs),
    /// Run the tests, with private stores.
    Test(TestArgs),
    /// Stop the processes that another task left running; a task starts this itself.
    #[command(hide = true)]
    Guard,
}

impl Project {
    /// Runs the task that the command line names, and returns the exit code of the process.
    pub fn run(self) -> ExitCode {
        outcome(self.perform(&Task::parse()))
    }

    /// Runs one of the common tasks.
    ///
    /// # Errors
    ///
    /// Returns an error if the task fails or the user interrupts it. [`outcome`] prints it.
    pub fn perform(&self, task: &Task) -> anyhow::Result<ExitCode> {
        match task {
            Task::Codegen(args) => codegen::run(self, args),
            #[cfg(feature = "fetch")]
            Task::Fetch(args) => codegen::fetch(self, args),
            Task::Gateway(args) => gateway::run(self, args),
            Task::Dev(args) => dev::run(self, args),
            Task::Test(args) => test::run(self, args),
            Task::Guard => guard::run(),
        }
    }
}

/// Prints the error of a failed task, and returns the exit code of the process.
pub fn outcome(result: anyhow::Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        if let Some(interrupted) = error.downcast_ref::<Interrupted>() {
            return interrupted.exit_code();
        }
        terminal::error(&error);
        ExitCode::FAILURE
    })
}
