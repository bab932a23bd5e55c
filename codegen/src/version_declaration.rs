//! The versions of one API: several contracts of a crate, one of which declares them (`x-versions`).

use std::collections::HashMap;

use serde::Serialize;
use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::operation::ParameterLocation;
use writ_contract::model::{Contract, VersionDates, Versions, version_number};
use writ_contract::source::{Span, Spanned};

use crate::rust::code::Code;

/// The parts of a contract that its versions must agree on.
#[derive(Debug, Default)]
pub struct VersionFacts {
    /// The declaration of the versions, or `None` if the contract does not make it.
    declared: Option<Versions>,
    /// The path templates of the operations, each with the span of its operation.
    paths: Vec<(String, Span)>,
    /// The names of the query parameters, each with the span of its parameter.
    query_parameters: Vec<(String, Span)>,
    /// The ids of the operations, each with the span of its operation and the service that owns it.
    services: Vec<(String, Spanned<Option<String>>)>,
}

/// The versions of an API as the template of a crate's root writes them.
///
/// [`versions`] creates it from the contracts of the crate.
#[derive(Debug, Serialize)]
pub struct VersionsView {
    default: u32,
    media_type: String,
    parameter: String,
    /// The module of the latest version.
    latest: Code,
    all: Vec<VersionView>,
}

/// A version of an API as the template of a crate's root writes it.
#[derive(Debug, Serialize)]
struct VersionView {
    number: u32,
    module: Code,
    prefix: String,
    deprecated: Option<i64>,
    sunset: Option<i64>,
}

impl VersionFacts {
    pub(crate) fn of(contract: &Contract) -> VersionFacts {
        let operations = || contract.operations.iter().chain(&contract.unselected);
        let parameters = operations().flat_map(|operation| &operation.parameters);
        VersionFacts {
            declared: contract.versions.clone(),
            paths: operations().map(|operation| (operation.path.clone(), operation.span)).collect(),
            query_parameters: parameters
                .filter(|parameter| parameter.location == ParameterLocation::Query)
                .map(|parameter| (parameter.name.clone(), parameter.span))
                .collect(),
            services: operations()
                .map(|operation| {
                    let service = operation.service.as_ref();
                    let span = service.map_or(operation.span, |service| service.span);
                    (operation.id.clone(), Spanned { value: service.map(|service| service.value.clone()), span })
                })
                .collect(),
        }
    }
}

/// A contract of a crate with several contracts.
#[derive(Debug)]
pub struct Member<'a> {
    /// The name of the contract's module, such as `v1`.
    pub module: &'a str,
    /// The parts of the contract that versions must agree on.
    pub facts: &'a VersionFacts,
    /// The diagnostics of the contract.
    pub diagnostics: &'a mut Diagnostics,
}

