//! The command `cargo writ`, which generates Rust crates from OpenAPI contracts.

use std::process::ExitCode;

#[cfg(feature = "fetch")]
use cargo_writ::fetch;
use cargo_writ::{codegen, gateway, new, terminal};
use clap::Parser;

/// The arguments that cargo passes to `cargo-writ`: the name of the subcommand comes first.
#[derive(Parser)]
#[command(name = "cargo", bin_name = "cargo")]
enum Cargo {
    /// Generates Rust from OpenAPI contracts.
    #[command(subcommand, version, propagate_version = true, arg_required_else_help = true)]
    Writ(Command),
}

#[derive(clap::Subcommand)]
enum Command {
    /// Generate a crate from a contract.
    Codegen(codegen::Args),
    /// Store copies of the remote documents that a contract refers to.
    #[cfg(feature = "fetch")]
    Fetch(fetch::Args),
    /// Render the configuration of a gateway for the services of an API.
    Gateway(gateway::Args),
    /// Create a workspace with a server for a contract.
    New(new::Args),
}

fn main() -> ExitCode {
    let Cargo::Writ(command) = Cargo::parse();
    let outcome = match command {
        Command::Codegen(args) => codegen::run(&args, None),
        #[cfg(feature = "fetch")]
        Command::Fetch(args) => fetch::run(&args, None),
        Command::Gateway(args) => gateway::run(&args),
        Command::New(args) => new::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::error(&error);
            ExitCode::FAILURE
        }
    }
}
