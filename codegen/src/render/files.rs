//! Which template makes which file.

use minijinja::Error;
use serde::Serialize;

use crate::output::{HEADER, Output};
use crate::rust::CrateViews;
use crate::rust::code::Code;
use crate::rust::view::{
    ClientView, CodecsView, GuardView, OtherWaysView, OthersView, PatternView, SchemeView, SentView, SerdeView,
    TagCallsView, TagSummary, TagView, TypesView, WebhookView,
};

use super::Renderer;
use super::layout::lay_out;

/// Where the modules of a contract stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// In a module of a crate that holds several contracts.
    Module(String),
    /// At the root of a crate of its own.
    Crate,
}

/// The files of one contract.
pub fn files(renderer: &Renderer, views: &CrateViews, layout: &Layout) -> Result<Output, Error> {
    let mut output = Output::default();
    let (prefix, root) = match layout {
        Layout::Module(module) => (format!("src/{module}/"), "mod.rs"),
        Layout::Crate => ("src/".to_owned(), "lib.rs"),
    };
    let mut add = |path: &str, text: String| {
        let mut whole = String::with_capacity(HEADER.len() + 1 + text.len() + text.len() / 16);
        whole.extend([HEADER, "\n"]);
        match path.starts_with("openapi") {
            // The contract itself, as one long string.
            true => whole.push_str(&text),
            false => lay_out(&text, &mut whole),
        }
        output.files.insert(format!("{prefix}{path}"), whole);
    };
    add(root, renderer.render("root.rs", &views.root)?);
    add("errors.rs", renderer.render("errors.rs", &views.errors)?);
    let operations = OperationsMod {
        tags: &views.root.tags,
        schemes: &views.schemes,
        others: views.others.as_ref(),
        servers: &views.servers,
        server_names: &views.server_names,
    };
    add("operations/mod.rs", renderer.render("operations_mod.rs", &operations)?);
    if let Some(others) = &views.others {
        add("operations/others.rs", renderer.render("others.rs", others)?);
    }
    for tag in &views.tags {
        let module = file_name(&tag.module);
        add(&format!("{module}.rs"), renderer.render("tag.rs", tag)?);
        add(&format!("routes/{module}.rs"), renderer.render("routes.rs", tag)?);
        add(&format!("operations/{module}.rs"), renderer.render("operations.rs", tag)?);
    }
    add("routes/mod.rs", renderer.render("routes_mod.rs", &RoutesMod { tags: &views.tags })?);
    let modules = TypesMod {
        files: views
            .types
            .iter()
            .map(|file| FileSummary { module: Code::of(&file.module), codecs: !file.codecs.codecs.is_empty() })
            .collect(),
        patterns: !views.patterns.is_empty() || !views.guards.is_empty(),
        other_ways: views.other_ways.as_ref().map(|other| other.features.clone()),
    };
    add("types/mod.rs", renderer.render("types_mod.rs", &modules)?);
    add("codec/mod.rs", renderer.render("codec_mod.rs", &modules)?);
    for file in &views.types {
        let name = file_name(&Code::of(&file.module));
        add(&format!("types/{name}.rs"), renderer.render("types.rs", &file.types as &TypesView)?);
        if !file.codecs.codecs.is_empty() {
            add(&format!("codec/{name}.rs"), renderer.render("codec.rs", &file.codecs as &CodecsView)?);
        }
    }
    if modules.patterns {
        let statics =
            Patterns { patterns: &views.patterns, guards: &views.guards, root: "super::super".into(), others: false };
        add("codec/patterns.rs", renderer.render("patterns.rs", &statics)?);
    }
    if let Some(other_ways) = &views.other_ways {
        other_way_files(renderer, views, other_ways, &mut add)?;
    }
    if let Some(client) = &views.client {
        add("client/mod.rs", renderer.render("client_mod.rs", client as &ClientView)?);
        for tag in &client.tags {
            let path = format!("client/{}.rs", file_name(&tag.module));
            let calls = TagCalls { tag, visibility: "pub(in super::super)".into() };
            add(&path, renderer.render("client_tag.rs", &calls)?);
        }
    }
    for group in &views.sent {
        let (path, root) = match group.module {
            "webhooks" => ("webhooks/sent.rs", "super::super"),
            _ => ("callbacks.rs", "super"),
        };
        let sent = Sent { group, root: root.into(), visibility: "pub(super)".into() };
        add(path, renderer.render("sent.rs", &sent)?);
    }
    if let Some(document) = &views.document {
        add("openapi.rs", renderer.render("openapi.rs", document)?);
        if document.raised.is_some() {
            add("openapi_31.rs", renderer.render("openapi_31.rs", document)?);
        }
    }
    if !views.webhooks.is_empty() {
        add(
            "webhooks.rs",
            renderer.render(
                "webhooks.rs",
                &Webhooks {
                    imports: &views.webhook_imports,
                    webhooks: &views.webhooks,
                    sent: views.sent.iter().any(|group| group.module == "webhooks"),
                },
            )?,
        );
    }
    Ok(output)
}

