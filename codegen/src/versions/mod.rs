//! Versions of one API, generated as modules of one crate.
//!
//! Each version is rendered as if it were alone. Then the types that a version shares with the next one are removed from
//! it, and it gets conversions for the others: [`shared`] compares the types, [`prune`](prune::prune) removes the shared
//! ones, [`conversions`], [`operations`] and [`responses`] write the conversions, and [`routes`] binds the operations of
//! older versions to the handlers of newer ones. Only the latest version has handler traits.

pub mod conversions;
pub mod declared;
pub mod items;
pub mod operations;
pub mod prune;
pub mod responses;
pub mod routes;
pub mod shape;
pub mod shared;
mod step;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Error;

use crate::render::{Rendered, Renderer, render, services_file};
use crate::rust::code::{Code, literal};
use crate::rust::services::{has_tag, operations_of};
use crate::rust::view::{OlderVersionView, ServedVersionsView, TagView, VersionBinderView};

use conversions::Conversions;
use items::files;
use operations::{by_id, link, version_parameter};
use routes::{Links, binder_name, binders, handler, removed, removed_is_secured};
use shared::{ApiVersion, Shared, compare};
use view::{ConversionsTraitView, FunctionsView, OlderView};

/// A difference between two versions that no conversion can bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The index of the older version.
    pub version: usize,
    /// The id of the operation in the older version.
    pub operation: String,
    /// The description of the difference.
    pub message: String,
    /// A suggestion for the author of the contract.
    pub help: String,
}

/// The versions of an API, each with the conversions to the next one.
pub struct Linked {
    /// The rendered files of each version, the oldest first.
    pub rendered: Vec<Rendered>,
    /// The differences between versions that no conversion can bridge.
    pub mismatches: Vec<Mismatch>,
    /// The ids of the operations of each version that the implementer writes handlers for.
    pub handled: Vec<BTreeSet<String>>,
}

/// Names the version of its operations in the operation table.
pub fn mark_version(views: &mut crate::rust::CrateViews, name: &str) {
    let operations = views.tags.iter_mut().flat_map(|tag| &mut tag.operations).map(|operation| &mut operation.entry);
    let unselected =
        views.unselected.iter_mut().flat_map(|all| &mut all.operations).map(|operation| &mut operation.entry);
    for entry in operations.chain(unselected) {
        entry.more.push(Code::of(format!("version: {}", literal(name))));
    }
}

/// Links the versions of an API, the oldest first.
///
/// # Errors
///
/// Returns an error if a template does not match its view, which is a defect of this crate.
pub fn link_versions(mut versions: Vec<ApiVersion>, renderer: &Renderer) -> Result<Linked, Error> {
    let last = versions.len() - 1;
    let shared: Vec<Shared> = versions.windows(2).map(|pair| compare(&pair[0], &pair[1])).collect();
    let mut links = Vec::new();
    let mut added: Vec<BTreeMap<String, String>> = Vec::new();
    for (index, shared) in shared.iter().enumerate() {
        let (older, newer) = (&versions[index], &versions[index + 1]);
        let mut conversions = Conversions::new(older, newer, shared);
        let (olds, news) = (by_id(older), by_id(newer));
        let mut operations = BTreeMap::new();
        for operation in older.views.tags.iter().flat_map(|tag| &tag.operations) {
            if let (Some(old), Some(new)) = (olds.get(operation.id.as_str()), news.get(operation.id.as_str())) {
                operations.insert(operation.id.clone(), link(&mut conversions, old, new));
            }
        }
        let trait_name = conversions.trait_name;
        let view = ConversionsTraitView {
            name: trait_name.into(),
            version: older.name.clone(),
            newer: newer.name.clone(),
            methods: conversions.methods,
        };
        let functions = FunctionsView { newer: newer.name.clone(), functions: conversions.functions };
        added.push(BTreeMap::from([
            ("conversions.rs".to_owned(), renderer.render("conversions.rs", &view)?),
            ("wire/convert.rs".to_owned(), renderer.render("convert.rs", &functions)?),
        ]));
        links.push(Links { operations, trait_name });
    }
    let mismatches = (0..last).flat_map(|index| mismatches(&versions, &links, index)).collect();
    for (index, files) in added.iter_mut().enumerate() {
        let view = binders(&versions, &links, index);
        files.insert("wire/routes/versions.rs".to_owned(), renderer.render("versions.rs", &view)?);
    }
    let mut rendered = Vec::new();
    for (index, added) in added.into_iter().enumerate() {
        rendered.push(older_files(&versions, &links, &shared[index], index, renderer, added)?);
    }
    let handled = (0..=last).map(|index| handled(&versions, &links, index)).collect();
    let view = versions_view(&versions, &links, &shared, None);
    let services = versions[last].views.root.services.iter().flat_map(|services| &services.services);
    let of_services: Vec<_> =
        services.map(|service| versions_view(&versions, &links, &shared, Some(&service.id))).collect();
    let schemes = (0..last).flat_map(|index| versions[index].views.root.authenticator.clone()).collect::<Vec<_>>();
    let latest = &mut versions[last].views;
    for older in schemes {
        match &mut latest.root.authenticator {
            Some(authenticator) => authenticator.include(older),
            none => *none = Some(older),
        }
    }
    latest.root.versions = Some(view);
    let services = latest.root.services.iter_mut().flat_map(|services| &mut services.services);
    for (service, view) in services.zip(of_services) {
        service.versions = Some(view);
    }
    rendered.push(render(renderer, latest)?);
    Ok(Linked { rendered, mismatches, handled })
}

