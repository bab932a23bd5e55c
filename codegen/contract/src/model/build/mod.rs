//! The build: the first stage of resolving a contract, which turns a document into a [`Contract`] for the passes.
//!
//! Each file of this module reads one kind of object. Operations are read first and request the schemas that
//! they use; then the kinds of the queued schemas are determined. A schema goes through three steps: `compose`
//! gathers its nodes, `collect` intersects their keywords into `facets`, and `finish` converts these to a
//! [`Kind`](crate::model::Kind). Checks that need all schemas follow.

mod builder;
mod call_policy;
mod chosen;
mod collect;
mod collect_enum;
mod compatible;
mod compose;
mod contradiction;
mod default;
mod deferred;
mod encoding;
pub(in crate::model) mod error_pointers;
mod event;
mod event_data;
mod event_envelope;
mod example;
mod facets;
mod family;
mod finish;
mod implied;
mod interpreted;
mod json_schema;
mod nesting;
mod node_fields;
mod numbers;
mod objects;
mod one_way;
mod operation;
mod outgoing;
mod overlap;
pub(in crate::model) mod own_type;
pub(in crate::model) mod page_mapping;
mod parameter;
mod parameter_text;
mod path_item;
mod path_parameter;
mod path_template;
mod policy;
mod positional;
pub(in crate::model) mod quantity;
mod query_string;
mod response;
mod route;
mod security;
mod server;
mod service;
mod sparse_fieldset;
mod stream;
mod tag_property;
mod tags;
mod text;
mod type_set;
mod unchecked_body;
mod union;
mod values;
mod versions;
mod written;

use crate::diagnostic::Diagnostics;
use crate::document::{Document, Node};
use crate::model::{Contract, Errors, Operation, Options, Tag};

use builder::Builder;
use node_fields::{elements, joined, spanned_string, string};

/// Builds the model of a document. Features of the contract that cannot be supported are reported to `diagnostics`.
pub(super) fn build(document: &Document, strict: bool, options: &Options, diagnostics: &mut Diagnostics) -> Contract {
    let root = document.root_node();
    let mut builder = Builder::new(document, strict, options, diagnostics);
    builder.name_components(root);
    builder.find_chosen();
    if options.polymorphic_parents {
        builder.find_families();
    }
    let schemes = builder.schemes(root);
    let mut operations = builder.operations(root, &schemes);
    let mut outgoing = builder.outgoing(root, &operations, &schemes, options.outgoing);
    let declared_events = builder.declared_events(root);
    builder.report_unused_schemes(&schemes, &operations, &outgoing);
    let components = builder.components(root);
    builder.settle();
    builder.settle_tags();
    builder.report_formats();
    builder.check_plain_formats();
    builder.check_chosen();
    builder.check_overlaps();
    builder.report_contradictions(&operations);
    response::settle_kinds(&mut operations, &builder.schemas);
    for operation in outgoing.iter_mut().filter_map(|outgoing| outgoing.operation.as_mut()) {
        response::settle_kinds(std::slice::from_mut(operation), &builder.schemas);
    }
    positional::check(&operations, builder.diagnostics);
    stream::check(&operations, &builder.schemas, builder.diagnostics);
    unchecked_body::check(&operations, &builder.schemas, builder.diagnostics);
    parameter_text::check(&operations, &builder.schemas, builder.diagnostics);
    encoding::check(&operations, &builder.schemas, builder.diagnostics);
    builder.check_sparse(&operations);
    builder.check_published(&operations, &declared_events);
    let events = builder.events(declared_events);
    nesting::check(&mut builder.schemas, builder.diagnostics);
    builder.check_word_lists(&mut operations);
    builder.check_defaults();
    builder.check_examples();
    let versions = versions::read(root, &operations, &document.sources, builder.diagnostics);
    builder.assign_services(root, &mut operations);
    let tags = tags(root, &operations);
    let info = root.get("info");
    let text = |name: &str| info.and_then(|info| info.get(name)).and_then(Node::as_str);
    Contract {
        title: text("title").unwrap_or_default().to_owned(),
        version: text("version").unwrap_or_default().to_owned(),
        description: text("description").map(str::to_owned),
        servers: builder.servers(root),
        tags,
        operations,
        unselected: Vec::new(),
        outgoing,
        events,
        schemas: builder.schemas,
        components,
        schemes,
        errors: Errors::default(),
        versions,
    }
}

/// Returns the text that documents a tag: its summary, its description and its parent.
fn tag_description(node: &Node) -> Option<String> {
    let parent = string(node, "parent").map(|parent| format!("A part of the tag `{}`.", parent.replace('`', "'")));
    let texts = [string(node, "summary"), string(node, "description"), parent];
    joined(texts)
}

/// Returns the tags of the contract: first those that it describes, then the others in the order of their use.
fn tags(root: &Node, operations: &[Operation]) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    for node in elements(root.get("tags")) {
        let Some(name) = string(node, "name") else { continue };
        let used = operations.iter().any(|operation| operation.tag == name);
        if used && !tags.iter().any(|tag| tag.name == name) {
            tags.push(Tag {
                name,
                span: node.span,
                description: tag_description(node),
                rust_name: spanned_string(node, "x-rust-name"),
            });
        }
    }
    for operation in operations {
        if !tags.iter().any(|tag| tag.name == operation.tag) {
            tags.push(Tag { name: operation.tag.clone(), span: operation.span, description: None, rust_name: None });
        }
    }
    tags
}
