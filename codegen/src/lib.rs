//! Generates Rust handler traits, types, routes and clients from an OpenAPI contract.
//!
//! [`generate`](generate::generate()) turns a contract into files in memory, [`package::wrap`] makes a crate of
//! the files, and [`output::write`](output::write()) writes the crate to a folder. [`stub`](stub::stub())
//! returns the text of a method of a generated trait, which compiles and responds with status 501 until an
//! implementer writes its body.
//!
//! # From a contract to a crate
//!
//! The contract of the example, `openapi.yaml`, has one operation:
//!
//! ```yaml
//! openapi: 3.0.3
//! info: { title: Pets, version: "1" }
//! servers: [{ url: / }]
//! tags: [{ name: pets, description: The pets of a shelter. }]
//! paths:
//!   /pets/{petId}:
//!     get:
//!       operationId: getPet
//!       tags: [pets]
//!       summary: Get a pet
//!       parameters: [{ name: petId, in: path, required: true, schema: { type: string } }]
//!       responses:
//!         "200":
//!           description: The pet.
//!           content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
//!         "404": { description: The pet does not exist. }
//! components:
//!   schemas:
//!     Pet: { type: object, required: [name], properties: { name: { type: string } } }
//! ```
//!
//! ```
//! use writ_codegen::generate::{Request, generate};
//! use writ_codegen::output::{Conflicts, write};
//! use writ_codegen::package::{Package, wrap};
//! use writ_codegen::render::Layout;
//! use writ_codegen::settings::Settings;
//! use writ_codegen::stub::stub;
//! use writ_contract::diagnostic::{Diagnostics, render};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = std::env::temp_dir().join(format!("writ-codegen-example-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # std::fs::write(folder.join("openapi.yaml"), r##"
//! # openapi: 3.0.3
//! # info: { title: Pets, version: "1" }
//! # servers: [{ url: / }]
//! # tags: [{ name: pets, description: The pets of a shelter. }]
//! # paths:
//! #   /pets/{petId}:
//! #     get:
//! #       operationId: getPet
//! #       tags: [pets]
//! #       summary: Get a pet
//! #       parameters: [{ name: petId, in: path, required: true, schema: { type: string } }]
//! #       responses:
//! #         "200":
//! #           description: The pet.
//! #           content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } }
//! #         "404": { description: The pet does not exist. }
//! # components:
//! #   schemas:
//! #     Pet: { type: object, required: [name], properties: { name: { type: string } } }
//! # "##)?;
//! # std::fs::write(folder.join("codegen.toml"), "client = true\n")?;
//!
//! // `codegen.toml` next to the contract is optional. The errors of the settings are printed first, since errors
//! // of the contract may follow from them.
//! let (entry, out) = (folder.join("openapi.yaml"), folder.join("pets-api"));
//! let mut diagnostics = Diagnostics::new();
//! let settings = Settings::beside(&entry, None, &mut diagnostics);
//! eprint!("{}", render(&diagnostics, diagnostics.sources(), false));
//! if diagnostics.has_errors() {
//!     return Err("the settings have errors".into());
//! }
//!
//! let dependencies = settings.dependencies(&out);
//! let request = Request {
//!     entry,
//!     root: settings.root,
//!     strict: settings.strict.unwrap_or_default(),
//!     layout: Layout::Crate,
//!     options: settings.options,
//! };
//! let generated = generate(&request);
//! eprint!("{}", render(&generated.diagnostics, generated.diagnostics.sources(), false));
//! let files = generated.output.ok_or("the contract has errors")?;
//!
//! let mut package = Package::new("pets-api", &generated.title, &generated.features, &generated.parts)?;
//! package.dependencies = dependencies;
//! let changes = write(&out, &wrap(&package, files)?, Conflicts::Refuse)?;
//! assert!(changes.added.contains(&"src/pets.rs".to_owned()));
//!
//! // The generated trait has one method for each operation: print each as a stub, to be pasted into an `impl`.
//! for operation in &generated.operations {
//!     print!("{}", stub(operation, "pets_api"));
//! }
//! # assert_eq!(stub(&generated.operations[0], "pets_api"), "    async fn get_pet(
//! #         &self,
//! #         _cx: &writ_runtime::Context<()>,
//! #         _request: pets_api::GetPetRequest,
//! #     ) -> Result<pets_api::GetPetResponse, pets_api::GetPetError> {
//! #         Err(writ_runtime::NotWritten.into())
//! #     }
//! # ");
//! # std::fs::remove_dir_all(&folder)?;
//! # Ok(())
//! # }
//! ```
//!
//! The example prints the stub of the operation:
//!
//! ```text
//!     async fn get_pet(
//!         &self,
//!         _cx: &writ_runtime::Context<()>,
//!         _request: pets_api::GetPetRequest,
//!     ) -> Result<pets_api::GetPetResponse, pets_api::GetPetError> {
//!         Err(writ_runtime::NotWritten.into())
//!     }
//! ```
//!
//! # Stages
//!
//! Data flows in one direction. Every stage of generation reports into the same
//! [`Diagnostics`](writ_contract::diagnostic::Diagnostics) and continues after an error, so that one run finds
//! every error.
//!
//! 1. [`writ_contract`] reads the contract and resolves it into a model.
//! 2. [`rust`] decides every name, type and expression, and returns views.
//! 3. [`render`] renders the views into text by templates.
//! 4. [`package`] adds a manifest and the runtime.
//! 5. [`output`] writes the files to a folder: all of them, or none.
//!
//! [`settings`] reads `codegen.toml`, and [`options`] contains the options that the settings and the command line
//! set.

pub mod dependencies;
pub mod generate;
pub mod options;
pub mod output;
pub mod package;
pub mod render;
pub mod rust;
pub mod settings;
pub mod stub;
mod summary;
pub mod version_declaration;
mod versions;
