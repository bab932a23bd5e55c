//! All views of a contract: names first, in the order of right, then every file.

use crate::options::{Options, Part};
use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::SchemeKind;
use writ_contract::model::{Contract, Envelope, Server};

use super::calls::client_view;
use super::code::{Code, literal};
use super::depth::recursion_limit;
use super::errors::markers;
use super::facts::scheme_static;
use super::fallbacks::explain_fallbacks;
use super::ident::static_name;
use super::names::{Names, distinct};
use super::operation_names::{operation_names, tag_names};
use super::operation_views::{others_view, tag_view};
use super::patterns::Patterns;
use super::sent::{sent_names, sent_views};
use super::serde_types::serde_view;
use super::type_views::{TypeFile, type_files};
use super::types::TypePlan;
use super::usage::{Direction, usage};
use super::view::{
    ClientView, DocumentView, ErrorsView, GuardView, OtherWaysView, OthersView, PatternView, RootView, SchemeView,
    SentView, TagSummary, TagView, WebhookView,
};
use super::{declare, envelope, explicit, patterns, servers, types};

/// Everything that the templates of one contract receive.
pub struct CrateViews {
    /// The root module.
    pub root: RootView,
    /// The refusals.
    pub errors: ErrorsView,
    /// The tags.
    pub tags: Vec<TagView>,
    /// The data of the operations of other tags, where those are answered 501.
    pub others: Option<OthersView>,
    /// The files of types.
    pub types: Vec<TypeFile>,
    /// The patterns.
    pub patterns: Vec<PatternView>,
    /// The schemas for the interpreter.
    pub guards: Vec<GuardView>,
    /// The features of the runtime that the code needs.
    pub features: Vec<&'static str>,
    /// The security schemes.
    pub schemes: Vec<SchemeView>,
    /// Where the contract says that it is served.
    pub servers: Vec<Code>,
    /// What these name beside `Server`.
    pub server_names: Vec<Code>,
    /// The webhooks.
    pub webhooks: Vec<WebhookView>,
    /// `use` lines of the webhooks.
    pub webhook_imports: Vec<Code>,
    /// What the types need beside, where they are to go both ways.
    pub other_ways: Option<OtherWaysView>,
    /// The client, where it is asked for.
    pub client: Option<ClientView>,
    /// What the service sends to others, where there is a client.
    pub sent: Vec<SentView>,
    /// The contract itself, where it is to be served.
    pub document: Option<DocumentView>,
}

