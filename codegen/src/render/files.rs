//! The list of the generated files of a contract, each with the template that renders it.

use std::collections::BTreeMap;

use minijinja::Error;
use serde::Serialize;

use crate::output::{HEADER, Output};
use crate::rust::CrateViews;
use crate::rust::code::Code;
use crate::rust::view::{
    AuthenticatorView, ClientView, CodecsView, ExtraCodecView, OutgoingKind, OutgoingView, PatternView, SchemeView,
    SerdeView, ServerView, ServicesView, TagCallsView, TagSummary, TagView, TypesView, UnselectedView, ValidatorView,
    WebhookView,
};

use crate::version_declaration::VersionsView;

use super::Renderer;
use super::imports::resolve;
use super::layout::lay_out;

/// The location of a contract's generated modules in a crate.
///
/// The [crate root](crate) has an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// The generated code is a module with this name, in a crate with several contracts.
    Module(String),
    /// The generated code is the root of a crate that contains no other contract.
    Crate,
}

/// The rendered text of the generated files of a contract, by their paths below the contract's module. Names are still
/// mentions, and lines have any length.
pub type Rendered = BTreeMap<String, String>;

/// Renders all generated files of one contract by their templates.
///
/// # Errors
///
/// Returns an error if a template does not match its view, which is a defect of this crate.
pub fn files(renderer: &Renderer, views: &CrateViews, layout: &Layout) -> Result<Output, Error> {
    Ok(finish(render(renderer, views)?, layout))
}

/// Replaces the mentions in rendered files by imports, and breaks their long lines.
pub fn finish(rendered: Rendered, layout: &Layout) -> Output {
    let (prefix, module) = match layout {
        Layout::Module(module) => (format!("src/{module}/"), format!("crate::{module}")),
        Layout::Crate => ("src/".to_owned(), "crate".to_owned()),
    };
    let mut output = Output::default();
    for (path, text) in rendered {
        let text = resolve(text, &module);
        let mut file = String::with_capacity(HEADER.len() + 1 + text.len() + text.len() / 16);
        file.extend([HEADER, "\n"]);
        match path.contains("openapi") {
            // The bundled contract is one long string, which needs no layout.
            true => file.push_str(&text),
            false => lay_out(&text, &mut file),
        }
        let name = match (path.as_str(), layout) {
            (ROOT, Layout::Crate) => "lib.rs",
            (path, _) => path,
        };
        output.files.insert(format!("{prefix}{name}"), file);
    }
    output
}

/// The path of the root module of a contract among its rendered files.
pub const ROOT: &str = "mod.rs";

/// Renders all generated files of one contract, without imports and layout.
///
/// # Errors
///
/// Returns an error if a template does not match its view, which is a defect of this crate.
pub fn render(renderer: &Renderer, views: &CrateViews) -> Result<Rendered, Error> {
    let mut rendered = Rendered::new();
    let mut add = |path: &str, text: String| {
        rendered.insert(path.to_owned(), text);
    };
    add(ROOT, renderer.render("root.rs", &views.root)?);
    add("errors.rs", renderer.render("errors.rs", &views.errors)?);
    let operations = OperationsMod {
        tags: &views.root.tags,
        schemes: &views.schemes,
        unselected: views.unselected.as_ref(),
        servers: &views.servers,
    };
    add("operations/mod.rs", renderer.render("operations_mod.rs", &operations)?);
    if let Some(unselected) = &views.unselected {
        add("operations/unselected.rs", renderer.render("unselected.rs", unselected)?);
    }
    for tag in &views.tags {
        let module = file_name(&tag.module);
        add(&format!("{module}.rs"), renderer.render("tag.rs", tag)?);
        add(&format!("wire/routes/{module}.rs"), renderer.render("routes.rs", tag)?);
        add(&format!("operations/{module}.rs"), renderer.render("operations.rs", tag)?);
    }
    add("wire/routes/mod.rs", renderer.render("routes_mod.rs", &RoutesMod { tags: &views.tags })?);
    let modules = TypesMod {
        files: views
            .types
            .iter()
            .map(|file| FileSummary { module: Code::of(&file.module), codecs: !file.codecs.codecs.is_empty() })
            .collect(),
        patterns: !views.patterns.is_empty() || !views.validators.is_empty(),
        extra: views.extra_codec.as_ref().map(|extra| extra.features.clone()),
    };
    add("wire/types/mod.rs", renderer.render("types_mod.rs", &modules)?);
    add("wire/codec/mod.rs", renderer.render("codec_mod.rs", &modules)?);
    for file in &views.types {
        let name = file_name(&Code::of(&file.module));
        add(&format!("wire/types/{name}.rs"), renderer.render("types.rs", &file.types as &TypesView)?);
        if !file.codecs.codecs.is_empty() {
            add(&format!("wire/codec/{name}.rs"), renderer.render("codec.rs", &file.codecs as &CodecsView)?);
        }
    }
    if modules.patterns {
        let statics = Patterns { patterns: &views.patterns, validators: &views.validators, extra: false };
        add("wire/codec/patterns.rs", renderer.render("patterns.rs", &statics)?);
    }
    if let Some(authenticator) = &views.root.authenticator {
        let authenticator = Authenticator { authenticator, unwritten: views.root.unwritten };
        add("wire/authenticator.rs", renderer.render("authenticator.rs", &authenticator)?);
    }
    let document = views.document.as_ref();
    let wire = WireMod {
        authenticator: views.root.authenticator.is_some(),
        document: document.is_some(),
        openapi: document.is_some_and(|document| document.upgraded.is_some()),
    };
    add("wire/mod.rs", renderer.render("wire_mod.rs", &wire)?);
    if let Some(extra) = &views.extra_codec {
        extra_codec_files(renderer, views, extra, &mut add)?;
    }
    if let Some(client) = &views.client {
        add("client/mod.rs", renderer.render("client_mod.rs", client as &ClientView)?);
        for tag in &client.tags {
            let path = format!("client/{}.rs", file_name(&tag.module));
            add(&path, renderer.render("client_tag.rs", tag as &TagCallsView)?);
        }
    }
    for group in &views.outgoing {
        let path = match group.kind {
            OutgoingKind::Webhooks => "webhooks/outgoing.rs",
            OutgoingKind::Callbacks => "callbacks.rs",
        };
        let outgoing = Outgoing { group, visibility: "pub(super)".into() };
        add(path, renderer.render("outgoing.rs", &outgoing)?);
    }
    if let Some(document) = &views.document {
        add("wire/openapi.rs", renderer.render("openapi.rs", document)?);
        if document.upgraded.is_some() {
            add("wire/openapi_31.rs", renderer.render("openapi_31.rs", document)?);
        }
    }
    if !views.webhooks.is_empty() {
        add(
            "webhooks.rs",
            renderer.render(
                "webhooks.rs",
                &Webhooks {
                    webhooks: &views.webhooks,
                    outgoing: views.outgoing.iter().any(|group| group.kind == OutgoingKind::Webhooks),
                },
            )?,
        );
    }
    if let Some(services) = &views.root.services {
        add(&services_file(services), renderer.render("services.rs", services)?);
    }
    if let Some(events) = &views.events {
        add(&format!("{}.rs", file_name(&events.module)), renderer.render("events.rs", events)?);
    }
    Ok(rendered)
}

