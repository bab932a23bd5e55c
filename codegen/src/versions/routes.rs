//! The routes of an older version: each operation is bound to the handler of the newest version that has it.

use std::collections::BTreeMap;

use crate::rust::code::Code;
use crate::rust::mention::{contract, runtime, std};
use crate::rust::view::{Access, OperationView, TagView};

use super::conversions::plain_name;
use super::operations::{OperationLink, RequestLink, function_path, version_parameter};
use super::shared::ApiVersion;
use super::view::{BinderView, BindersView, ParameterView};

/// The conversions of a version's operations to the next version, by their ids, and the name of the trait with the
/// implementer's part of them.
#[derive(Debug)]
pub struct Links {
    /// The conversions of the operations that the next version has too.
    pub operations: BTreeMap<String, OperationLink>,
    /// The name of the trait that the implementer implements.
    pub trait_name: &'static str,
}

/// The handler of an operation: an operation of the newest version that has it.
pub struct Handler<'v> {
    /// The index of the version whose trait has the handler.
    pub version: usize,
    /// The tag whose trait has the handler.
    pub tag: &'v TagView,
    /// The operation in that version.
    pub operation: &'v OperationView,
}

/// Returns the handler of an operation of the version at `index`, following it from version to version.
pub fn handler<'v>(versions: &'v [ApiVersion], links: &[Links], index: usize, id: &str) -> Option<Handler<'v>> {
    let mut version = index;
    while links.get(version).is_some_and(|links| links.operations.contains_key(id)) {
        version += 1;
    }
    let tags = versions.get(version)?.views.tags.iter();
    let mut found = tags.flat_map(|tag| tag.operations.iter().map(move |operation| (tag, operation)));
    let (tag, operation) = found.find(|(_, operation)| operation.id == id)?;
    Some(Handler { version, tag, operation })
}

/// Returns the functions that bind the operations of the version at `index`.
pub fn binders(versions: &[ApiVersion], links: &[Links], index: usize) -> BindersView {
    let mut binders: BTreeMap<(usize, String), BinderView> = BTreeMap::new();
    let mut decoders = Vec::new();
    for tag in &versions[index].views.tags {
        for operation in &tag.operations {
            let Some(handler) = handler(versions, links, index, &operation.id) else { continue };
            let owner = &versions[handler.version].name;
            let is_latest = handler.version + 1 == versions.len();
            let name = binder_name(owner, &handler.tag.module, is_latest);
            let key = (handler.version, name.clone());
            let binder = binders.entry(key).or_insert_with(|| BinderView {
                name: Code::of(&name),
                service: Code::of(std(&format!("crate::{owner}::{}::{}", handler.tag.module, handler.tag.name))),
                secured: handler.tag.secured
                    && (is_latest || removed_is_secured(versions, links, handler.version, handler.tag)),
                statements: Vec::new(),
            });
            let steps = steps(versions, links, index, &handler);
            let decode = match decoder(versions, links, tag, operation, &handler, &steps) {
                Decoder::Own(path) => path,
                Decoder::Converting { name, code } => {
                    decoders.push(Code::of(code));
                    name
                }
            };
            binder.statements.push(Code::of(statement(versions, operation, &handler, &steps, &decode)));
        }
    }
    let conversions = (index..versions.len() - 1).map(|at| {
        let version = &versions[at].name;
        ParameterView {
            name: Code::of(version_parameter(version)),
            bound: Code::of(format!("crate::{version}::conversions::{}", links[at].trait_name)),
        }
    });
    let binders = binders.into_values().collect();
    BindersView { binders, decoders, conversions: conversions.collect() }
}

/// Returns the name of the function that binds operations to the handlers of a trait.
pub fn binder_name(version: &str, module: &Code, is_latest: bool) -> String {
    match is_latest {
        true => module.0.clone(),
        false => format!("{}_of_{version}", module.0.trim_start_matches("r#")),
    }
}

/// Returns true if an operation of a tag that the next version does not have admits authenticated callers.
pub fn removed_is_secured(versions: &[ApiVersion], links: &[Links], index: usize, tag: &TagView) -> bool {
    removed(versions, links, index, tag).any(|operation| operation.access != Access::Public)
}

/// Iterates over the operations of a tag that the next version does not have.
pub fn removed<'v>(
    versions: &[ApiVersion],
    links: &'v [Links],
    index: usize,
    tag: &'v TagView,
) -> impl Iterator<Item = &'v OperationView> {
    let is_latest = index + 1 == versions.len();
    let links = links.get(index);
    tag.operations
        .iter()
        .filter(move |operation| !is_latest && links.is_some_and(|links| !links.operations.contains_key(&operation.id)))
}

/// Returns the conversions from a version to that of a handler, each with the name of the version that it belongs to.
fn steps<'v>(
    versions: &'v [ApiVersion],
    links: &'v [Links],
    index: usize,
    handler: &Handler<'_>,
) -> Vec<(&'v str, &'v OperationLink)> {
    let found = (index..handler.version)
        .filter_map(|at| Some((versions[at].name.as_str(), links[at].operations.get(&handler.operation.id)?)));
    found.collect()
}

