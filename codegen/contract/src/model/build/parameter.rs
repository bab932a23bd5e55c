//! The parameters of path items and operations, and their check against the path template.

use crate::diagnostic::{Diagnostic, one_line};
use crate::document::{Key, Node};
use crate::model::operation::{ContentKind, Parameter, ParameterLocation, Style};
use crate::model::{Kind, SchemaId};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::Undeclared;
use super::node_fields::{elements, spanned_string, string, truth};
use super::policy::placeholders;
use super::response::kind_of;

/// The mistakes among the parameters of an operation. They prevent further reports about undeclared path parameters.
#[derive(Default)]
struct Misspelt {
    /// The placeholders in a path for which an operation has a parameter with a misspelt name.
    names: Vec<String>,
    /// True if a parameter of an operation could not be read; it could be any of the path parameters.
    unread: bool,
}

impl<'d> Builder<'d, '_> {
    /// Returns the parameters of an operation, and those of its path item that it does not replace.
    pub(super) fn parameters(
        &mut self,
        item: &'d Node,
        operation: &'d Node,
        (method, path): (&'d str, &str),
    ) -> Vec<Parameter> {
        let mut parameters: Vec<Parameter> = Vec::new();
        let mut misspelt = Misspelt::default();
        for (level, list) in [item.get("parameters"), operation.get("parameters")].into_iter().enumerate() {
            let start = parameters.len();
            // A list of the wrong type was reported when the contract was checked.
            misspelt.unread |= list.is_some_and(|list| list.as_array().is_none());
            for node in elements(list) {
                let Some(parameter) = self.parameter(node, path, &mut misspelt) else { continue };
                let same = |known: &Parameter| known.name == parameter.name && known.location == parameter.location;
                match parameters.iter().position(same) {
                    Some(at) if level == 1 && at < start => parameters[at] = parameter,
                    Some(at) => {
                        let first = parameters[at].span;
                        let (place, name) = (parameter.location.word(), &parameter.name);
                        let owner = match level {
                            1 if !path.is_empty() => format!("`{method} {path}`"),
                            1 => format!("a {method} operation"),
                            _ => "the path item".to_owned(),
                        };
                        let message = format!("{owner} declares the {place} parameter `{name}` twice");
                        self.report(
                            Diagnostic::error("duplicate-parameter", node.span, message)
                                .label("second declaration")
                                .also(first, "first declaration")
                                .help("remove one of the two"),
                        );
                    }
                    None => parameters.push(parameter),
                }
            }
        }
        self.check_query_string(&mut parameters);
        self.find_undeclared(&parameters, &misspelt, method, path);
        parameters
    }

    fn parameter(&mut self, reference: &'d Node, path: &str, misspelt: &mut Misspelt) -> Option<Parameter> {
        // A parameter that cannot be read was reported already; it may be any parameter of the path.
        let before = std::mem::replace(&mut misspelt.unread, true);
        let node = self.follow(reference)?;
        let name = string(node, "name")?;
        let location = match string(node, "in")?.as_str() {
            "path" => ParameterLocation::Path,
            "query" => ParameterLocation::Query,
            "querystring" => ParameterLocation::QueryString,
            "header" => ParameterLocation::Header,
            "cookie" => ParameterLocation::Cookie,
            // Any other location was reported during loading.
            _ => return None,
        };
        misspelt.unread = before;
        if location == ParameterLocation::Header {
            self.check_header_name(&name, node.span);
        }
        if location == ParameterLocation::Header
            && ["accept", "content-type", "authorization"].contains(&name.to_ascii_lowercase().as_str())
        {
            // OpenAPI ignores a header parameter with this name (OpenAPI 3.0.3, section 4.7.12.2).
            self.report(
                Diagnostic::info(
                    "ignored-header",
                    node.span,
                    format!("a parameter cannot declare the header `{name}`"),
                )
                .label("ignored (OpenAPI 3.0.3 § 4.7.12.2): media types and security schemes describe it"),
            );
            return None;
        }
        if location == ParameterLocation::Path && !placeholders(path).any(|known| known == name) {
            let close = crate::diagnostic::closest(&name, placeholders(path));
            misspelt.names.extend(close.map(str::to_owned));
            let span = node.get("name").map_or(node.span, |value| value.span);
            let message =
                format!("the parameter `{name}` has `in: path`, but the path `{path}` does not contain `{{{name}}}`");
            // A misspelt parameter is an error, since a placeholder of the path then lacks its parameter.
            let report = match close {
                Some(_) => Diagnostic::error("path-parameter-unused", span, message).label("not in the path"),
                None => self.remark("path-parameter-unused", span, message).label(match self.strict {
                    true => "not in the path",
                    false => "ignored: not in the path",
                }),
            };
            self.report(match close {
                Some(close) => report.suggest(self.document.sources.inside_quotes(span), close),
                None => report.help(format!("add `{{{name}}}` to the path, or declare the parameter with `in: query`")),
            });
            // The schema of the ignored parameter is built anyway, so that its mistakes are reported.
            node.get("schema").map(|schema| self.schema(schema));
            return None;
        }
        let required = truth(node, "required");
        if location == ParameterLocation::Path && !required {
            let report = self
                .remark(
                    "path-parameter-optional",
                    node.span,
                    format!("the path parameter `{name}` must declare `required: true`"),
                )
                .label(if self.strict { "not declared as required" } else { "treated as required" });
            self.report(report);
        }
        let content = self.only_content(node);
        let (schema, by_media_type) = match (node.get("schema"), content) {
            (Some(schema), _) => (self.schema(schema), None),
            (None, Some((key, media))) => {
                let schema = media.get("schema").map(|schema| self.schema(schema));
                let schema = schema.unwrap_or_else(|| self.anything(media));
                (schema, Some(self.style_of(key, schema, location)))
            }
            (None, None) => (self.anything(node), None),
        };
        match content.filter(|_| by_media_type.is_some()) {
            Some((_, media)) => self.examples_beside(schema, media),
            None => self.examples_beside(schema, node),
        }
        let default_style = match location {
            ParameterLocation::Query | ParameterLocation::QueryString | ParameterLocation::Cookie => Style::Form,
            ParameterLocation::Path | ParameterLocation::Header => Style::Simple,
        };
        let style = match string(node, "style").as_deref() {
            _ if by_media_type.is_some() => by_media_type.unwrap_or(default_style),
            None => default_style,
            Some("simple") => Style::Simple,
            Some("label") => Style::Label,
            Some("matrix") => Style::Matrix,
            Some("form") => Style::Form,
            Some("spaceDelimited") => Style::SpaceDelimited,
            Some("pipeDelimited") => Style::PipeDelimited,
            Some("deepObject") => Style::DeepObject,
            Some("cookie") => Style::Cookie,
            // Any other style was reported during loading.
            Some(_) => default_style,
        };
        let fits = match style {
            Style::Json | Style::Text => true,
            Style::Simple => matches!(location, ParameterLocation::Path | ParameterLocation::Header),
            Style::Label | Style::Matrix => location == ParameterLocation::Path,
            _ if location == ParameterLocation::QueryString => true,
            Style::Form => matches!(location, ParameterLocation::Query | ParameterLocation::Cookie),
            Style::Cookie => location == ParameterLocation::Cookie,
            Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject => location == ParameterLocation::Query,
        };
        let style = match fits {
            true => style,
            false => {
                let span = node.get("style").map_or(node.span, |value| value.span);
                let report = self
                    .remark(
                        "misplaced-style",
                        span,
                        format!("this style is not allowed for {} parameters", location.word()),
                    )
                    .label(format!("treated as `{}`", if default_style == Style::Form { "form" } else { "simple" }));
                self.report(report);
                default_style
            }
        };
        Some(Parameter {
            rust_name: spanned_string(node, "x-rust-name"),
            name,
            span: node.span,
            location,
            required: required || location == ParameterLocation::Path,
            description: string(node, "description"),
            deprecated: truth(node, "deprecated"),
            style,
            explode: node
                .get("explode")
                .and_then(Node::as_bool)
                .unwrap_or(matches!(style, Style::Form | Style::Cookie)),
            encoding: content.map(|(_, media)| self.encoding(media)).unwrap_or_default(),
            schema,
            component: self.names.get(&node.span).cloned(),
            may_be_empty: location == ParameterLocation::Query && truth(node, "allowEmptyValue"),
            sort: truth(node, "x-sort"),
            sparse: truth(node, "x-sparse"),
        })
    }

    /// Returns the style of a parameter that has `content` with a media type instead of `schema`.
    fn style_of(&mut self, media_type: &Key, schema: SchemaId, location: ParameterLocation) -> Style {
        let structured = matches!(self.schemas.kind(schema), Kind::Object(_) | Kind::Array(_) | Kind::Union(_));
        match kind_of(&media_type.name) {
            Some(ContentKind::Form) if location == ParameterLocation::QueryString => Style::Form,
            Some(ContentKind::Json) => Style::Json,
            // A structured value is JSON, even if its media type is a vendor's own without `+json`.
            Some(ContentKind::Binary) if structured => Style::Json,
            Some(ContentKind::Text | ContentKind::Binary) => Style::Text,
            _ => {
                let message = format!("the media type `{}` is not supported for a parameter", media_type.name);
                let report = Diagnostic::error("unsupported-media-type", media_type.span, message);
                self.report(report.help("use `application/json` or `text/plain`, or `schema` with a `style`"));
                Style::Text
            }
        }
    }

    /// Records the placeholders of the path that the operation does not declare as path parameters.
    fn find_undeclared(&mut self, parameters: &[Parameter], misspelt: &Misspelt, method: &'d str, path: &str) {
        for name in placeholders(path) {
            let named = || parameters.iter().filter(|parameter| parameter.name == name);
            let declared = named().any(|parameter| parameter.location == ParameterLocation::Path);
            if declared || misspelt.unread || misspelt.names.iter().any(|other| other == name) {
                continue;
            }
            match self.undeclared.get_mut(name) {
                Some(undeclared) => undeclared.methods.push(method),
                None => {
                    let elsewhere = named().next().map(|other| (other.span, other.location));
                    self.undeclared.insert(name.to_owned(), Undeclared { methods: vec![method], elsewhere });
                }
            }
        }
    }

    /// Reports the path parameters that operations of one path do not declare, once for each parameter.
    pub(super) fn report_undeclared(&mut self, path: &Key, methods: &[(&str, Span)]) {
        // Each message contains the path. It is shortened once, since a long path can have many parameters.
        let shown = one_line(path.name.clone());
        for (name, undeclared) in std::mem::take(&mut self.undeclared) {
            let (lacking, declaring): (Vec<_>, Vec<_>) =
                methods.iter().partition(|(method, _)| undeclared.methods.contains(method));
            let report = undeclared_parameter(&name, (&shown, path.span), &lacking, &declaring);
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

/// Returns the diagnostic for a path parameter that some operations of the path declare (`declaring`) and
/// others do not (`lacking`).
fn undeclared_parameter(
    name: &str,
    (path, span): (&str, Span),
    lacking: &[(&str, Span)],
    declaring: &[(&str, Span)],
) -> Diagnostic {
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
        Some((_, key)) => Diagnostic::error("path-parameter-undeclared", *key, message)
            .label(format!("`{name}` is not declared"))
            .also(span, format!("`{{{name}}}` in the path")),
        None => {
            Diagnostic::error("path-parameter-undeclared", span, message).label(format!("`{{{name}}}` in the path"))
        }
    }
}

/// Returns the names of methods as a sentence lists them, each as `spelled` writes it.
fn listed(methods: &[(&str, Span)], spelled: fn(&str) -> String) -> String {
    let mut names: Vec<String> = methods.iter().map(|(method, _)| format!("`{}`", spelled(method))).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} and {last}", names.join(", ")) }
}
