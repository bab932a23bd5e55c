//! Counts of operations: in a contract, without the generator's reader, and in generated code.

use std::path::Path;

use serde_json::Value as Json;
use syn::{Expr, Item, TraitItem};
use writ_codegen::output::Output;

/// The HTTP methods of a path item.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Returns the number of operations in a contract, read as plain YAML or JSON.
pub fn in_contract(entry: &Path) -> usize {
    let document = read(entry);
    let items = document["paths"].as_object().expect("paths").values();
    // A path item may have operations beside its reference.
    let with_target = |item: &Json| match item["$ref"].as_str().map(|reference| reference.split_once('#')) {
        None => vec![item.clone()],
        Some(Some(("", pointer))) => vec![item.clone(), document.pointer(pointer).expect("a path item").clone()],
        Some(Some((file, pointer))) => {
            let target = read(&entry.with_file_name(file)).pointer(pointer).expect("a path item").clone();
            vec![item.clone(), target]
        }
        Some(None) => vec![item.clone(), read(&entry.with_file_name(item["$ref"].as_str().unwrap_or_default()))],
    };
    let additional = |item: &Json| item["additionalOperations"].as_object().map_or(0, |methods| methods.len());
    let fixed = |item: &Json| METHODS.iter().filter(|method| item.get(*method).is_some()).count();
    items.flat_map(with_target).map(|item| fixed(&item) + additional(&item)).sum()
}

fn read(file: &Path) -> Json {
    let text = std::fs::read_to_string(file).expect("the contract");
    match file.extension().is_some_and(|it| it == "json") {
        true => serde_json::from_str(&text).expect("JSON"),
        false => serde_yaml::from_str(&text).expect("YAML"),
    }
}

/// Returns the number of methods in the traits that a service implements.
pub fn trait_methods(output: &Output) -> usize {
    let mut count = 0;
    for (path, text) in &output.files {
        // The trait in `errors.rs` converts errors, and the one in `authenticator.rs` verifies credentials.
        let other = ["src/errors.rs", "src/wire/authenticator.rs"].contains(&path.as_str());
        if path.starts_with("src/") && path.ends_with(".rs") && !other {
            let file = syn::parse_file(text).expect("generated Rust");
            for item in file.items {
                let Item::Trait(found) = item else { continue };
                // A consumer of events implements this trait, and no operation calls it.
                if found.ident == "EventConsumer" {
                    continue;
                }
                count += found.items.iter().filter(|item| matches!(item, TraitItem::Fn(_))).count();
            }
        }
    }
    count
}

/// Returns the number of entries in `operations::ALL`.
pub fn listed(output: &Output) -> usize {
    let file = syn::parse_file(&output.files["src/operations/mod.rs"]).expect("generated Rust");
    let all = file.items.into_iter().find_map(|item| match item {
        Item::Static(found) if found.ident == "ALL" => Some(*found.expr),
        _ => None,
    });
    match all {
        Some(Expr::Reference(reference)) => match *reference.expr {
            Expr::Array(array) => array.elems.len(),
            _ => 0,
        },
        _ => 0,
    }
}
