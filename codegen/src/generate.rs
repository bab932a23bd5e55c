//! Generation of the code of one contract in memory: from the entry file to the text of every generated file.

use std::path::PathBuf;

use crate::dependencies::check_dependencies;
use crate::options::{Options, Part};
use crate::output::Output;
use crate::render::{Layout, Renderer, files};
use crate::rust;
use crate::rust::code::{Code, raw_literal};
use crate::rust::view::DocumentView;
pub use crate::summary::{
    GeneratedAuthenticator, GeneratedConversion, GeneratedConversions, GeneratedOperation, GeneratedScheme,
    GeneratedService,
};
use crate::summary::{authenticator, conversions, operations, services};
use crate::version_declaration::VersionFacts;
use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::document::{self, Document, LoadOptions, Version};
use writ_contract::model::{self, Contract};
use writ_contract::source::Span;

/// The input of one generation of Rust code: the contract's entry file and the options.
///
/// ```
/// use writ_codegen::generate::Request;
/// use writ_codegen::options::Options;
/// use writ_codegen::render::Layout;
///
/// let request = Request {
///     entry: "spec/openapi.yaml".into(),
///     root: None,
///     strict: false,
///     layout: Layout::Crate,
///     options: Options { eq: true, ..Options::default() },
/// };
/// ```
#[derive(Debug, Clone)]
pub struct Request {
    /// The path of the contract's entry file; `-` for standard input.
    pub entry: PathBuf,
    /// The folder that contains every file of the contract. A `$ref` to a file outside of it is an error. If
    /// `None`, the folder of the entry file.
    pub root: Option<PathBuf>,
    /// True if lossless deviations from OpenAPI are errors instead of warnings (`--strict`).
    pub strict: bool,
    /// The location of the generated modules in a crate: the crate root, or a module of a crate with several
    /// contracts.
    pub layout: Layout,
    /// The options of generation, such as optional parts and custom types, which the contract does not contain.
    pub options: Options,
}

/// The result of one generation of Rust code: the files, the diagnostics and a summary of the contract.
///
/// The [crate root](crate) has an example.
#[derive(Debug, Default)]
pub struct Generated {
    /// The generated files, or `None` if the contract or its settings have errors.
    pub output: Option<Output>,
    /// The errors, warnings and notes that every stage of generation reported.
    pub diagnostics: Diagnostics,
    /// The operations that have a method in a generated trait, in the order of their tags.
    pub operations: Vec<GeneratedOperation>,
    /// The generated traits that a service implements, one for each tag with operations.
    pub services: Vec<GeneratedService>,
    /// The generated trait that verifies credentials, or `None` if no operation requires any.
    pub authenticator: Option<GeneratedAuthenticator>,
    /// The generated trait that creates error bodies, or `None` if the runtime creates all of them.
    pub conversions: Option<GeneratedConversions>,
    /// The number of operations that are not generated, since the settings select other tags.
    pub unselected: usize,
    /// The title of the contract (`info.title`).
    pub title: String,
    /// The cargo features of the crate `writ-runtime` that the generated code requires.
    pub features: Vec<&'static str>,
    /// The optional parts of the generated code, such as a client, each behind a cargo feature.
    pub parts: Vec<Part>,
    /// The `recursion_limit` attribute that a crate with the generated types needs, or `None` if the compiler's
    /// default is enough.
    pub recursion_limit: Option<usize>,
    /// The path of the first server of the contract, such as `/v2`, or an empty text.
    pub base_path: String,
    /// The parts of the contract that the versions of its API must agree on.
    pub versions: VersionFacts,
}

/// Generates the files of one contract in memory.
///
/// Every stage reports into the same diagnostics and continues after an error, so that one run finds every
/// error. The result has files only if there is no error. [`wrap`](crate::package::wrap) adds a manifest and
/// the runtime, and [`write`](crate::output::write()) writes the files to a folder; see the [crate
/// documentation](crate) for an example.
pub fn generate(request: &Request) -> Generated {
    let mut diagnostics = Diagnostics::new();
    let options = &request.options;
    let parts = options.parts();
    let how = LoadOptions {
        root: request.root.clone(),
        strict: request.strict,
        overlays: options.overlays.clone(),
        remote: options.remote.clone(),
    };
    let document = document::load(&request.entry, &how, &mut diagnostics);
    diagnostics.set_settings_sources(&options.contract.sources);
    let Some(document) = document else {
        return Generated { diagnostics, parts, ..Generated::default() };
    };
    let contract = model::resolve(&document, request.strict, &options.contract, &mut diagnostics);
    if request.layout == Layout::Crate {
        check_dependencies(&contract, options, &mut diagnostics);
    }
    note_unselected(&contract, options, &mut diagnostics);
    let bundled = bundled_document(&document, request, &mut diagnostics);
    // Warnings about generated code do not help the author of an invalid contract.
    let broken = diagnostics.has_errors();
    let mut decided = Diagnostics::new();
    let views = rust::views(&contract, bundled, options, &mut decided);
    diagnostics.extend(if broken { decided.only_errors() } else { decided });
    let mut generated = Generated {
        operations: operations(&views, &contract),
        services: services(&views),
        authenticator: authenticator(&views, &contract),
        conversions: conversions(&views),
        unselected: contract.unselected.len(),
        title: contract.title.clone(),
        features: views.features.clone(),
        parts,
        recursion_limit: views.root.recursion_limit,
        base_path: views.root.base_path.clone(),
        versions: VersionFacts::of(&contract),
        ..Generated::default()
    };
    if diagnostics.has_errors() {
        return Generated { diagnostics, ..generated };
    }
    let output = Renderer::new(options.eq).and_then(|renderer| files(&renderer, &views, &request.layout));
    match output {
        Ok(output) => generated.output = Some(output),
        Err(error) => {
            // A template that does not match its view is a defect of this crate, not of the contract.
            let span = Span::start_of(document.root);
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            diagnostics.push(Diagnostic::error("template", span, format!("a template failed: {error:#}{cause}")));
        }
    }
    Generated { diagnostics, ..generated }
}

/// Reports the number of operations whose tags are not selected, and the status that requests to these
/// operations receive.
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

/// The greatest nesting depth of a contract that is generated as a `utoipa` document. `serde_json`, which
/// parses the document, reads 128 levels; the difference leaves room for documents that embed the contract.
const DEEPEST_DOCUMENT: usize = 120;

/// Returns the contract as one document with all referenced files, or `None` if the generated code does not
/// contain it.
///
/// A module in a crate with several contracts always contains the document, so that a server can serve it. A
/// standalone crate contains the document only with the option `openapi`.
fn bundled_document(document: &Document, request: &Request, diagnostics: &mut Diagnostics) -> Option<DocumentView> {
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
        upgraded: upgraded.map(|upgraded| match document.version() {
            Version::V20 | Version::V30 => Code::from(raw_literal(&document::to_json(&upgraded))),
            Version::V31 | Version::V32 => Code::from("super::openapi::OPENAPI_JSON"),
        }),
        alone,
    })
}
