//! The views of a complete contract, the data of all templates. All names are taken first, in the order of
//! precedence; then each view is made.

use crate::options::{Options, Part};
use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::SchemeKind;
use writ_contract::model::{Contract, Direction, Server};

use crate::rust::client::client_calls::client_view;
use crate::rust::client::outgoing::{outgoing_names, outgoing_views};
use crate::rust::code::{Code, literal};
use crate::rust::events::events_view;
use crate::rust::expr::constrained::constrained;
use crate::rust::expr::patterns::{Patterns, collect_patterns};
use crate::rust::fallbacks::explain_fallbacks;
use crate::rust::mention::runtime;
use crate::rust::names::distinct::distinct;
use crate::rust::names::ident::static_name;
use crate::rust::names::namespace::Names;
use crate::rust::names::spelling::spelling;
use crate::rust::operations::authenticator::authenticator_view;
use crate::rust::operations::errors::{conversions, markers};
use crate::rust::operations::operation_names::{operation_names, tag_names};
use crate::rust::operations::operation_table::method;
use crate::rust::operations::operation_views::{tag_view, unselected_view};
use crate::rust::operations::scheme_names::SchemeNames;
use crate::rust::plan::recursion_limit::recursion_limit;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::type_plan::type_plan;
use crate::rust::plan::types::TypePlan;
use crate::rust::plan::usage::usage;
use crate::rust::types::serde_types::serde_view;
use crate::rust::types::type_files::{ExtraCodecs, TypeFile, type_files};
use crate::rust::view::{
    Access, ClientView, DocumentView, ErrorsView, EventsView, ExampleView, ExtraCodecView, FeatureView, OutgoingKind,
    OutgoingView, PatternView, RootView, SchemeView, ServerView, ServicesView, TagSummary, TagView, UnselectedView,
    ValidatorView, WebhookView,
};

use crate::rust::names::requested_names;
use crate::rust::servers::server_views;
use crate::rust::services::{service_views, services_module};

/// The views of a contract: the data of all generated files.
pub struct CrateViews {
    /// The view of the contract's root module.
    pub root: RootView,
    /// The view of the error statuses and the error envelope.
    pub errors: ErrorsView,
    /// The views of the tags, each with its trait and operations.
    pub tags: Vec<TagView>,
    /// The view of the operations whose tags are not selected, or `None` if there are none or they do not
    /// respond with status 501.
    pub unselected: Option<UnselectedView>,
    /// The views of the files of declared types, each with the code that reads and writes the types.
    pub types: Vec<TypeFile>,
    /// The patterns (regular expressions) that the server checks strings with.
    pub patterns: Vec<PatternView>,
    /// The schemas that the runtime's JSON Schema interpreter checks for the server, since generated code cannot.
    pub validators: Vec<ValidatorView>,
    /// The cargo features of the crate `writ-runtime` that the generated code requires.
    pub features: Vec<&'static str>,
    /// The views of the contract's security schemes.
    pub schemes: Vec<SchemeView>,
    /// The views of the servers that the contract declares.
    pub servers: Vec<ServerView>,
    /// The views of the contract's webhooks.
    pub webhooks: Vec<WebhookView>,
    /// The view of the contract's domain events, or `None` if it declares none.
    pub events: Option<EventsView>,
    /// The view of the codecs (code that reads and writes types) that only a client or `serde` needs. `None` if
    /// neither is generated.
    pub extra_codec: Option<ExtraCodecView>,
    /// The view of the typed client, or `None` if the option `client` is off.
    pub client: Option<ClientView>,
    /// The views of the webhooks and callbacks that the client sends; empty without a client.
    pub outgoing: Vec<OutgoingView>,
    /// The view of the contract as one document, or `None` if the generated code does not contain it.
    pub document: Option<DocumentView>,
}

