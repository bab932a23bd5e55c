//! The tasks of a workspace that consists of a contract, the crate generated from it, and a server: generate the
//! code, run the server, and test it, with a private PostgreSQL and Redis where the server needs them.
//!
//! # The tasks of a workspace
//!
//! A [`Project`] describes the workspace, and runs the task that the command line names. This is the complete
//! program of the package `xtask` in a workspace whose server uses PostgreSQL:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use writ_tasks::Project;
//!
//! fn main() -> ExitCode {
//!     Project::new("museum").prefix("MUSEUM_").contract("spec/openapi.yaml").postgres().run()
//! }
//! ```
//!
//! | task | effect |
//! |---|---|
//! | `cargo xtask codegen` | generates the crate again after the contract has changed |
//! | `cargo xtask fetch` | stores copies of the remote documents that the contract refers to (feature `fetch`) |
//! | `cargo xtask gateway` | renders the configuration of a gateway in front of the server |
//! | `cargo xtask dev` | generates, builds and runs the server, and prints a first request |
//! | `cargo xtask test` | runs `cargo test` with the stores |
//!
//! The stores are those of `DATABASE_URL` and `REDIS_URL`. If a variable is not set, the task starts a private server:
//! that of `dev` keeps its data outside of the workspace, that of `test` is deleted at the end.
//!
//! # Tasks of your own
//!
//! A workspace with more tasks takes [`Task`] into its own command line:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use clap::Parser;
//! use writ_tasks::{Project, Task, outcome};
//!
//! /// The tasks of this workspace.
//! #[derive(Parser)]
//! #[command(bin_name = "cargo xtask")]
//! enum Tasks {
//!     #[command(flatten)]
//!     Common(Task),
//!     /// Print a greeting.
//!     Greet,
//! }
//!
//! fn main() -> ExitCode {
//!     let project = Project::new("museum");
//!     outcome(match Tasks::parse() {
//!         Tasks::Common(task) => project.perform(&task),
//!         Tasks::Greet => {
//!             println!("hello");
//!             Ok(ExitCode::SUCCESS)
//!         }
//!     })
//! }
//! ```
//!
//! [`process::Session`] supervises the programs that a task starts, so that none of them outlives the task, and
//! [`services`] starts the stores. [`envoy`] is the gateway in front of the services.

pub mod cargo;
mod codegen;
mod dev;
pub mod envoy;
pub mod folder;
mod gateway;
pub mod http;
mod orphan;
pub mod process;
mod project;
pub mod python;
pub mod services;
mod task;
pub mod terminal;
mod test;

pub use dev::{Credential, DevArgs, Given, Running};
pub use project::{Generate, Project};
pub use task::{Task, outcome};
pub use test::TestArgs;
