//! The overrides pass: applies the Rust names and custom types from the settings to the contract.

use super::options::{NameTarget, OperationOptions, Options};
use crate::diagnostic::{Diagnostic, Diagnostics, closest};
use crate::model::{Contract, Kind};
use crate::source::Spanned;

/// Replaces names and types of the contract by the Rust names and custom types of the settings.
pub(super) fn apply_overrides(contract: &mut Contract, options: &Options, diagnostics: &mut Diagnostics) {
    for named in &options.names {
        let (found, known) = match named.target {
            NameTarget::Schema => {
                schemas(contract, &named.contract, |schema| schema.rust_name = Some(named.rust.clone()))
            }
            NameTarget::Operation => {
                let mut found = false;
                for operation in contract.operations.iter_mut().filter(|it| it.is_called(&named.contract.value)) {
                    operation.rust_name = Some(named.rust.clone());
                    found = true;
                }
                (found, operation_names(contract, &named.contract))
            }
            NameTarget::Tag => {
                let mut found = false;
                for tag in contract.tags.iter_mut().filter(|it| it.name == named.contract.value) {
                    tag.rust_name = Some(named.rust.clone());
                    found = true;
                }
                (found, contract.tags.iter().map(|tag| tag.name.clone()).collect())
            }
        };
        if !found {
            unknown(&named.contract, named.target, known, options, diagnostics);
        }
    }
    for (name, own) in &options.types {
        let (found, known) = schemas(contract, name, |schema| schema.rust_type = Some(own.clone()));
        if !found {
            unknown(name, NameTarget::Schema, known, options, diagnostics);
        }
    }
    check_own_types(contract, diagnostics);
    for (name, own) in &options.operations {
        set_operation(contract, name, own, options, diagnostics);
    }
}

/// Applies the options of one operation to every operation that has the given name.
fn set_operation(
    contract: &mut Contract,
    name: &Spanned<String>,
    own: &OperationOptions,
    options: &Options,
    diagnostics: &mut Diagnostics,
) {
    let (mut found, mut without_body) = (false, false);
    for operation in contract.operations.iter_mut().filter(|operation| operation.is_called(&name.value)) {
        found = true;
        match (own.body_limit, &mut operation.body) {
            (Some(limit), Some(body)) => body.limit = limit,
            (Some(_), None) => without_body = true,
            (None, _) => {}
        }
    }
    if !found {
        unknown(name, NameTarget::Operation, operation_names(contract, name), options, diagnostics);
    }
    if without_body {
        let message = format!("`{}` has no request body to limit", name.value);
        let report = Diagnostic::error("policy-without-body", name.span, message).label("`body_limit` has no effect");
        diagnostics.push(report.help("remove the setting, or name the operation that it is meant for"));
    }
}

/// Returns the names of all operations in the form of `name`: ids, or methods and paths.
fn operation_names(contract: &Contract, name: &Spanned<String>) -> Vec<String> {
    let names = contract.operations.iter().map(|operation| match name.value.contains(' ') {
        true => operation.route(),
        false => operation.id.clone(),
    });
    names.collect()
}

/// Applies a change to every component schema that has the given name.
///
/// Returns true if there is one, together with the names of the other component schemas for suggestions.
fn schemas(
    contract: &mut Contract,
    name: &Spanned<String>,
    change: impl Fn(&mut crate::model::Schema),
) -> (bool, Vec<String>) {
    let mut found = false;
    let mut known = Vec::new();
    for id in contract.schemas.ids().collect::<Vec<_>>() {
        let schema = contract.schemas.get_mut(id);
        match &schema.component {
            Some(component) if *component == name.value => {
                change(schema);
                found = true;
            }
            Some(component) => known.push(component.clone()),
            None => {}
        }
    }
    (found, known)
}

fn unknown(
    name: &Spanned<String>,
    target: NameTarget,
    known: Vec<String>,
    options: &Options,
    diagnostics: &mut Diagnostics,
) {
    let what = match target {
        NameTarget::Schema => "schema",
        NameTarget::Operation => "operation",
        NameTarget::Tag => "tag",
    };
    let message = format!("the contract has no {what} `{}`", name.value);
    let problem = Diagnostic::error("unknown-name", name.span, message).label("unknown name");
    diagnostics.push(match closest(&name.value, known.iter().map(String::as_str)) {
        Some(close) => {
            // A name that TOML does not allow as a bare key needs quotes; existing quotes are kept.
            let bare = close.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
            let span = options.sources.inside_quotes(name.span);
            match bare || span != name.span {
                true => problem.suggest(span, close),
                false => problem.suggest(span, format!("\"{close}\"")),
            }
        }
        None => problem.help(match target {
            NameTarget::Schema => "use the name of a schema under `components/schemas`",
            NameTarget::Operation => "use the `operationId`, or the method and path as in `\"GET /users/{id}\"`",
            NameTarget::Tag => "use the name of a tag as the contract writes it",
        }),
    });
}

/// Reports custom types with `as: text` that replace a schema other than a string.
fn check_own_types(contract: &Contract, diagnostics: &mut Diagnostics) {
    for id in contract.schemas.ids() {
        let schema = contract.schemas.get(id);
        let Some(own) = schema.rust_type.as_ref().filter(|own| own.text) else { continue };
        if matches!(contract.schemas.kind(id), Kind::String(_) | Kind::Strings(_)) {
            continue;
        }
        let message = format!("`{}` is read with `as: text`, but its schema is not a string", own.path.value);
        diagnostics.push(
            Diagnostic::error("bad-rust-type", own.path.span, message)
                .label("a type that is read from a string")
                .also(schema.span, "not a string schema")
                .help("remove `as: text`, and implement `writ_runtime::Read` and `Write` for the type"),
        );
    }
}
