//! The Rust names of tags and operations, which are taken in the order of the contract.

use std::collections::HashMap;

use crate::options::Options;
use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::{Contract, Direction, Operation, Tag};
use writ_contract::source::{Span, Spanned};

use crate::rust::names::ident::{module_name, static_name, type_name, value_name};
use crate::rust::names::namespace::Names;
use crate::rust::names::spelling::spelling;
use crate::rust::operations::parts::{PartNames, part_names};
use crate::rust::operations::response_body::{ContentNames, content_names};
use crate::rust::operations::scheme_names::SchemeNames;
use crate::rust::plan::types::TypePlan;

/// The tag of operations that the contract gives none.
const UNTAGGED: &str = "default";

/// The Rust names for a tag: its trait, its module and its service.
#[derive(Debug, Clone)]
pub struct TagNames {
    /// The name of the tag's generated trait.
    pub name: String,
    /// The name of the tag's generated module.
    pub module: String,
    /// The field of the generated struct `Api` for the service that implements the tag's trait.
    pub field: String,
    /// The type parameter of the generated struct `Api` for the service that implements the tag's trait.
    pub parameter: String,
}

/// The Rust names for an operation: its method and its types.
#[derive(Debug, Clone)]
pub struct OperationNames {
    /// The name of the operation's trait method.
    pub method: String,
    /// The name of the operation's static in the generated operation table.
    pub data: String,
    /// The name of the operation's request type.
    pub request: String,
    /// The name of the enum of request bodies, which is used if the media type of a request decides the type of
    /// the body.
    pub body: String,
    /// The name of the operation's response type.
    pub response: String,
    /// The names for the operation's response bodies that have several media types.
    pub contents: Vec<ContentNames>,
    /// The names of the types of the operation's multipart body, or `None` if it has no described multipart body.
    pub parts: Option<PartNames>,
    /// The name of the operation's error type.
    pub error: String,
    /// The names of the enums of keys by which requests of the operation can sort a list.
    pub sorts: Vec<SortName>,
}

/// The name of the enum of sort keys for a parameter that sorts a list.
#[derive(Debug, Clone)]
pub struct SortName {
    /// The index of the sort parameter among the operation's parameters.
    pub index: usize,
    /// The name of the enum of sort keys.
    pub name: String,
    /// True if the enum is generated with this operation. Operations that share a sort parameter share the enum
    /// of the first operation.
    pub own: bool,
}