/// Returns the ids of the operations of a version that the implementer writes handlers for.
fn handled(versions: &[ApiVersion], links: &[Links], index: usize) -> BTreeSet<String> {
    let is_latest = index + 1 == versions.len();
    let tags = versions[index].views.tags.iter();
    tags.flat_map(|tag| {
        let all = tag.operations.iter().filter(move |_| is_latest);
        all.chain(removed(versions, links, index, tag)).map(|operation| operation.id.clone())
    })
    .collect()
}

/// Returns the files of the older version at `index`. `added` are those that only versions have.
fn older_files(
    versions: &[ApiVersion],
    links: &[Links],
    shared: &Shared,
    index: usize,
    renderer: &Renderer,
    added: BTreeMap<String, String>,
) -> Result<Rendered, Error> {
    let (older, newer) = (&versions[index], &versions[index + 1]);
    let mut traits = BTreeMap::new();
    for tag in &older.views.tags {
        let operations: Vec<_> = removed(versions, links, index, tag).cloned().collect();
        if !operations.is_empty() {
            let secured = removed_is_secured(versions, links, index, tag);
            let text = renderer.render("tag.rs", &TagView { operations, secured, ..tag.clone() })?;
            let file = Rendered::from([("tag.rs".to_owned(), text)]);
            let declaration = files(&file).remove(0).items.remove(0).text.to_owned();
            traits.insert(format!("{}.rs", tag.module.0.trim_start_matches("r#")), declaration);
        }
    }
    let names = older.traits();
    let mut own = older.rendered.clone();
    if let Some(events) = &older.views.events {
        // Events have no version of the API: the latest version publishes them.
        prune::remove_module(&mut own, &format!("{}.rs", events.module.0.trim_start_matches("r#")));
    }
    if let Some(services) = &older.views.root.services {
        // The services of the latest version serve all versions.
        prune::remove_module(&mut own, &services_file(services));
    }
    let mut rendered = prune::prune(&own, shared, &newer.name, &traits, |file, item| {
        let is_trait = !file.path.contains('/') && item.declared.is_some_and(|name| names.contains(name));
        !is_trait && !item.code.starts_with("pub fn bind<")
    });
    prune::remove_module(&mut rendered, "wire/authenticator.rs");
    for (list, module) in [("wire/mod.rs", "pub mod convert;\n"), ("wire/routes/mod.rs", "pub mod versions;\n")] {
        if let Some(text) = rendered.get_mut(list) {
            text.push_str(module);
        }
    }
    rendered.extend(added);
    let root = &older.views.root;
    let mut tags = root.tags.clone();
    let mut removed_traits = Vec::new();
    for (tag, summary) in older.views.tags.iter().zip(&mut tags) {
        match removed(versions, links, index, tag).next() {
            Some(_) => removed_traits.push(tag.name.clone()),
            None => summary.exports.retain(|name| *name != tag.name),
        }
    }
    // A module whose operations are all gone exports nothing.
    tags.retain(|tag| rendered.contains_key(&format!("{}.rs", tag.module.0.trim_start_matches("r#"))));
    let view = OlderView {
        title: root.title.clone(),
        docs: root.docs.clone(),
        version: root.version.clone(),
        base_path: root.base_path.clone(),
        name: Code::of(&older.name),
        newer: Code::of(&newer.name),
        latest: Code::of(&versions[versions.len() - 1].name),
        conversions: links[index].trait_name.into(),
        tags,
        removed: removed_traits,
        document: root.document,
        openapi: root.openapi,
        client: root.client,
        webhooks: root.webhooks,
        callbacks: root.callbacks,
        runtime: root.runtime,
    };
    rendered.insert("mod.rs".to_owned(), renderer.render("older.rs", &view)?);
    Ok(rendered)
}