/// Decides every name, type and expression of the code that is generated for a contract, and returns its views.
pub fn views(
    contract: &Contract,
    document: Option<DocumentView>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> CrateViews {
    requested_names::check(contract, &options.contract.sources, diagnostics);
    let mut names = Names::for_types();
    if options.unwritten {
        names.reserve("Unwritten");
    }
    names.reserve_for(contract);
    let usage = usage(contract);
    let both_ways = options.both_ways();
    let patterns = collect_patterns(contract, &usage, !both_ways.is_empty(), diagnostics);
    // The order of precedence: components, then traits, then the types of operations.
    names.now_for("a schema of the contract");
    let mut plan = type_plan(contract, usage, &mut names, diagnostics);
    plan.constrained = constrained(&plan, &patterns);
    names.now_for("the trait of a tag");
    let tags = tag_names(contract, options, &mut names, diagnostics);
    names.now_for("a type of another operation");
    let operations = operation_names(&plan, &mut names, diagnostics);
    let outgoing = outgoing_names(&plan, &mut names, diagnostics);
    let markers = markers(contract, &mut names, diagnostics);
    let conversions = conversions(&plan, &markers, &mut names, diagnostics);
    let unwritten = contract.unselected.iter().filter(|_| options.unwritten);
    let authenticator =
        authenticator_view(contract, contract.operations.iter().chain(unwritten), &mut names, diagnostics);
    let modules: Vec<String> = tags.iter().map(|tag| tag.module.clone()).collect();
    let extra = (!both_ways.is_empty()).then_some(ExtraCodecs { checks: options.client() });
    let types = type_files(&plan, &modules, &patterns, extra, diagnostics);
    let unselected = (options.unwritten && !contract.unselected.is_empty())
        .then(|| unselected_view(contract, &markers, diagnostics));
    let mut views: Vec<TagView> = (0..contract.tags.len())
        .map(|tag| tag_view(&plan, tag, &tags, &operations, &patterns, &markers, diagnostics))
        .collect();
    views.iter_mut().for_each(|view| view.unwritten = options.unwritten);
    let (webhook_names, _) = distinct(contract.webhooks().map(|(key, webhook)| {
        let id = webhook.operation_id.as_deref().unwrap_or(key);
        let name = static_name(id);
        let spelled = spelling(id).map(|word| format!("{name}_{}", static_name(word)));
        let of_method = format!("{name}_{}", webhook.method);
        [name, of_method].into_iter().chain(spelled).collect::<Vec<_>>()
    }));
    let webhooks: Vec<WebhookView> = contract
        .webhooks()
        .zip(webhook_names)
        .map(|((key, webhook), name)| {
            let payload = webhook.payload.map_or(Ty::Unit, |schema| plan.element(schema, Direction::Outbound));
            WebhookView {
                name: Code::of(name),
                id: key.to_owned(),
                docs: webhook.description.clone().unwrap_or_else(|| format!("The webhook `{key}`.")),
                method: Code::of(method(&webhook.method)),
                payload: Code::of(payload),
            }
        })
        .collect();
    let events = events_view(&plan, &patterns, &modules, diagnostics);
    let mut outgoing = outgoing_views(&plan, outgoing, &views, &patterns, &markers, diagnostics);
    explain_fallbacks(&names, &mut views, &mut outgoing);
    let client = options.client().then(|| client_view(&plan, &views, &operations, &patterns, &markers));
    let mut features = Vec::new();
    if !patterns.validator_views(false).is_empty() || !patterns.validator_views(true).is_empty() {
        features.push("jsonschema");
    }
    if views
        .iter()
        .flat_map(|tag| &tag.operations)
        .chain(outgoing.iter().flat_map(|group| &group.types))
        .any(|operation| operation.request.as_ref().is_some_and(|request| request.multipart))
    {
        features.push("multipart");
    }
    let summaries: Vec<TagSummary> = views.iter().enumerate().map(summary).collect();
    let services = service_views(contract, &summaries, diagnostics);
    let services = (!services.is_empty()).then(|| ServicesView {
        module: services_module(&modules),
        authenticator: authenticator.as_ref().map(|authenticator| authenticator.name.clone()),
        conversions: conversions.as_ref().map(|conversions| conversions.name.clone()),
        unwritten: options.unwritten,
        services,
    });
    CrateViews {
        root: RootView {
            title: match contract.title.trim() {
                "" => "A contract without a title.".to_owned(),
                _ => contract.title.clone(),
            },
            version: contract.version.clone(),
            docs: contract.description.clone().unwrap_or_default(),
            base_path: contract.servers.first().map(Server::base_path).unwrap_or_default(),
            tags: summaries,
            example: views.first().and_then(example),
            authenticator,
            features: options
                .parts()
                .iter()
                .map(|part| FeatureView { name: part.name(), docs: part.purpose() })
                .collect(),
            webhooks: !webhooks.is_empty(),
            events: events.as_ref().map(|events| events.module.clone()),
            services,
            callbacks: outgoing.iter().any(|group| group.kind == OutgoingKind::Callbacks),
            document: document.is_some(),
            unwritten: options.unwritten,
            alone: document.as_ref().is_none_or(|document| document.alone),
            recursion_limit: recursion_limit(&contract.schemas),
            openapi: options.openapi,
            client: options.client(),
            conversions: conversions.as_ref().map(|conversions| conversions.name.clone()),
            runtime: concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR")),
            versions: None,
        },
        errors: ErrorsView {
            statuses: markers.statuses(),
            ranges: markers.ranges(),
            bodies: markers.bodies.expressions(contract),
            envelope: markers.bodies.envelope(contract),
            conversions,
        },
        unselected,
        tags: views,
        client,
        outgoing,
        extra_codec: extra_codec(&plan, &both_ways, &types, &patterns),
        types,
        patterns: patterns.views(false),
        validators: patterns.validator_views(false),
        features,
        schemes: schemes(contract, &markers.schemes),
        servers: server_views(&contract.servers),
        webhooks,
        events,
        document,
    }
}

/// Returns the view of the codecs that the given optional parts need in addition to the codecs of the server,
/// or `None` without such a part.
fn extra_codec(plan: &TypePlan<'_>, parts: &[Part], types: &[TypeFile], patterns: &Patterns) -> Option<ExtraCodecView> {
    let features: Vec<String> = parts.iter().map(|part| format!("feature = {:?}", part.name())).collect();
    let features = match features.as_slice() {
        [] => return None,
        [one] => one.clone(),
        several => format!("any({})", several.join(", ")),
    };
    let serde = parts.contains(&Part::Serde).then(|| serde_view(plan, types, patterns)).flatten();
    Some(ExtraCodecView {
        features: Code::of(features),
        patterns: patterns.views(true),
        validators: patterns.validator_views(true),
        serde,
    })
}

/// Returns the view of a tag's first operation for the example in the documentation, or `None` if the tag has
/// no operation.
fn example(tag: &TagView) -> Option<ExampleView> {
    let operation = tag.operations.first()?;
    let response = &operation.response.name;
    Some(ExampleView {
        name: tag.name.clone(),
        field: tag.field.clone(),
        secured: tag.secured,
        public: operation.access == Access::Public,
        others: tag.operations.len() > 1,
        method: operation.method.clone(),
        context: operation.context.clone(),
        request: operation.request.as_ref().map(|request| request.name.clone()),
        borrows: operation.request.as_ref().is_some_and(|request| !request.streamed),
        response: match operation.idempotent {
            true => Code::of(format!("writ_runtime::Idempotent<{response}>")),
            false => response.clone(),
        },
        error: operation.error.name.clone(),
    })
}

/// Returns the view of the tag at an index for the root module: its names, without its operations.
fn summary((index, tag): (usize, &TagView)) -> TagSummary {
    let mut exports = vec![tag.name.clone()];
    for operation in &tag.operations {
        if let Some(request) = &operation.request {
            exports.push(request.name.clone());
            exports.extend(request.forms.iter().map(|forms| forms.name.clone()));
        }
        exports.extend(operation.sorts.iter().map(|sort| sort.name.clone()));
        exports.push(operation.response.name.clone());
        exports.extend(operation.parts.iter().flat_map(|parts| parts.form.iter().chain([&parts.part]).cloned()));
        exports.extend(operation.contents.iter().flat_map(|content| [content.name.clone(), content.media.clone()]));
        exports.push(operation.error.name.clone());
    }
    exports.sort();
    TagSummary {
        index,
        service: tag.service.clone(),
        name: tag.name.clone(),
        module: tag.module.clone(),
        field: tag.field.clone(),
        parameter: tag.parameter.clone(),
        with: with(&tag.field),
        docs: tag.docs.lines().next().unwrap_or_default().to_owned(),
        secured: tag.secured,
        exports,
        data: tag.operations.iter().map(|operation| operation.data.clone()).collect(),
    }
}

/// Returns the method of the generated builder `Unwritten` that takes the service of a tag. It is named like
/// the tag's field in `Api`, with the suffix `_service` if `Unwritten` has another method of this name.
fn with(field: &Code) -> Code {
    match field.0.as_str() {
        taken @ ("new" | "new_with" | "router" | "endpoints") => Code::of(format!("{taken}_service")),
        _ => field.clone(),
    }
}

/// Returns the views of the contract's security schemes.
fn schemes(contract: &Contract, names: &SchemeNames) -> Vec<SchemeView> {
    let view = |scheme: &writ_contract::model::operation::Scheme| SchemeView {
        name: Code::of(names.get(&scheme.name)),
        id: scheme.name.clone(),
        kind: Code::of(scheme_kind(&scheme.kind)),
        docs: scheme.description.clone().unwrap_or_else(|| format!("The security scheme `{}`.", scheme.name)),
    };
    contract.schemes.iter().map(view).collect()
}

/// Returns the kind of a security scheme as an expression of the runtime's `SchemeKind`.
fn scheme_kind(kind: &SchemeKind) -> String {
    let name = runtime("SchemeKind");
    match kind {
        SchemeKind::Bearer => format!("{name}::Bearer"),
        SchemeKind::Basic => format!("{name}::Basic"),
        SchemeKind::Authorization(scheme) => format!("{name}::Authorization({})", literal(scheme)),
        SchemeKind::Header(header) => format!("{name}::Header({})", literal(header)),
        SchemeKind::Query(parameter) => format!("{name}::Query({})", literal(parameter)),
        SchemeKind::Cookie(cookie) => format!("{name}::Cookie({})", literal(cookie)),
        SchemeKind::MutualTls => format!("{name}::MutualTls"),
    }
}
