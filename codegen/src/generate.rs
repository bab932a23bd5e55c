//! The whole way: from an entry file to the text of every generated file.

use std::path::PathBuf;

use crate::dependencies::check_dependencies;
use crate::options::{Options, Part};
use crate::output::Output;
use crate::render::{Layout, Renderer, files};
use crate::rust;
use crate::rust::code::{Code, raw_literal};
use crate::rust::view::DocumentView;
use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::document::{self, Document, LoadOptions, Version};
use writ_contract::model::{self, Contract};
use writ_contract::source::Span;

/// What to generate.
#[derive(Debug, Clone)]
pub struct Request {
    /// The path of the contract's entry; `-` for standard input.
    pub entry: PathBuf,
    /// The folder that its references may not leave; its own where none is given.
    pub root: Option<PathBuf>,
    /// Whether what loses nothing is an error too.
    pub strict: bool,
    /// Where the modules go.
    pub layout: Layout,
    /// What the contract does not say of its own code.
    pub options: Options,
}

/// What came of it.
#[derive(Debug)]
pub struct Generated {
    /// Every file, none where there are errors.
    pub output: Option<Output>,
    /// Everything there is to say.
    pub diagnostics: Diagnostics,
    /// The operations, for telling what was added and removed.
    pub operations: Vec<GeneratedOperation>,
    /// How many operations of tags that were not selected are not among them.
    pub unselected: usize,
    /// `info.title` of the contract.
    pub title: String,
    /// The features of the runtime that the code needs.
    pub features: Vec<&'static str>,
    /// The parts that stand behind features of the generated crate.
    pub parts: Vec<Part>,
    /// How deep the compiler must look into the types, where that is deeper than usual.
    pub recursion_limit: Option<usize>,
}

/// An operation and the method that implements it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GeneratedOperation {
    /// The trait.
    pub tag: String,
    /// The method.
    pub method: String,
    /// The `operationId`.
    pub id: String,
    /// The HTTP method and the path, as in `GET /users/{id}`.
    pub route: String,
    /// The type in its `Context`: `()`, `Self::Principal` or an option of it.
    pub context: String,
    /// The request type; none where it takes nothing.
    pub request: Option<String>,
    /// The response type.
    pub response: String,
    /// The error type.
    pub error: String,
    /// True if the method returns an `Idempotent` response.
    pub idempotent: bool,
}

/// Generates the files of one contract, in memory.
pub fn generate(request: &Request) -> Generated {
    let mut diagnostics = Diagnostics::new();
    let options = &request.options;
    let parts = options.parts();
    let how = LoadOptions { root: request.root.clone(), strict: request.strict };
    let document = document::load(&request.entry, &how, &mut diagnostics);
    diagnostics.set_settings_sources(&options.contract.sources);
    let Some(document) = document else {
        return Generated {
            output: None,
            diagnostics,
            operations: Vec::new(),
            unselected: 0,
            title: String::new(),
            features: Vec::new(),
            parts,
            recursion_limit: None,
        };
    };
    let contract = model::resolve(&document, request.strict, &options.contract, &mut diagnostics);
    if request.layout == Layout::Crate {
        check_dependencies(&contract, options, &mut diagnostics);
    }
    note_unselected(&contract, options, &mut diagnostics);
    let bundled = carried(&document, request, &mut diagnostics);
    // Where the contract is refused, what its Rust would look like is of no interest.
    let broken = diagnostics.has_errors();
    let mut decided = Diagnostics::new();
    let views = rust::views(&contract, bundled, options, &mut decided);
    diagnostics.extend(if broken { decided.only_errors() } else { decided });
    let operations = views
        .tags
        .iter()
        .flat_map(|tag| {
            tag.operations.iter().map(|operation| GeneratedOperation {
                tag: tag.name.0.clone(),
                method: operation.method.0.clone(),
                id: operation.id.clone(),
                route: operation.route.clone(),
                context: operation.context.0.clone(),
                request: operation.request.as_ref().map(|request| request.name.0.clone()),
                response: operation.response.name.0.clone(),
                error: operation.error.name.0.clone(),
                idempotent: operation.idempotent,
            })
        })
        .collect();
    let title = contract.title.clone();
    let unselected = contract.unselected.len();
    let (features, recursion_limit) = (views.features.clone(), views.root.recursion_limit);
    if diagnostics.has_errors() {
        return Generated {
            output: None,
            diagnostics,
            operations,
            unselected,
            title,
            features,
            parts,
            recursion_limit,
        };
    }
    let output = Renderer::new(options.eq).and_then(|renderer| files(&renderer, &views, &request.layout));
    let output = match output {
        Ok(output) => Some(output),
        Err(error) => {
            // A template that does not fit its views is a fault of ours, not of the contract.
            let span = Span::start_of(document.root);
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            diagnostics.push(Diagnostic::error("template", span, format!("a template failed: {error:#}{cause}")));
            None
        }
    };
    Generated { output, diagnostics, operations, unselected, title, features, parts, recursion_limit }
}

/// Says what becomes of the operations of tags that were not selected.
fn note_unselected(contract: &Contract, options: &Options, diagnostics: &mut Diagnostics) {
    let Some(first) = options.contract.tags.first().filter(|_| !contract.unselected.is_empty()) else { return };
    if diagnostics.has_errors() {
        return;
    }
    let fate = match options.unwritten {
        true => ("responds with 501", "respond with 501"),
        false => ("is not routed and responds with 404", "are not routed and respond with 404"),
    };
    let message = match contract.unselected.len() {
        1 => format!("1 operation of another tag {}", fate.0),
        count => format!("{count} operations of other tags {}", fate.1),
    };
    diagnostics.push(Diagnostic::info("other-tags", first.span, message).label("selects the operations to generate"));
}

/// How deep a contract may be nested to be read as JSON again: the limit of `serde_json`, with room
/// for documents that it becomes part of.
const DEEPEST_DOCUMENT: usize = 120;

/// The contract itself, where the crate carries it along: a module of the server's own crate to serve
/// it, and what is asked for its `utoipa` document.
fn carried(document: &Document, request: &Request, diagnostics: &mut Diagnostics) -> Option<DocumentView> {
    let alone = request.layout == Layout::Crate;
    if alone && !request.options.openapi {
        return None;
    }
    let bundled = document::bundle(document);
    let upgraded = request.options.openapi.then(|| document::upgrade_3_1(&bundled, document.version()));
    if let Some(upgraded) = &upgraded
        && upgraded.depth() > DEEPEST_DOCUMENT
    {
        let message =
            format!("the contract is nested deeper than {DEEPEST_DOCUMENT} levels, the limit of a `utoipa` document");
        let problem = Diagnostic::error("too-deep", Span::start_of(document.root), message);
        diagnostics.push(problem.help("turn `openapi` off, or move nested schemas into `components/schemas`"));
    }
    Some(DocumentView {
        json: Code::from(raw_literal(&document::to_json(&bundled))),
        yaml: Code::from(raw_literal(&document::to_yaml(&bundled))),
        raised: upgraded.map(|upgraded| match document.version() {
            Version::V30 => Code::from(raw_literal(&document::to_json(&upgraded))),
            Version::V31 | Version::V32 => Code::from("super::openapi::OPENAPI_JSON"),
        }),
        alone,
    })
}
