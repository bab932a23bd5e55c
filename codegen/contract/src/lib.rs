//! Reads OpenAPI contracts into a resolved model. It knows neither Rust nor any template: the generator,
//! lint, diff and editor support stand on it.
//!
//! A contract passes through two stages, which report into the same [`Diagnostics`](diagnostic::Diagnostics):
//!
//! 1. [`document::load`] reads the entry and every file that a `$ref` reaches, checks their structure against
//!    the grammar of OpenAPI 3.0 and 3.1, and puts right what is written wrong and clear all the same. The result is
//!    a [`Document`](document::Document): one tree a file, in which every value knows its bytes.
//! 2. [`model::resolve`] builds the [`Contract`](model::Contract): operations, schemas, policies and the error
//!    envelope, with references followed, `allOf` merged, and the passes over the whole run in order.
//!
//! Neither stage stops at the first problem. With an error among the diagnostics, the contract must not be used
//! for anything but further diagnostics.
//!
//! ```
//! use writ_contract::diagnostic::{Diagnostics, render};
//! use writ_contract::document::{LoadOptions, load};
//! use writ_contract::model::{Options, resolve};
//!
//! let folder = std::env::temp_dir().join(format!("writ-contract-example-{}", std::process::id()));
//! std::fs::create_dir_all(&folder)?;
//! let entry = folder.join("openapi.yaml");
//! std::fs::write(
//!     &entry,
//!     r##"
//! openapi: 3.0.3
//! info: { title: Pets, version: 1.0.0 }
//! paths:
//!   /pets/{petId}:
//!     get:
//!       operationId: getPet
//!       parameters:
//!         - { name: petId, in: path, required: true, schema: { type: string } }
//!       responses:
//!         "200":
//!           description: The pet.
//!           content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
//! components:
//!   schemas:
//!     Pet: { type: object, required: [name], properties: { name: { type: string } } }
//! "##,
//! )?;
//!
//! let mut diagnostics = Diagnostics::new();
//! let document = load(&entry, &LoadOptions::default(), &mut diagnostics).ok_or("not a contract")?;
//! let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
//! print!("{}", render(&diagnostics, &document.sources, false));
//!
//! assert!(!diagnostics.has_errors());
//! for operation in &contract.operations {
//!     println!("{} {}: {}", operation.method, operation.path, operation.id);
//! }
//! assert_eq!(contract.operations[0].id, "getPet");
//! assert_eq!(contract.schemas.get(contract.components[0]).component.as_deref(), Some("Pet"));
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The rooms
//!
//! Imports go one way: [`model`] uses [`document`], which uses [`diagnostic`], which uses [`source`].
//!
//! - [`source`]: the text of files, and places in it as bytes ([`Span`](source::Span)) and as JSON pointers
//!   ([`NodePath`](source::NodePath)).
//! - [`diagnostic`]: the record of every problem, whatever stage finds it, and two ways to render it:
//!   [`render`](diagnostic::render) for people and [`render_json_lines`](diagnostic::render_json_lines) for tools.
//! - [`document`]: loading and following references; [`bundle`](document::bundle) writes the files as one,
//!   [`upgrade_3_1`](document::upgrade_3_1) turns OpenAPI 3.0 into 3.1, and [`to_json`](document::to_json) and
//!   [`to_yaml`](document::to_yaml) write a tree as text.
//! - [`model`]: the resolved contract in the words of no programming language; `x-rust-*` stays text.

pub mod diagnostic;
pub mod document;
pub mod model;
pub mod source;
