//! The views of the files that only a version of an API has.

use serde::Serialize;

use crate::rust::code::Code;
use crate::rust::view::TagSummary;

/// The view of a method that the implementer writes to convert a value.
#[derive(Debug, Serialize)]
pub struct MethodView {
    /// The documentation of the method.
    pub docs: String,
    /// The signature of the method, behind `fn`.
    pub signature: Code,
}

/// The view of the trait with the conversions of a version.
#[derive(Debug, Serialize)]
pub struct ConversionsTraitView {
    /// The name of the trait.
    pub name: Code,
    /// The name of the version, such as `v1`.
    pub version: String,
    /// The name of the next version.
    pub newer: String,
    /// The methods of the trait.
    pub methods: Vec<MethodView>,
}

/// The view of the functions that convert values without the implementer.
#[derive(Debug, Serialize)]
pub struct FunctionsView {
    /// The name of the next version.
    pub newer: String,
    /// The functions.
    pub functions: Vec<Code>,
}

/// The view of the functions that bind the operations of an older version to handlers of newer ones.
#[derive(Debug, Serialize)]
pub struct BindersView {
    /// The functions, one for each trait with handlers.
    pub binders: Vec<BinderView>,
    /// The functions that decode requests and convert them.
    pub decoders: Vec<Code>,
    /// The conversions that the functions use, one for each version from this one to the last but one.
    pub conversions: Vec<ParameterView>,
}

/// The type parameter of a function for the conversions of a version.
#[derive(Debug, Clone, Serialize)]
pub struct ParameterView {
    /// The name of the type parameter.
    pub name: Code,
    /// The path of the trait that it implements.
    pub bound: Code,
}

/// The view of a function that binds operations to the handlers of one trait.
#[derive(Debug, Serialize)]
pub struct BinderView {
    /// The name of the function.
    pub name: Code,
    /// The path of the trait with the handlers.
    pub service: Code,
    /// True if the trait has a type for authenticated callers.
    pub secured: bool,
    /// The statements of the function, one for each operation.
    pub statements: Vec<Code>,
}

/// The view of the root module of an older version.
#[derive(Debug, Serialize)]
pub struct OlderView {
    /// The title of the contract.
    pub title: String,
    /// The description of the contract.
    pub docs: String,
    /// The version of the contract (`info.version`).
    pub version: String,
    /// The path of the first server of the contract.
    pub base_path: String,
    /// The name of the version's module.
    pub name: Code,
    /// The name of the next version's module.
    pub newer: Code,
    /// The name of the latest version's module.
    pub latest: Code,
    /// The name of the trait with the conversions of the version.
    pub conversions: Code,
    /// The tags of the contract, with the names that their modules export.
    pub tags: Vec<TagSummary>,
    /// The traits of operations that the next version does not have, for the documentation.
    pub removed: Vec<Code>,
    /// True if the bundled contract is part of the generated code.
    pub document: bool,
    /// True if the contract is also generated as a document of the crate `utoipa`.
    pub openapi: bool,
    /// True if a typed client is generated.
    pub client: bool,
    /// True if the contract declares webhooks.
    pub webhooks: bool,
    /// True if the contract declares callbacks.
    pub callbacks: bool,
    /// The version of the runtime that the generated code requires.
    pub runtime: &'static str,
}
