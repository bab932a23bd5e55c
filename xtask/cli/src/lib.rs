//! The commands `cargo writ codegen`, `fetch`, `gateway` and `new` as a library, for workspaces whose own tasks run the generator.
//!
//! # From a contract to a crate
//!
//! The command reads a contract, writes a crate, and prints each method that is still to be implemented:
//!
//! ```text
//! $ cargo writ codegen --spec spec/pets.yaml --out crates/pets-api --name pets-api
//!    Generated crates/pets-api: 174 added, 0 changed, 0 removed, 0 unchanged
//!     To write `get_pet` in your `impl pets_api::Pets`
//!
//!     async fn get_pet(
//!         &self,
//!         _cx: &writ_runtime::Context<()>,
//!         _request: pets_api::GetPetRequest,
//!     ) -> Result<pets_api::GetPetResponse, pets_api::GetPetError> {
//!         Err(writ_runtime::NotWritten.into())
//!     }
//!
//!     Finished crate `pets-api` with 1 operation; try `cargo check` in crates/pets-api
//! ```
//!
//! If the contract has errors, the command prints them and leaves the crate unchanged.
//!
//! # A task of a workspace
//!
//! [`codegen::Args`] are arguments of [`clap`], so a task of a workspace can take them as its own:
//!
//! ```no_run
//! use std::process::ExitCode;
//!
//! use cargo_writ::{codegen, terminal};
//! use clap::Parser;
//!
//! /// The tasks of this workspace: `cargo xtask …`.
//! #[derive(Parser)]
//! enum Task {
//!     /// Generate a crate from a contract.
//!     Codegen(codegen::Args),
//! }
//!
//! fn main() -> ExitCode {
//!     let Task::Codegen(args) = Task::parse();
//!     match codegen::run(&args, None) {
//!         Ok(()) => ExitCode::SUCCESS,
//!         Err(error) => {
//!             terminal::error(&error);
//!             ExitCode::FAILURE
//!         }
//!     }
//! }
//! ```

pub mod codegen;
#[cfg(feature = "fetch")]
pub mod fetch;
pub mod gateway;
pub mod new;
pub mod terminal;
