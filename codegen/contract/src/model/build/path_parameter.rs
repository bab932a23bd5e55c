//! The check of an operation's parameters against its path: each placeholder has a parameter, and the reverse.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, closest, one_line};
use crate::document::Key;
use crate::model::SchemaId;
use crate::model::operation::{Parameter, ParameterLocation, Style};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::Undeclared;
use super::path_template::PathTemplate;
use super::policy::placeholders;

/// The operations of a path: the HTTP method of each, and the span of its key.
type Methods<'m> = &'m [(&'m str, Span)];

impl<'d> Builder<'d, '_> {
    /// Adds the parameters with `in: path` whose names the path does not contain, if they are similar to a placeholder
    /// without a parameter. Reports each of them, and leaves out the others.
    pub(super) fn adopt(&mut self, parameters: &mut Vec<Parameter>, elsewhere: Vec<(Parameter, Span)>, path: &str) {
        let of_path = parameters.iter().filter(|known| known.location == ParameterLocation::Path);
        let declared: HashSet<String> = of_path.map(|known| known.name.clone()).collect();
        let mut free: Vec<&str> = placeholders(path).filter(|name| !declared.contains(*name)).collect();
        // Each message contains the path. It is shortened once, since a long path can have many parameters.
        let path = one_line(path.to_owned());
        for (parameter, span) in elsewhere {
            let name = &parameter.name;
            let close = closest(name, free.iter().copied()).map(str::to_owned);
            free.retain(|name| Some(*name) != close.as_deref());
            let message =
                format!("the parameter `{name}` has `in: path`, but the path `{path}` does not contain `{{{name}}}`");
            let report = self.remark("path-parameter-unused", span, message);
            let report = match (&close, self.strict) {
                (_, true) => report.label("not in the path"),
                (Some(close), false) => report.label(format!("treated as the parameter `{close}`")),
                (None, false) => report.label("ignored: not in the path"),
            };
            self.report(match &close {
                Some(close) => report.suggest(self.document.sources.inside_quotes(span), close.clone()),
                None => report.help(format!("add `{{{name}}}` to the path, or declare the parameter with `in: query`")),
            });
            parameters.extend(close.map(|name| Parameter { name, ..parameter }));
        }
    }

    /// Adds the parameters of the path that the operation does not declare, as strings, and records them for a report.
    pub(super) fn add_undeclared(&mut self, parameters: &mut Vec<Parameter>, method: &'d str, template: &PathTemplate) {
        let path = template.path();
        let queries = template.variables.values().filter(|variable| variable.location == ParameterLocation::Query);
        let queries = queries.map(|variable| (variable.name.as_str(), ParameterLocation::Query));
        let places = placeholders(path).map(|name| (name, ParameterLocation::Path)).chain(queries);
        let mut known: HashSet<(&str, ParameterLocation)> =
            parameters.iter().map(|parameter| (parameter.name.as_str(), parameter.location)).collect();
        let missing: Vec<(&str, ParameterLocation)> = places.filter(|place| known.insert(*place)).collect();
        if missing.is_empty() {
            return;
        }
        let others: HashMap<&str, (Span, ParameterLocation)> =
            parameters.iter().map(|other| (other.name.as_str(), (other.span, other.location))).collect();
        for (name, _) in missing.iter().filter(|(_, location)| *location == ParameterLocation::Path) {
            let new = || Undeclared { methods: Vec::new(), elsewhere: others.get(name).copied() };
            self.undeclared.entry((*name).to_owned()).or_insert_with(new).methods.push(method);
        }
        let schema = self.any_text(template.key.span);
        parameters.extend(missing.iter().map(|(name, location)| undeclared(name, *location, schema, template)));
    }

    /// Reports the path parameters that operations of one path do not declare, once for each parameter.
    pub(super) fn report_undeclared(&mut self, path: &Key, methods: Methods<'_>) {
        // Each message contains the path. It is shortened once, since a long path can have many parameters.
        let shown = one_line(path.name.clone());
        for (name, undeclared) in std::mem::take(&mut self.undeclared) {
            let (lacking, declaring): (Vec<_>, Vec<_>) =
                methods.iter().partition(|(method, _)| undeclared.methods.contains(method));
            let report = undeclared_parameter(&name, (&shown, path.span), (&lacking, &declaring), self.strict);
            self.report(match undeclared.elsewhere {
                Some((span, location)) => report
                    .also(span, format!("declared as a {} parameter", location.word()))
                    .help("if this is the parameter of the path, write `in: path` and `required: true`"),
                None => {
                    let place = match (declaring.is_empty(), lacking.as_slice()) {
                        (true, [_, _, ..]) => "the path".to_owned(),
                        _ => format!("{}, or of the path", listed(&lacking, str::to_ascii_lowercase)),
                    };
                    let parameter = format!("{{ name: {name}, in: path, required: true, schema: {{ type: string }} }}");
                    report.help(format!("add to the parameters of {place}: {parameter}"))
                }
            });
        }
    }
}

/// Returns the parameter of a path that no declaration describes.
fn undeclared(name: &str, location: ParameterLocation, schema: SchemaId, template: &PathTemplate) -> Parameter {
    let variable = template.variable(name, location);
    let default = if location == ParameterLocation::Path { Style::Simple } else { Style::Form };
    let style = variable.and_then(|variable| variable.style).unwrap_or(default);
    Parameter {
        name: name.to_owned(),
        span: template.key.span,
        location,
        required: location == ParameterLocation::Path,
        description: None,
        deprecated: false,
        style,
        encoding: Vec::new(),
        explode: variable.is_some_and(|variable| variable.explode) || style == Style::Form,
        schema,
        component: None,
        rust_name: None,
        may_be_empty: false,
        sort: false,
        orders: None,
        sparse: false,
    }
}

/// Returns the diagnostic for a path parameter that some operations of the path declare (`declaring`) and
/// others do not (`lacking`).
fn undeclared_parameter(
    name: &str,
    (path, span): (&str, Span),
    (lacking, declaring): (Methods<'_>, Methods<'_>),
    strict: bool,
) -> Diagnostic {
    let severity = if strict { Diagnostic::error } else { Diagnostic::warning };
    let remark = |span, message: String| severity("path-parameter-undeclared", span, message);
    let first = lacking.first().map_or("", |(method, _)| *method);
    let subject = match lacking.len() {
        1 => format!("`{first} {path}` does"),
        _ if declaring.is_empty() => format!("the operations of `{path}` do"),
        _ => format!("{} of `{path}` do", listed(lacking, str::to_owned)),
    };
    let others = match declaring.len() {
        0 => String::new(),
        1 => format!("; {} on the same path does", listed(declaring, str::to_owned)),
        _ => format!("; {} on the same path do", listed(declaring, str::to_owned)),
    };
    let message = format!("{subject} not declare the path parameter `{name}`{others}");
    match lacking.first().filter(|_| !declaring.is_empty()) {
        Some((_, key)) => remark(*key, message)
            .label(match strict {
                true => format!("`{name}` is not declared"),
                false => format!("`{name}` is treated as a required string"),
            })
            .also(span, format!("`{{{name}}}` in the path")),
        None => remark(span, message).label(match strict {
            true => format!("`{{{name}}}` in the path"),
            false => format!("`{{{name}}}` is treated as a required string"),
        }),
    }
}

/// Returns the names of methods as a sentence lists them, each as `spelled` writes it.
fn listed(methods: Methods<'_>, spelled: fn(&str) -> String) -> String {
    let mut names: Vec<String> = methods.iter().map(|(method, _)| format!("`{}`", spelled(method))).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}