/// Returns the versions that the contracts of a crate declare.
///
/// Contracts whose modules are named `v1`, `v2` and so on are the versions. Reports contradictions between the declaration
/// and the contracts. Returns `None` if no contract declares versions, or if there is a contradiction.
pub fn versions(members: &mut [Member<'_>]) -> Option<VersionsView> {
    let declaring = members.iter().filter(|member| member.facts.declared.is_some());
    let declared = declaring.max_by_key(|member| version_number(member.module))?.facts.declared.as_ref()?;
    let named = members.iter().filter_map(|member| Some((version_number(member.module)?, member.module)));
    let mut names: Vec<(u32, &str)> = named.collect();
    names.sort_unstable();
    let owners = owners(members);
    let mut consistent = true;
    for Member { module, facts, diagnostics } in members.iter_mut() {
        let problems = contradictions(module, facts, declared, &names);
        for problem in problems.into_iter().chain(other_services(module, facts, &owners)) {
            consistent = false;
            diagnostics.push(problem);
        }
    }
    let dates = |name: &str| declared.dates.iter().find(|dates| dates.name.value == name);
    let all = names.iter().map(|(number, name)| VersionView {
        number: *number,
        module: Code::from(*name),
        prefix: format!("/{name}"),
        deprecated: dates(name).and_then(|dates| dates.deprecated),
        sunset: dates(name).and_then(|dates| dates.sunset),
    });
    consistent.then(|| VersionsView {
        default: version_number(&declared.default.value).unwrap_or_default(),
        media_type: declared.media_type.clone(),
        parameter: declared.parameter.clone(),
        latest: names.last().map(|(_, name)| Code::from(*name)).unwrap_or_default(),
        all: all.collect(),
    })
}

/// Returns the contradictions between one contract and the declaration of the versions.
fn contradictions(module: &str, facts: &VersionFacts, declared: &Versions, names: &[(u32, &str)]) -> Vec<Diagnostic> {
    let error = |span, message| Diagnostic::error("bad-versions", span, message);
    let mut problems = Vec::new();
    if let Some(own) = &facts.declared {
        if !own.agrees_with(declared) {
            let message = format!("`x-versions` of `{module}` contradicts `x-versions` of another version");
            problems.push(
                error(own.span, message)
                    .label("says something else")
                    .help("declare the versions in one contract only, for example in that of the newest version"),
            );
        }
        let named = own.dates.iter().map(|VersionDates { name, .. }| name).chain([&own.default]);
        for name in named.filter(|name| !names.iter().any(|(_, known)| *known == name.value)) {
            let known: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
            let message = format!("`x-versions` names the version `{}`, which has no contract", name.value);
            let problem = error(name.span, message).label("unknown version");
            problems.push(problem.help(format!("the contracts are `{}`", known.join("`, `"))));
        }
    }
    if version_number(module).is_none() {
        return problems;
    }
    for (path, span) in &facts.paths {
        let other = names.iter().find(|(_, name)| *name != module && has_prefix(path, name));
        if let Some((_, other)) = other {
            let message =
                format!("the path `{path}` of the version `{module}` has the prefix of the version `{other}`");
            problems.push(error(*span, message).label("belongs to another version"));
        }
    }
    if let Some((_, span)) = facts.paths.first()
        && !facts.paths.iter().any(|(path, _)| has_prefix(path, module))
    {
        let message =
            format!("no path of the version `{module}` begins with `/{module}/`, so no request can select it");
        let help = format!("write the paths as `/{module}/users`; only paths that all versions share have no prefix");
        problems.push(error(*span, message).label("the first operation").help(help));
    }
    for (name, span) in facts.query_parameters.iter().filter(|_| facts.declared.is_none()) {
        if *name == declared.parameter {
            let message =
                format!("the query parameter `{name}` selects the version of the API, so no operation receives it");
            problems.push(error(*span, message).label("has the name of that parameter"));
        }
    }
    problems
}

/// The newest version that has an operation, and the service that owns the operation there.
type Owner<'a> = (&'a str, Option<&'a str>);

/// Returns the owner of each operation in the newest version that has it, by the id of the operation.
fn owners<'a>(members: &[Member<'a>]) -> HashMap<&'a str, Owner<'a>> {
    let mut versions: Vec<_> = members.iter().filter(|member| version_number(member.module).is_some()).collect();
    versions.sort_by_key(|member| version_number(member.module));
    let mut owners = HashMap::new();
    for member in versions {
        let (module, facts): (&'a str, &'a VersionFacts) = (member.module, member.facts);
        owners.extend(facts.services.iter().map(|(id, owner)| (id.as_str(), (module, owner.value.as_deref()))));
    }
    owners
}

/// Returns the operations of a version that belong to another service than in the newest version.
///
/// The handler of the newest version serves both, so they are parts of one service.
fn other_services(module: &str, facts: &VersionFacts, owners: &HashMap<&str, Owner<'_>>) -> Vec<Diagnostic> {
    let named = |service: Option<&str>| match service {
        Some(service) => format!("to the service `{service}`"),
        None => "to every service".to_owned(),
    };
    let mut problems = Vec::new();
    for (id, own) in &facts.services {
        let Some((newest, service)) = owners.get(id.as_str()) else { continue };
        if version_number(module).is_none() || own.value.as_deref() == *service {
            continue;
        }
        let (here, there) = (named(own.value.as_deref()), named(*service));
        let message = format!("`{id}` belongs {here} in the version `{module}`, but {there} in `{newest}`");
        let problem = Diagnostic::error("bad-service", own.span, message).label("another service");
        problems.push(problem.help("declare one `x-service` for the tags of an operation in all versions"));
    }
    problems
}

/// Returns true if a path begins with the prefix of a version.
fn has_prefix(path: &str, version: &str) -> bool {
    let rest = path.strip_prefix('/').and_then(|path| path.strip_prefix(version));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