/// The files of the ways that the server does not need.
fn other_way_files(
    renderer: &Renderer,
    views: &CrateViews,
    other_ways: &OtherWaysView,
    add: &mut dyn FnMut(&str, String),
) -> Result<(), Error> {
    let mut modules = Vec::new();
    for file in views.types.iter().filter(|file| !file.other_ways.codecs.is_empty()) {
        let module = Code::of(&file.module);
        let path = format!("codec/other_ways/{}.rs", file_name(&module));
        add(&path, renderer.render("codec.rs", &file.other_ways as &CodecsView)?);
        modules.push(module);
    }
    let statics = Patterns {
        patterns: &other_ways.patterns,
        guards: &other_ways.guards,
        root: "super::super::super".into(),
        others: true,
    };
    let patterns = !statics.patterns.is_empty() || !statics.guards.is_empty();
    if patterns {
        add("codec/other_ways/patterns.rs", renderer.render("patterns.rs", &statics)?);
    }
    if let Some(serde) = &other_ways.serde {
        add("codec/other_ways/serde_types.rs", renderer.render("serde_types.rs", serde as &SerdeView)?);
    }
    let modules = OtherWaysMod { modules, patterns, serde: other_ways.serde.is_some() };
    add("codec/other_ways/mod.rs", renderer.render("other_ways_mod.rs", &modules)?);
    Ok(())
}

/// The root of a crate of several contracts, and how deep the compiler must look into their types
/// where that is deeper than usual.
pub fn library(renderer: &Renderer, modules: &[String], recursion_limit: Option<usize>) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Library {
        modules: Vec<Code>,
        recursion_limit: Option<usize>,
    }
    let view = Library { modules: modules.iter().map(Code::of).collect(), recursion_limit };
    Ok(format!("{HEADER}\n{}", renderer.render("lib.rs", &view)?))
}

/// The file of a module.
fn file_name(module: &Code) -> String {
    module.0.trim_start_matches("r#").to_owned()
}

#[derive(Serialize)]
struct OperationsMod<'a> {
    tags: &'a [TagSummary],
    schemes: &'a [SchemeView],
    others: Option<&'a OthersView>,
    servers: &'a [Code],
    server_names: &'a [Code],
}

#[derive(Serialize)]
struct RoutesMod<'a> {
    tags: &'a [TagView],
}

#[derive(Serialize)]
struct TypesMod {
    files: Vec<FileSummary>,
    patterns: bool,
    other_ways: Option<Code>,
}

#[derive(Serialize)]
struct OtherWaysMod {
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
    guards: &'a [GuardView],
    root: Code,
    others: bool,
}

#[derive(Serialize)]
struct TagCalls<'a> {
    #[serde(flatten)]
    tag: &'a TagCallsView,
    visibility: Code,
}

#[derive(Serialize)]
struct Sent<'a> {
    #[serde(flatten)]
    group: &'a SentView,
    root: Code,
    visibility: Code,
}

#[derive(Serialize)]
struct Webhooks<'a> {
    imports: &'a [Code],
    webhooks: &'a [WebhookView],
    sent: bool,
}
