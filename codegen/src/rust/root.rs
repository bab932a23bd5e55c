//! All views of a contract: names first, in the order of right, then every file.

use crate::options::{Options, Part};
use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::operation::SchemeKind;
use writ_contract::model::{Contract, Direction, Envelope, Server};

use crate::rust::client::client_calls::client_view;
use crate::rust::client::outgoing::{outgoing_names, outgoing_views};
use crate::rust::code::{Code, literal};
use crate::rust::expr::patterns::{Patterns, collect_patterns};
use crate::rust::fallbacks::explain_fallbacks;
use crate::rust::mention::runtime;
use crate::rust::names::ident::static_name;
use crate::rust::names::namespace::{Names, distinct};
use crate::rust::operations::errors::markers;
use crate::rust::operations::operation_names::{operation_names, tag_names};
use crate::rust::operations::operation_table::scheme_static;
use crate::rust::operations::operation_views::{tag_view, unselected_view};
use crate::rust::plan::recursion_limit::recursion_limit;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::type_plan::type_plan;
use crate::rust::plan::types::TypePlan;
use crate::rust::plan::usage::usage;
use crate::rust::types::serde_types::serde_view;
use crate::rust::types::type_files::{TypeFile, type_files};
use crate::rust::view::{
    ClientView, DocumentView, ErrorsView, ExtraCodecView, OutgoingKind, OutgoingView, PatternView, RootView,
    SchemeView, ServerView, TagSummary, TagView, UnselectedView, ValidatorView, WebhookView,
};

use crate::rust::expr::envelope::envelope_writer;
use crate::rust::names::requested_names;
use crate::rust::servers::server_views;

/// Everything that the templates of one contract receive.
pub struct CrateViews {
    /// The root module.
    pub root: RootView,
    /// The refusals.
    pub errors: ErrorsView,
    /// The tags.
    pub tags: Vec<TagView>,
    /// The operations of tags that were not selected, where those are answered 501.
    pub unselected: Option<UnselectedView>,
    /// The files of types.
    pub types: Vec<TypeFile>,
    /// The patterns.
    pub patterns: Vec<PatternView>,
    /// The schemas for the interpreter.
    pub validators: Vec<ValidatorView>,
    /// The features of the runtime that the code needs.
    pub features: Vec<&'static str>,
    /// The security schemes.
    pub schemes: Vec<SchemeView>,
    /// Where the contract says that it is served.
    pub servers: Vec<ServerView>,
    /// The webhooks.
    pub webhooks: Vec<WebhookView>,
    /// The codecs that a client or `serde` needs beside those of the server, where one is generated.
    pub extra_codec: Option<ExtraCodecView>,
    /// The client, where it is asked for.
    pub client: Option<ClientView>,
    /// The operations that the service calls, where there is a client.
    pub outgoing: Vec<OutgoingView>,
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
    requested_names::check(contract, &options.contract.sources, diagnostics);
    let mut names = Names::for_types();
    if options.unwritten {
        names.reserve("Unwritten");
    }
    names.reserve_for(contract);
    let usage = usage(contract);
    let both_ways = options.both_ways();
    let patterns = collect_patterns(contract, &usage, !both_ways.is_empty(), diagnostics);
    // Components first, then the traits, then what operations bring: the order of right.
    names.now_for("a schema of the contract");
    let plan = type_plan(contract, usage, &mut names, diagnostics);
    names.now_for("the trait of a tag");
    let tags = tag_names(contract, options, &mut names, diagnostics);
    names.now_for("a type of another operation");
    let operations = operation_names(&plan, &mut names, diagnostics);
    let outgoing = outgoing_names(&plan, &mut names, diagnostics);
    let markers = markers(contract, &mut names, diagnostics);
    let modules: Vec<String> = tags.iter().map(|tag| tag.module.clone()).collect();
    let types = type_files(&plan, &modules, &patterns, !both_ways.is_empty(), diagnostics);
    let unselected =
        (options.unwritten && !contract.unselected.is_empty()).then(|| unselected_view(contract, diagnostics));
    let mut views: Vec<TagView> = (0..contract.tags.len())
        .map(|tag| tag_view(&plan, tag, &tags, &operations, &patterns, &markers, diagnostics))
        .collect();
    views.iter_mut().for_each(|view| view.unwritten = options.unwritten);
    let (webhook_names, _) =
        distinct(contract.webhooks().map(|(key, webhook)| static_name(webhook.operation_id.as_deref().unwrap_or(key))));
    let webhooks: Vec<WebhookView> = contract
        .webhooks()
        .zip(webhook_names)
        .map(|((key, webhook), name)| {
            let payload = webhook.payload.map_or(Ty::Unit, |schema| plan.element(schema, Direction::Outbound));
            WebhookView {
                name: Code::of(name),
                id: key.to_owned(),
                docs: webhook.description.clone().unwrap_or_default(),
                method: Code::from(webhook.method),
                payload: Code::of(payload),
            }
        })
        .collect();
    let mut outgoing = outgoing_views(&plan, outgoing, &views, &patterns, &markers, diagnostics);
    explain_fallbacks(&names, &mut views, &mut outgoing);
    let client = options.client().then(|| client_view(&plan, &views, &operations, &patterns, &markers));
    let writer = envelope_writer(contract);
    let mut features = Vec::new();
    if !patterns.validator_views(false).is_empty() || !patterns.validator_views(true).is_empty() {
        features.push("jsonschema");
    }
    if views
        .iter()
        .flat_map(|tag| &tag.operations)
        .chain(outgoing.iter().flat_map(|group| &group.types))
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
            callbacks: outgoing.iter().any(|group| group.kind == OutgoingKind::Callbacks),
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
            uses_request_id: writer.uses_request_id,
            envelope: writer.statements,
            media_type: match &contract.envelope {
                Envelope::Own { media_type, .. } => media_type.clone(),
                Envelope::Problem => String::new(),
            },
            problem: contract.envelope == Envelope::Problem,
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
        schemes: schemes(contract),
        servers: server_views(&contract.servers),
        webhooks,
        document,
    }
}

/// Returns the codecs that these parts need beside those of the server.
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
        kind: Code::of(scheme_kind(&scheme.kind)),
        docs: scheme.description.clone().unwrap_or_else(|| format!("`{}`", scheme.name)),
    };
    contract.schemes.iter().map(view).collect()
}

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