/// Returns the statement that binds an operation to its handler.
fn statement(
    versions: &[ApiVersion],
    operation: &OperationView,
    handler: &Handler<'_>,
    steps: &[(&str, &OperationLink)],
    decode: &str,
) -> String {
    let bare = if handler.operation.request.is_some() { "" } else { "_bare" };
    let access = match operation.access {
        Access::Public => "public",
        Access::Optional => "optional",
        Access::Secured => "secured",
    };
    let data = format!("{}::{}", contract("operations"), operation.data);
    let method = format!("S::{}", handler.operation.method);
    let success = results(steps, |link| link.success.as_deref());
    let error = results(steps, |link| link.error.as_deref());
    let method = match (success, error) {
        (None, None) => method,
        (success, error) => {
            let owner = &versions[handler.version].name;
            let same = |ty: String| format!("{}::<{ty}>", std("std::convert::identity"));
            let success = success.unwrap_or_else(|| {
                let ty = format!("crate::{owner}::{}", handler.operation.response.name);
                same(if operation.idempotent { format!("{}<{ty}>", runtime("Idempotent")) } else { ty })
            });
            let error = error.unwrap_or_else(|| same(format!("crate::{owner}::{}", handler.operation.error.name)));
            format!("{}::new({method}, {success}, {error})", runtime("Translated"))
        }
    };
    format!("routes.{access}{bare}(&{data}, {decode}, {method});")
}

/// Returns the name of the trait with the conversions of a version.
fn trait_of(links: &[Links], versions: &[ApiVersion], name: &str) -> &'static str {
    let position = versions.iter().position(|version| version.name == name);
    position.and_then(|at| links.get(at)).map_or("Conversions", |links| links.trait_name)
}

/// The function that decodes a request of an operation.
enum Decoder {
    /// The function of the request's own type, or of the parameters that the pipeline uses, with this path.
    Own(String),
    /// A function that also converts the request to that of the handler.
    Converting {
        /// The function, with its type arguments.
        name: String,
        /// The declaration of the function.
        code: String,
    },
}

/// Returns the function that decodes a request of an operation and converts it to that of the handler.
fn decoder(
    versions: &[ApiVersion],
    links: &[Links],
    tag: &TagView,
    operation: &OperationView,
    handler: &Handler<'_>,
    steps: &[(&str, &OperationLink)],
) -> Decoder {
    let base = match &operation.request {
        Some(request) => format!("{}::decode", contract(&request.name.0)),
        None if operation.consumed.is_empty() => runtime("nothing").to_string(),
        None => contract(&format!("wire::routes::{}::{}", tag.module, operation.decode)).to_string(),
    };
    let mut lines = Vec::new();
    let mut parameters: Vec<(String, &str)> = Vec::new();
    for (version, link) in steps {
        let parameter = version_parameter(version);
        let call = |function: &str, argument: &str| {
            let path = function_path(version, function, &parameter);
            format!("    let request = input.converted({path}({argument}))?;\n")
        };
        lines.push(match &link.request {
            RequestLink::Same => continue,
            RequestLink::Convert(function) => call(function, "request"),
            RequestLink::Create(function) => call(function, ""),
            RequestLink::Drop => "    let _ = request;\n".to_owned(),
        });
        if !matches!(link.request, RequestLink::Drop) {
            parameters.push((parameter, *version));
        }
    }
    if lines.is_empty() {
        return Decoder::Own(base);
    }
    let (request, result) = match &handler.operation.request {
        Some(request) => (format!("crate::{}::{}", versions[handler.version].name, request.name), "request"),
        None => ("()".to_owned(), "()"),
    };
    let bounds = parameters
        .iter()
        .map(|(parameter, version)| format!("{parameter}: crate::{version}::{}", trait_of(links, versions, version)));
    let name = format!("decode_{}", plain_name(&operation.method.0));
    let (bounds, decoder) = (bounds.collect::<Vec<_>>().join(", "), runtime("Decoder"));
    let arguments: Vec<&str> = parameters.iter().map(|(parameter, _)| parameter.as_str()).collect();
    let first = if operation.request.is_some() { "let request = " } else { "" };
    let code = format!(
        "fn {name}<{bounds}>(input: &mut {decoder}<'_>) -> Option<{request}> {{\n    {first}{base}(input)?;\n{}    \
         Some({result})\n}}\n",
        lines.concat()
    );
    let name = if arguments.is_empty() { name } else { format!("{name}::<{}>", arguments.join(", ")) };
    Decoder::Converting { name, code: code.replacen("<>(", "(", 1) }
}

/// Returns the function that converts a result of the handler to that of the older version, or `None` if they are equal.
fn results<'l>(
    steps: &[(&str, &'l OperationLink)],
    pick: impl Fn(&'l OperationLink) -> Option<&'l str>,
) -> Option<String> {
    let paths: Vec<String> = steps
        .iter()
        .filter_map(|(version, link)| Some(function_path(version, pick(link)?, &version_parameter(version))))
        .collect();
    match paths.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => {
            let nested = several.iter().rev().fold("new".to_owned(), |inner, path| format!("{path}({inner})"));
            Some(format!("|new| {nested}"))
        }
    }
}