/// Renders the files of the codecs (code that reads and writes types) that only a client or `serde` needs.
fn extra_codec_files(
    renderer: &Renderer,
    views: &CrateViews,
    extra: &ExtraCodecView,
    add: &mut dyn FnMut(&str, String),
) -> Result<(), Error> {
    let mut modules = Vec::new();
    for file in views.types.iter().filter(|file| !file.extra_codecs.codecs.is_empty()) {
        let module = Code::of(&file.module);
        let path = format!("wire/codec/extra/{}.rs", file_name(&module));
        add(&path, renderer.render("codec.rs", &file.extra_codecs as &CodecsView)?);
        modules.push(module);
    }
    let statics = Patterns { patterns: &extra.patterns, validators: &extra.validators, extra: true };
    let patterns = !statics.patterns.is_empty() || !statics.validators.is_empty();
    if patterns {
        add("wire/codec/extra/patterns.rs", renderer.render("patterns.rs", &statics)?);
    }
    if let Some(serde) = &extra.serde {
        add("wire/codec/extra/serde_types.rs", renderer.render("serde_types.rs", serde as &SerdeView)?);
    }
    let modules = ExtraCodecMod { modules, patterns, serde: extra.serde.is_some() };
    add("wire/codec/extra/mod.rs", renderer.render("extra_codec_mod.rs", &modules)?);
    Ok(())
}

/// Renders the `lib.rs` of a crate with several contracts, and the versions if the contracts are those of one API. `recursion_limit` is the greatest limit that a
/// contract needs, or `None` if the compiler's default is enough for all.
///
/// # Errors
///
/// Returns an error if the template does not match its view, which is a defect of this crate.
pub fn library(
    renderer: &Renderer,
    modules: &[String],
    versions: Option<&VersionsView>,
    recursion_limit: Option<usize>,
) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Library<'a> {
        modules: Vec<Code>,
        versions: Option<&'a VersionsView>,
        recursion_limit: Option<usize>,
    }
    let view = Library { modules: modules.iter().map(Code::of).collect(), versions, recursion_limit };
    Ok(format!("{HEADER}\n{}", renderer.render("lib.rs", &view)?))
}

/// Returns the path of the file of the services.
pub fn services_file(services: &ServicesView) -> String {
    format!("{}.rs", file_name(&services.module))
}

/// Returns the file name of a generated module without its extension: the module name without `r#`.
fn file_name(module: &Code) -> String {
    module.0.trim_start_matches("r#").to_owned()
}

#[derive(Serialize)]
struct OperationsMod<'a> {
    tags: &'a [TagSummary],
    schemes: &'a [SchemeView],
    unselected: Option<&'a UnselectedView>,
    servers: &'a [ServerView],
}

#[derive(Serialize)]
struct RoutesMod<'a> {
    tags: &'a [TagView],
}

#[derive(Serialize)]
struct Authenticator<'a> {
    #[serde(flatten)]
    authenticator: &'a AuthenticatorView,
    unwritten: bool,
}

#[derive(Serialize)]
struct WireMod {
    authenticator: bool,
    document: bool,
    openapi: bool,
}

#[derive(Serialize)]
struct TypesMod {
    files: Vec<FileSummary>,
    patterns: bool,
    extra: Option<Code>,
}

#[derive(Serialize)]
struct ExtraCodecMod {
    modules: Vec<Code>,
    patterns: bool,
    serde: bool,
}

#[derive(Serialize)]
struct FileSummary {
    module: Code,
    codecs: bool,
}

#[derive(Serialize)]
struct Patterns<'a> {
    patterns: &'a [PatternView],
    validators: &'a [ValidatorView],
    extra: bool,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    #[serde(flatten)]
    group: &'a OutgoingView,
    visibility: Code,
}

#[derive(Serialize)]
struct Webhooks<'a> {
    webhooks: &'a [WebhookView],
    outgoing: bool,
}