/// Decides on everything.
pub fn views(
    contract: &Contract,
    document: Option<DocumentView>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> CrateViews {
    explicit::check(contract, &options.contract.sources, diagnostics);
    let mut names = Names::for_types();
    if options.unwritten {
        names.reserve("Unwritten");
    }
    names.reserve_for(contract);
    let usage = usage(contract);
    let both_ways = options.both_ways();
    let patterns = patterns::collect(contract, &usage, !both_ways.is_empty(), diagnostics);
    // Components first, then the traits, then what operations bring: the order of right.
    names.now_for("a schema of the contract");
    let plan = declare::plan(contract, usage, &mut names, diagnostics);
    names.now_for("the trait of a tag");
    let tags = tag_names(contract, options, &mut names, diagnostics);
    names.now_for("a type of another operation");
    let operations = operation_names(&plan, &mut names, diagnostics);
    let turned = plan.turned();
    let sent = sent_names(&turned, &mut names, diagnostics);
    let markers = markers(contract, &mut names, diagnostics);
    let modules: Vec<String> = tags.iter().map(|tag| tag.module.clone()).collect();
    let types = type_files(&plan, &modules, &patterns, !both_ways.is_empty(), diagnostics);
    let others = (options.unwritten && !contract.unselected.is_empty()).then(|| others_view(contract, diagnostics));
    let mut views: Vec<TagView> = (0..contract.tags.len())
        .map(|tag| tag_view(&plan, tag, &tags, &operations, &patterns, &markers, diagnostics))
        .collect();
    views.iter_mut().for_each(|view| view.unwritten = options.unwritten);
    let mut webhook_uses = super::uses::Uses::default();
    let (webhook_names, _) =
        distinct(contract.webhooks.iter().map(|webhook| static_name(webhook.id.as_deref().unwrap_or(&webhook.name))));
    let webhooks: Vec<WebhookView> = contract
        .webhooks
        .iter()
        .zip(webhook_names)
        .map(|(webhook, name)| {
            let payload = webhook.payload.map_or(types::Ty::Unit, |schema| plan.element(schema, Direction::Response));
            webhook_uses.ty(&payload);
            WebhookView {
                name: Code::of(name),
                id: webhook.name.clone(),
                docs: webhook.description.clone().unwrap_or_default(),
                method: Code::from(webhook.method),
                payload: Code::of(payload),
            }
        })
        .collect();
    let mut sent = sent_views(&turned, sent, &views, &patterns, &markers, diagnostics);
    explain_fallbacks(&names, &mut views, &mut sent);
    let client = options.client().then(|| client_view(&plan, &views, &operations, &patterns, &markers));
    let lines = envelope::statements(contract);
    let mut features = Vec::new();
    if !patterns.guard_views(false).is_empty() || !patterns.guard_views(true).is_empty() {
        features.push("jsonschema");
    }
    if views
        .iter()
        .flat_map(|tag| &tag.operations)
        .chain(sent.iter().flat_map(|group| &group.types))
        .any(|operation| operation.request.as_ref().is_some_and(|request| request.streamed))
    {
        features.push("multipart");
    }
    CrateViews {
        root: RootView {
            title: contract.title.clone(),
            version: contract.version.clone(),
            docs: contract.description.clone().unwrap_or_default(),
            base_path: contract.servers.first().map(Server::base_path).unwrap_or_default(),
            tags: views.iter().map(summary).collect(),
            webhooks: !webhooks.is_empty(),
            callbacks: sent.iter().any(|group| group.module == "callbacks"),
            document: document.is_some(),
            unwritten: options.unwritten,
            alone: document.as_ref().is_none_or(|document| document.alone),
            recursion_limit: recursion_limit(&contract.schemas),
            openapi: options.openapi,
            client: options.client(),
            runtime: concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR")),
        },
        errors: ErrorsView {
            statuses: markers.statuses(),
            ranges: markers.ranges(),
            request_id: Code::from(if lines.iter().any(|line| line.0.contains("request_id")) {
                "request_id"
            } else {
                "_request_id"
            }),
            envelope: lines,
            media_type: match &contract.envelope {
                Envelope::Own { media_type, .. } => media_type.clone(),
                Envelope::Problem => String::new(),
            },
            problem: contract.envelope == Envelope::Problem,
        },
        others,
        tags: views,
        client,
        sent,
        other_ways: other_ways(&plan, &both_ways, &types, &patterns),
        types,
        patterns: patterns.views(false),
        guards: patterns.guard_views(false),
        features,
        schemes: schemes(contract),
        servers: servers::servers(&contract.servers),
        server_names: servers::names(&contract.servers),
        webhooks,
        webhook_imports: webhook_uses.lines("super", ""),
        document,
    }
}

/// What the types need to go both ways, for the features of these parts.
fn other_ways(plan: &TypePlan<'_>, parts: &[Part], types: &[TypeFile], patterns: &Patterns) -> Option<OtherWaysView> {
    let features: Vec<String> = parts.iter().map(|part| format!("feature = {:?}", part.name())).collect();
    let features = match features.as_slice() {
        [] => return None,
        [one] => one.clone(),
        several => format!("any({})", several.join(", ")),
    };
    let serde = parts.contains(&Part::Serde).then(|| serde_view(plan, types, patterns)).flatten();
    Some(OtherWaysView {
        features: Code::of(features),
        patterns: patterns.views(true),
        guards: patterns.guard_views(true),
        serde,
    })
}

fn summary(tag: &TagView) -> TagSummary {
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
    let names: Vec<&str> = exports.iter().map(|name| name.0.as_str()).collect();
    let exports = Code::of(super::uses::wrap(&format!("pub use self::{}::{{", tag.module), &names, "};"));
    TagSummary {
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

/// The method of `Unwritten` that takes a service: the field's name, unless the type has that method.
fn with(field: &Code) -> Code {
    match field.0.as_str() {
        taken @ ("new" | "new_with" | "router" | "endpoints") => Code::of(format!("{taken}_service")),
        _ => field.clone(),
    }
}

fn schemes(contract: &Contract) -> Vec<SchemeView> {
    let view = |scheme: &writ_contract::model::operation::Scheme| SchemeView {
        name: Code::of(scheme_static(&scheme.name)),
        id: scheme.name.clone(),
        kind: Code::of(match &scheme.kind {
            SchemeKind::Bearer => "SchemeKind::Bearer".to_owned(),
            SchemeKind::Basic => "SchemeKind::Basic".to_owned(),
            SchemeKind::Authorization(name) => format!("SchemeKind::Authorization({})", literal(name)),
            SchemeKind::Header(name) => format!("SchemeKind::Header({})", literal(name)),
            SchemeKind::Query(name) => format!("SchemeKind::Query({})", literal(name)),
            SchemeKind::Cookie(name) => format!("SchemeKind::Cookie({})", literal(name)),
            SchemeKind::MutualTls => "SchemeKind::MutualTls".to_owned(),
        }),
        docs: scheme.description.clone().unwrap_or_else(|| format!("`{}`", scheme.name)),
    };
    contract.schemes.iter().map(view).collect()
}
