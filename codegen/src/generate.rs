//! Generation of the code of one contract in memory: from the entry file to the text of every generated file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use crate::dependencies::check_dependencies;
use crate::options::{Options, Part};
use crate::output::Output;
use crate::render::{Layout, Renderer, Sharing, files, finish, render};
use crate::rust::code::{Code, raw_literal};
use crate::rust::view::DocumentView;
use crate::rust::{self, CrateViews};
pub use crate::summary::{
    GeneratedAuthenticator, GeneratedConversion, GeneratedConversions, GeneratedOperation, GeneratedScheme,
    GeneratedService,
};
use crate::summary::{authenticator, conversions, operations, services};
use crate::version_declaration::VersionFacts;
use crate::versions::shared::ApiVersion;
use crate::versions::{link_versions, mark_version};
use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::document::{self, Document, LoadOptions, Version};
use writ_contract::model::{self, Contract};
use writ_contract::source::{FileId, Span};

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
    let Prepared { generated, views, root, .. } = prepare(request);
    let Some(views) = views.filter(|_| !generated.diagnostics.has_errors()) else { return generated };
    let output = Renderer::new(request.options.eq).and_then(|renderer| files(&renderer, &views, &request.layout));
    written(generated, root, output)
}

/// Generates the files of several contracts in memory, as modules of one crate.
///
/// The contracts whose modules are named `v1`, `v2`, … and whose paths or servers contain this name are versions of one
/// API: they share the types that are equal, and only the latest has handler traits. The results have the order of the
/// requests.
pub fn generate_modules(requests: &[Request]) -> Vec<Generated> {
    let mut prepared: Vec<Prepared> = requests.iter().map(prepare).collect();
    let mut versions: Vec<(u32, usize)> = (0..requests.len())
        .filter_map(|at| Some((version_number(&requests[at], prepared[at].views.as_ref()?)?, at)))
        .collect();
    versions.sort_unstable();
    let is_broken = |at: usize| prepared[at].generated.diagnostics.has_errors();
    let mut linked = match versions.as_slice() {
        [] | [_] => BTreeMap::new(),
        several if several.iter().any(|(_, at)| is_broken(*at)) => several.iter().map(|(_, at)| (*at, None)).collect(),
        several => {
            let order: Vec<usize> = several.iter().map(|(_, at)| *at).collect();
            link(requests, &mut prepared, &order)
        }
    };
    let finish = |(at, one): (usize, Prepared)| {
        let Prepared { generated, views, root, .. } = one;
        if generated.diagnostics.has_errors() {
            return generated;
        }
        let request = &requests[at];
        let output = match (linked.remove(&at), views) {
            (Some(Some(output)), _) => Ok(output),
            (None, Some(views)) => {
                Renderer::new(request.options.eq).and_then(|renderer| files(&renderer, &views, &request.layout))
            }
            (Some(None), _) | (None, None) => return generated,
        };
        written(generated, root, output)
    };
    prepared.into_iter().enumerate().map(finish).collect()
}

/// Returns the number of the version that a contract is, or `None` if it is no version of an API.
fn version_number(request: &Request, views: &CrateViews) -> Option<u32> {
    let Layout::Module(module) = &request.layout else { return None };
    let number = module.strip_prefix('v')?.parse().ok()?;
    let start = format!("\"/{module}/");
    let mut operations = views.tags.iter().flat_map(|tag| &tag.operations).flat_map(|operation| &operation.entry.head);
    let is_version = views.root.base_path.ends_with(&format!("/{module}"))
        || operations.any(|field| field.0.starts_with("path: ") && field.0["path: ".len()..].starts_with(&start));
    is_version.then_some(number)
}

/// Links the contracts that are versions of one API, and returns their files by the index of their request. `order` are
/// the indices, the oldest version first.
fn link(requests: &[Request], prepared: &mut [Prepared], order: &[usize]) -> BTreeMap<usize, Option<Output>> {
    let latest = order.last().copied().unwrap_or_default();
    let renderer = Renderer::with(requests[latest].options.eq, Sharing::Versions);
    let linked = renderer.and_then(|renderer| {
        let mut versions = Vec::new();
        for at in order {
            let Some(mut views) = prepared[*at].views.take() else { continue };
            let Layout::Module(name) = requests[*at].layout.clone() else { continue };
            // Version 1 keeps the entity tags that it had as the only version, and a version never changes its own.
            if name != "v1" {
                mark_version(&mut views, &name);
            }
            let rendered = render(&renderer, &views)?;
            versions.push(ApiVersion { name, views, rendered });
        }
        link_versions(versions, &renderer)
    });
    let linked = match linked {
        Ok(linked) => linked,
        Err(error) => {
            let defect = template_defect(prepared[latest].root, &error);
            prepared[latest].generated.diagnostics.push(defect);
            return BTreeMap::new();
        }
    };
    for mismatch in linked.mismatches {
        let one = &mut prepared[order[mismatch.version]];
        let span = one.spans.get(&mismatch.operation).copied().unwrap_or(Span::start_of(one.root));
        let problem = Diagnostic::error("versions-differ", span, mismatch.message).help(mismatch.help);
        one.generated.diagnostics.push(problem);
    }
    for (at, handled) in order.iter().zip(&linked.handled) {
        let generated = &mut prepared[*at].generated;
        generated.operations.retain(|operation| handled.contains(&operation.id));
        if *at != latest {
            let traits: BTreeSet<&str> = generated.operations.iter().map(|operation| operation.tag.as_str()).collect();
            generated.services.retain(|service| traits.contains(service.name.as_str()));
            generated.authenticator = None;
            generated.conversions = None;
        }
    }
    let files = order.iter().zip(linked.rendered);
    files.map(|(at, rendered)| (*at, Some(finish(rendered, &requests[*at].layout)))).collect()
}

/// Returns a result with its files, or with the defect of a template.
fn written(mut generated: Generated, root: FileId, output: Result<Output, minijinja::Error>) -> Generated {
    match output {
        Ok(output) => generated.output = Some(output),
        Err(error) => generated.diagnostics.push(template_defect(root, &error)),
    }
    generated
}

/// Returns the report of a template that does not match its view. It is a defect of this crate, not of the contract.
fn template_defect(root: FileId, error: &minijinja::Error) -> Diagnostic {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Diagnostic::error("template", Span::start_of(root), format!("a template failed: {error:#}{cause}"))
}

/// A contract whose generated code is decided, but not rendered.
struct Prepared {
    /// The result of the generation without files.
    generated: Generated,
    /// The views of the contract, or `None` if it could not be read.
    views: Option<CrateViews>,
    /// The main file of the contract.
    root: FileId,
    /// The locations of the operations in the contract, by their ids.
    spans: HashMap<String, Span>,
}

/// Reads a contract and decides its generated code.
fn prepare(request: &Request) -> Prepared {
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
        let generated = Generated { diagnostics, parts, ..Generated::default() };
        return Prepared { generated, views: None, root: FileId::ENTRY, spans: HashMap::new() };
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
    let generated = Generated {
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
        output: None,
        diagnostics,
    };
    let spans = contract.operations.iter().map(|operation| (operation.id.clone(), operation.span)).collect();
    Prepared { generated, views: Some(views), root: document.root, spans }
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