/// Chooses the Rust names for every tag of the contract.
pub fn tag_names(
    contract: &Contract,
    options: &Options,
    types: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Vec<TagNames> {
    let mut modules = Names::empty();
    if options.client() {
        ["callbacks", "client"].iter().for_each(|taken| modules.reserve(taken));
    }
    // These names are modules and crates that generated code uses. A tag's module of the same name would hide them.
    for fixed in [
        "alloc",
        "core",
        "std",
        "writ_runtime",
        "openapi",
        "errors",
        "types",
        "operations",
        "codec",
        "openapi_31",
        "routes",
        "shared",
        "patterns",
        "webhooks",
        "extra",
        "serde_types",
        "wire",
        "r#mod",
        "mod_",
        "lib",
        "main",
        "authenticator",
        "unselected",
        "gate",
        "settings",
    ] {
        modules.reserve(fixed);
    }
    // Windows has no files with these names.
    ["aux", "con", "nul", "prn"].iter().for_each(|device| modules.reserve(device));
    (0..10).for_each(|number| ["com", "lpt"].iter().for_each(|port| modules.reserve(&format!("{port}{number}"))));
    let mut parameters = Names::empty();
    for fixed in ["A", "G", "E", "Api"] {
        parameters.reserve(fixed);
    }
    contract
        .tags
        .iter()
        .map(|tag| {
            let base = type_name(&tag.name);
            let spelled = spelling(&tag.name).unwrap_or("other");
            let name = match &tag.rust_name {
                Some(own) => types.take_requested(own, diagnostics),
                None => {
                    let spelled = format!("{base}{}", type_name(spelled));
                    let candidates = [base.clone(), format!("{base}Api"), format!("{base}Handlers"), spelled];
                    let name = types.take(&candidates, tag.span, diagnostics);
                    note_fallback(tag, &name, types, diagnostics);
                    name
                }
            };
            let module = module_name(tag.rust_name.as_ref().map_or(&tag.name, |own| &own.value));
            let stem = module.trim_end_matches('_');
            let candidates =
                [module.clone(), format!("{stem}_api"), format!("{stem}_tag"), format!("{stem}_{spelled}")];
            let module = modules.take(&candidates, tag.span, diagnostics);
            let parameter = parameters.take(&[format!("{name}Service")], tag.span, diagnostics);
            TagNames { name, field: module.clone(), module, parameter }
        })
        .collect()
}

/// Informs about a trait whose name is not that of its tag. Operations without a tag have no name to expect.
fn note_fallback(tag: &Tag, name: &str, types: &Names, diagnostics: &mut Diagnostics) {
    if let Some(reason) = types.fallback(name).filter(|_| tag.name != UNTAGGED) {
        let message = format!("the tag `{}` is the trait `{name}`", tag.name);
        let report = Diagnostic::info("tag-renamed", tag.span, message).note(reason);
        diagnostics.push(report.help("choose another name of the trait with `x-rust-name`"));
    }
}

/// The methods that every value or pointer has. An operation's method with such a name could not be called on a
/// service, since the call would select the other method.
pub(super) const EVERYWHERE: &[&str] =
    &["as_ref", "clone", "clone_from", "clone_into", "drop", "into", "to_owned", "try_into"];

/// Chooses the Rust names for every operation that the service serves, in the order of the contract.
pub fn operation_names(plan: &TypePlan<'_>, types: &mut Names, diagnostics: &mut Diagnostics) -> Vec<OperationNames> {
    named(plan, Direction::Inbound, plan.contract.operations.iter(), types, diagnostics)
}

/// Chooses the Rust names for the operations of one direction, served or outgoing. Their methods share a namespace.
pub fn named<'o>(
    plan: &TypePlan<'_>,
    direction: Direction,
    operations: impl Iterator<Item = &'o Operation>,
    types: &mut Names,
    diagnostics: &mut Diagnostics,
) -> Vec<OperationNames> {
    let contract = plan.contract;
    let mut methods = Names::empty();
    // The struct that sends outgoing operations has a constructor `new`.
    if direction == Direction::Outbound {
        methods.reserve("new");
    }
    for everywhere in EVERYWHERE {
        methods.reserve(everywhere);
    }
    let mut statics = Names::empty();
    let mut shared: HashMap<Span, String> = HashMap::new();
    ["ALL", "SERVERS"].iter().for_each(|name| statics.reserve(name));
    SchemeNames::of(contract).all().for_each(|name| statics.reserve(name));
    operations
        .map(|operation| {
            let id = operation.name();
            let base = type_name(id);
            let method = value_name(id);
            // A word that is reserved in Rust has the mark `r#` or ends with `_`.
            let plain = method.trim_start_matches("r#").trim_end_matches('_').to_owned();
            let data = static_name(id);
            let span = operation.span;
            let spelled = spelling(id).unwrap_or("other");
            let mut take = |words: [&str; 3]| {
                let plain = words.map(|word| format!("{base}{word}")).into_iter();
                let candidates: Vec<String> =
                    plain.chain([format!("{base}{}{}", type_name(spelled), words[0])]).collect();
                types.take(&candidates, span, diagnostics)
            };
            let request = take(["Request", "Call", "Input"]);
            let body = take(["Body", "RequestBody", "BodyForm"]);
            let response = take(["Response", "Reply", "Output"]);
            let error = take(["Error", "Failure", "Refusal"]);
            let mut sorts = Vec::new();
            for (index, parameter) in operation.parameters.iter().enumerate().filter(|(_, parameter)| parameter.sort) {
                let own = !shared.contains_key(&parameter.span);
                let name = shared.entry(parameter.span).or_insert_with(|| {
                    let role = format!("{base}{}", type_name(&parameter.name));
                    let component = parameter.component.as_deref().map_or_else(|| role.clone(), type_name);
                    types.take(&[component, role.clone(), format!("{role}Key")], span, diagnostics)
                });
                sorts.push(SortName { index, name: name.clone(), own });
            }
            let contents = content_names(plan, operation, &base, types, diagnostics);
            let parts = part_names(plan, operation, &base, types, diagnostics);
            let verb = value_name(&operation.method);
            let method = match &operation.rust_name {
                Some(own) => methods.take_requested(&Spanned { value: method, span: own.span }, diagnostics),
                None => {
                    let other = [format!("{plain}_{verb}"), format!("{plain}_operation"), format!("{plain}_{spelled}")];
                    methods.take(&[vec![method], other.to_vec()].concat(), span, diagnostics)
                }
            };
            let verb = static_name(&operation.method);
            let spelled = format!("{data}_{}", static_name(spelled));
            let candidates = [data.clone(), format!("{data}_{verb}"), format!("{data}_OPERATION"), spelled];
            let data = statics.take(&candidates, span, diagnostics);
            OperationNames { method, data, request, body, response, contents, parts, error, sorts }
        })
        .collect()
}
