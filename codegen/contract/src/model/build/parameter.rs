//! The parameters of path items and operations.

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node};
use crate::model::operation::{ContentKind, Parameter, ParameterLocation, Style};
use crate::model::{Kind, SchemaId};
use crate::source::Span;

use super::builder::Builder;
use super::encoding::collection_format;
use super::node_fields::{elements, spanned_string, string, truth};
use super::path_item::PathItem;
use super::path_template::PathTemplate;
use super::policy::placeholders;
use super::response::kind_of;

/// A parameter that was read, and its relation to the path.
pub(super) enum Read {
    /// The parameter is complete.
    Parameter(Parameter),
    /// The parameter has `in: path`, but the path does not contain its name, which has this span.
    NotInPath(Parameter, Span),
    /// The parameter has no effect by definition, such as the header `Accept`.
    Ignored,
    /// The parameter could not be read, which was reported.
    Unreadable,
}

impl<'d> Builder<'d, '_> {
    /// Returns the parameters of an operation, and those of its path item that it does not replace.
    ///
    /// Parameters of the path that no declaration describes are required strings.
    pub(super) fn parameters(
        &mut self,
        item: &PathItem<'d>,
        operation: &'d Node,
        (method, template): (&'d str, &PathTemplate),
    ) -> Vec<Parameter> {
        let path = template.path();
        let mut parameters: Vec<Parameter> = Vec::new();
        let (mut elsewhere, mut unread) = (Vec::new(), false);
        for (level, list) in [item.get("parameters"), operation.get("parameters")].into_iter().enumerate() {
            let start = parameters.len();
            // A list of the wrong type was reported when the contract was checked.
            unread |= list.is_some_and(|list| list.as_array().is_none());
            for node in elements(list) {
                let parameter = match self.parameter(node, template) {
                    Read::Parameter(parameter) => parameter,
                    Read::NotInPath(parameter, name) => {
                        elsewhere.push((parameter, name));
                        continue;
                    }
                    Read::Ignored => continue,
                    Read::Unreadable => {
                        unread = true;
                        continue;
                    }
                };
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
        self.adopt(&mut parameters, elsewhere, path);
        // A parameter that could not be read may be any parameter of the path.
        if !unread {
            self.add_undeclared(&mut parameters, method, template);
        }
        self.check_query_string(&mut parameters);
        parameters
    }

    fn parameter(&mut self, reference: &'d Node, template: &PathTemplate) -> Read {
        let Some((node, name, declared)) = self.follow(reference).and_then(|node| {
            let location = ParameterLocation::named(node.get("in").and_then(Node::as_str)?)?;
            // The name of the complete query string is not a part of requests.
            let unnamed = || (location == ParameterLocation::QueryString).then(|| "query".to_owned());
            Some((node, string(node, "name").or_else(unnamed)?, location))
        }) else {
            return Read::Unreadable;
        };
        let location = match declared {
            ParameterLocation::Path if template.variable(&name, ParameterLocation::Query).is_some() => {
                ParameterLocation::Query
            }
            _ => declared,
        };
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
            return Read::Ignored;
        }
        let required = truth(node, "required");
        let in_path = placeholders(template.path()).any(|known| known == name);
        if location == ParameterLocation::Path && in_path && !required {
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
                match self.style_of(key, schema, location) {
                    Some(style) => (schema, Some(style)),
                    None => (self.any_text(media.span), Some(Style::Text)),
                }
            }
            (None, None) => (self.any_text(node.span), None),
        };
        match content.filter(|_| by_media_type.is_some()) {
            Some((_, media)) => self.examples_beside(schema, media),
            None => self.examples_beside(schema, node),
        }
        let default_style = match location {
            ParameterLocation::Query | ParameterLocation::QueryString | ParameterLocation::Cookie => Style::Form,
            ParameterLocation::Path | ParameterLocation::Header => Style::Simple,
        };
        let collection_format = collection_format(node);
        let style = match string(node, "style").as_deref() {
            _ if by_media_type.is_some() => by_media_type.unwrap_or(default_style),
            None => collection_format.unwrap_or(default_style),
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
        let variable = template.variable(&name, location);
        let style = variable.and_then(|it| it.style).filter(|_| node.get("style").is_none()).unwrap_or(style);
        let fits = match style {
            Style::Json | Style::Text => true,
            _ if collection_format.is_some() => true,
            Style::Simple => matches!(location, ParameterLocation::Path | ParameterLocation::Header),
            Style::Label | Style::Matrix => location == ParameterLocation::Path,
            _ if location == ParameterLocation::QueryString => true,
            Style::Form => matches!(location, ParameterLocation::Query | ParameterLocation::Cookie),
            Style::Cookie => location == ParameterLocation::Cookie,
            Style::SpaceDelimited | Style::PipeDelimited | Style::TabDelimited | Style::DeepObject => {
                location == ParameterLocation::Query
            }
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
        let explode = variable.is_some_and(|variable| variable.explode) || matches!(style, Style::Form | Style::Cookie);
        let parameter = Parameter {
            rust_name: spanned_string(node, "x-rust-name"),
            name,
            span: node.span,
            location,
            required: required || location == ParameterLocation::Path,
            description: string(node, "description"),
            deprecated: truth(node, "deprecated"),
            style,
            explode: node.get("explode").and_then(Node::as_bool).unwrap_or(explode),
            encoding: content.map(|(_, media)| self.encoding(media)).unwrap_or_default(),
            schema,
            component: self.names.get(&node.span).cloned(),
            may_be_empty: location == ParameterLocation::Query && truth(node, "allowEmptyValue"),
            sort: truth(node, "x-sort"),
            orders: None,
            sparse: truth(node, "x-sparse"),
        };
        match location == ParameterLocation::Path && !in_path {
            true => Read::NotInPath(parameter, node.get("name").map_or(node.span, |name| name.span)),
            false => Read::Parameter(parameter),
        }
    }

    /// Returns the style of a parameter that has `content` with a media type instead of `schema`; `None` if the runtime
    /// cannot decode the media type, which is reported.
    fn style_of(&mut self, media_type: &Key, schema: SchemaId, location: ParameterLocation) -> Option<Style> {
        let structured = matches!(self.schemas.kind(schema), Kind::Object(_) | Kind::Array(_) | Kind::Union(_));
        match kind_of(&media_type.name) {
            Some(ContentKind::Form) if location == ParameterLocation::QueryString => Some(Style::Form),
            Some(ContentKind::Json) => Some(Style::Json),
            // A structured value is JSON, even if its media type is a vendor's own without `+json`.
            Some(ContentKind::Binary) if structured => Some(Style::Json),
            Some(ContentKind::Text | ContentKind::Binary) => Some(Style::Text),
            _ => {
                let message = format!("the media type `{}` is not supported for a parameter", media_type.name);
                let report = self.remark("unsupported-media-type", media_type.span, message);
                let report = report.label(if self.strict { "not decoded" } else { "treated as a string" });
                self.report(report.help("use `application/json` or `text/plain`, or `schema` with a `style`"));
                None
            }
        }
    }
}