/// Returns the view of the method with which the latest version serves all versions, or with which one of its services serves
/// its operations.
fn versions_view(
    versions: &[ApiVersion],
    links: &[Links],
    shared: &[Shared],
    service: Option<&str>,
) -> ServedVersionsView {
    let is_served = |tag: &TagView| service.is_none_or(|service| has_tag(service, tag.service.as_deref()));
    let last = versions.len() - 1;
    // The version whose trait converts the problems of each version.
    let mut owners: Vec<usize> = vec![last; versions.len()];
    for index in (0..last).rev() {
        owners[index] = if shared[index].errors { owners[index + 1] } else { index };
    }
    let older = (0..last).map(|index| {
        let version = &versions[index];
        let name = &version.name;
        let mut bounds = vec![Code::of(format!("crate::{name}::{}", links[index].trait_name))];
        for tag in version.views.tags.iter().filter(|tag| is_served(tag)) {
            if removed(versions, links, index, tag).next().is_some() {
                let principal = match removed_is_secured(versions, links, index, tag) {
                    true => "<Principal = A::Principal>",
                    false => "",
                };
                bounds.push(Code::of(format!("crate::{name}::{}::{}{principal}", tag.module, tag.name)));
            }
        }
        let envelope = match &version.views.root.conversions {
            None => format!("&crate::{name}::errors::ERROR_ENVELOPE"),
            Some(conversions) => {
                let owner = owners[index];
                let parameter = if owner == last { "E".to_owned() } else { versions[owner].name.to_uppercase() };
                if owner == index {
                    bounds.push(Code::of(format!("crate::{name}::errors::{conversions}")));
                }
                format!("crate::{name}::errors::error_envelope::<{parameter}>()")
            }
        };
        let parameters: Vec<String> = versions[index..last].iter().map(|version| version.name.to_uppercase()).collect();
        let mut found: BTreeMap<(usize, String), VersionBinderView> = BTreeMap::new();
        for operation in version.views.tags.iter().flat_map(|tag| &tag.operations) {
            let handler = handler(versions, links, index, &operation.id);
            let Some(handler) = handler.filter(|handler| is_served(handler.tag)) else { continue };
            let is_latest = handler.version == last;
            let function = binder_name(&versions[handler.version].name, &handler.tag.module, is_latest);
            let position = versions[last].views.tags.iter().position(|tag| tag.module == handler.tag.module);
            let service = match is_latest {
                true => format!("service_{}", position.unwrap_or_default()),
                false => format!("older_{}", handler.version),
            };
            found.entry((handler.version, function.clone())).or_insert_with(|| VersionBinderView {
                function: Code::of(format!(
                    "crate::{name}::wire::routes::versions::{function}::<_, _, {}>",
                    parameters.join(", ")
                )),
                service: Code::of(service),
            });
        }
        OlderVersionView {
            name: Code::of(name),
            parameter: Code::of(version_parameter(name).replace(['\u{1}', '\u{2}'], "").replace("parameter::", "")),
            bounds,
            envelope: Code::of(envelope),
            binders: found.into_values().collect(),
            operations: match service {
                None => Code::of(format!("crate::{name}::operations::ALL")),
                Some(service) => operations_of(&format!("crate::{name}::operations::ALL"), service),
            },
            unwritten: version.views.root.unwritten,
        }
    });
    ServedVersionsView { older: older.collect() }
}

/// Returns the differences of the operations of a version that no conversion can bridge.
fn mismatches(versions: &[ApiVersion], links: &[Links], index: usize) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let name = &versions[index].name;
    for operation in versions[index].views.tags.iter().flat_map(|tag| &tag.operations) {
        let Some(handler) = handler(versions, links, index, &operation.id) else { continue };
        let owner = &versions[handler.version].name;
        let mismatch = |message: String, help: &str| Mismatch {
            version: index,
            operation: operation.id.clone(),
            message,
            help: help.to_owned(),
        };
        if operation.access != handler.operation.access {
            found.push(mismatch(
                format!("`{}` admits other callers in {name} than in {owner}", operation.id),
                "one handler serves both: require credentials in both, or in neither, or give the operation of the older \
                 version another `operationId`",
            ));
        }
        let steps = (index..handler.version).filter_map(|at| links[at].operations.get(&operation.id));
        let differs = steps.clone().any(|link| link.success.is_some());
        if operation.idempotent != handler.operation.idempotent || (operation.idempotent && differs) {
            found.push(mismatch(
                format!("`{}` has `x-idempotency`, and differs between {name} and {owner}", operation.id),
                "a recorded response cannot be converted: declare equal responses in both versions, or give the operation \
                 of the older version another `operationId`",
            ));
        }
    }
    found
}
