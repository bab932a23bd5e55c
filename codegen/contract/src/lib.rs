//! Reads OpenAPI contracts: YAML or JSON files in, a resolved model and diagnostics out.
//!
//! A *contract* is a document of Swagger 2.0, OpenAPI 3.0 or 3.1 with all files that its references reach. This crate turns
//! it into a [`Contract`](model::Contract): operations, schemas, policies and the error envelope, with
//! references followed and compositions merged. The model is independent of any programming language; the
//! code generator and other tools build on it.
//!
//! # From a file to the model
//!
//! A contract passes through two stages, which report into one [`Diagnostics`](diagnostic::Diagnostics):
//!
//! 1. [`document::load`] reads the entry file and every file that a `$ref` reaches, checks them against the
//!    grammar of OpenAPI, and repairs mistakes that have only one possible meaning. The result is a
//!    [`Document`](document::Document): one tree per file, in which every value has its span.
//! 2. [`model::resolve`] builds the [`Contract`](model::Contract) from the document and applies the
//!    [`Options`](model::Options): overrides of names and types, and the selection of tags.
//!
//! Neither stage stops at the first problem. If the diagnostics contain an error, the contract must not be used
//! except for further diagnostics.
//!
//! ```
//! use writ_contract::diagnostic::Diagnostics;
//! use writ_contract::document::{LoadOptions, load};
//! use writ_contract::model::{Kind, Options, resolve};
//!
//! let folder = std::env::temp_dir().join(format!("writ-contract-model-{}", std::process::id()));
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
//! let document = load(&entry, &LoadOptions::default(), &mut diagnostics).ok_or("not an OpenAPI document")?;
//! let contract = resolve(&document, false, &Options::default(), &mut diagnostics);
//! assert!(!diagnostics.has_errors());
//!
//! let operation = &contract.operations[0];
//! assert_eq!(format!("{} {}", operation.method, operation.path), "GET /pets/{petId}");
//! assert_eq!(operation.id, "getPet");
//!
//! let pet = operation.responses[0].content[0].schema.ok_or("no schema")?;
//! assert_eq!(contract.schemas.get(pet).component.as_deref(), Some("Pet"));
//! let Kind::Object(object) = contract.schemas.kind(pet) else { panic!("`Pet` is an object") };
//! assert!(object.properties[0].required);
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Printing diagnostics
//!
//! [`diagnostic::render`] prints diagnostics in the style of rustc. The files are available from
//! [`Diagnostics::sources`](diagnostic::Diagnostics::sources), also if the entry could not be read.
//!
//! ```
//! use writ_contract::diagnostic::{Diagnostics, render};
//! use writ_contract::document::{LoadOptions, load};
//!
//! # let folder = std::env::temp_dir().join(format!("writ-contract-print-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! let entry = folder.join("openapi.yaml");
//! std::fs::write(&entry, "openapi: 3.0.3\ninfo: { titel: Pets, version: 1.0.0 }\npaths: {}\n")?;
//!
//! let mut diagnostics = Diagnostics::new();
//! load(&entry, &LoadOptions::default(), &mut diagnostics);
//! let text = render(&diagnostics, diagnostics.sources(), false);
//! assert!(text.contains("warning[unknown-field]: unknown field `titel` in an info object"));
//! assert!(text.contains("help: did you mean `title`?"));
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules
//!
//! The modules are layers; each imports only from those before it.
//!
//! - [`source`]: the text of files, and locations in it as byte ranges ([`Span`](source::Span)) and as JSON
//!   pointers ([`NodePath`](source::NodePath)).
//! - [`diagnostic`]: the record of a problem for all stages, and two renderings of it:
//!   [`render`](diagnostic::render) for people and [`render_json_lines`](diagnostic::render_json_lines) for tools.
//! - [`document`]: the first stage, and conversions of documents: [`bundle`](document::bundle) combines the files
//!   into one, [`upgrade_3_1`](document::upgrade_3_1) converts OpenAPI 3.0 to 3.1, and
//!   [`to_json`](document::to_json) and [`to_yaml`](document::to_yaml) write a tree as text.
//! - [`model`]: the second stage, and the resolved contract.

pub mod diagnostic;
pub mod document;
pub mod model;
pub mod source;
