//! Path templates: the expressions in braces, also those of RFC 6570, which OpenAPI does not define for paths.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use crate::document::{Key, Node};
use crate::model::operation::{ParameterLocation, Style};
use crate::source::Span;

use super::builder::Builder;
use super::node_fields::{elements, string};
use super::path_item::PathItem;
use super::policy::placeholders;
use super::route::matched;

/// A path as the router matches it, and the meaning of the operators of RFC 6570 that it was written with.
pub(super) struct PathTemplate {
    /// The path, in which every expression is the name of a parameter in braces.
    pub(super) key: Key,
    /// The parameters that were written with an operator, by name.
    pub(super) variables: IndexMap<String, Variable>,
}

/// A parameter that a path contains with an operator of RFC 6570, such as `{.id}`.
pub(super) struct Variable {
    /// The name of the parameter without operators.
    pub(super) name: String,
    /// The location of the parameter: the path, or the query string for the operators `?` and `&`.
    pub(super) location: ParameterLocation,
    /// The style that the operator means, if it means one.
    pub(super) style: Option<Style>,
    /// True if the operator `*` follows the name of the parameter.
    pub(super) explode: bool,
}

/// An expression in braces that is more than the name of a parameter.
struct Expression {
    /// The text that replaces the expression in the path.
    path: String,
    /// The parameters in the expression.
    variables: Vec<Variable>,
    /// The meaning of the expression in words, for the label of a diagnostic.
    meaning: String,
}

impl Expression {
    /// Returns true if the text of the expression is only the name of a parameter.
    fn is_name(&self, inner: &str) -> bool {
        let is_plain = |it: &Variable| it.name == inner && it.style.is_none() && !it.explode;
        self.path.strip_prefix('{').and_then(|path| path.strip_suffix('}')) == Some(inner)
            && matches!(self.variables.as_slice(), [variable] if is_plain(variable))
    }
}

impl PathTemplate {
    /// Returns the template of an operation without a path of its own, such as a webhook.
    pub(super) fn none(span: Span) -> PathTemplate {
        PathTemplate { key: Key { name: String::new(), span }, variables: IndexMap::new() }
    }

    /// Returns the part of the path that the router matches, without a query string and a fragment.
    pub(super) fn path(&self) -> &str {
        matched(&self.key.name)
    }

    /// Returns the parameter with an operator that has this name, in the path or in the query string.
    pub(super) fn variable(&self, name: &str, location: ParameterLocation) -> Option<&Variable> {
        self.variables.get(name).filter(|variable| variable.location == location)
    }
}

impl<'d> Builder<'d, '_> {
    /// Returns the template of a path; reports operators of RFC 6570 and their meaning.
    ///
    /// A name that an operation declares as a path parameter is never read as an operator. Returns `None`, with an
    /// error, for a path that no router can match.
    pub(super) fn path_template(&mut self, path: &Key, item: &PathItem<'d>) -> Option<PathTemplate> {
        let mut template = PathTemplate::none(path.span);
        let mut declared: Option<HashSet<String>> = None;
        let mut rest = path.name.as_str();
        while let Some(at) = rest.find(['{', '}']) {
            let (before, after) = rest.split_at(at);
            template.key.name.push_str(before);
            let end = after.get(1..).and_then(|inner| inner.find(['{', '}']));
            let Some((inner, left)) = end.and_then(|end| expression_at(after, end)) else {
                self.unroutable(path, "each `{` in a path needs its `}`", "write each parameter as `{name}`");
                return None;
            };
            rest = left;
            let plain =
                !inner.is_empty() && inner.chars().all(|letter| letter.is_alphanumeric() || "_-.$".contains(letter));
            let literal = plain && !inner.starts_with('.');
            let is_declared =
                literal || declared.get_or_insert_with(|| self.declared_path_parameters(item)).contains(inner);
            if is_declared {
                template.key.name.extend(["{", inner, "}"]);
                continue;
            }
            match read(inner, template.key.name.ends_with('/')) {
                Ok(expression) if expression.is_name(inner) => template.key.name.push_str(&expression.path),
                Ok(expression) => {
                    self.report_expression(path.span, inner, &expression);
                    template.key.name.push_str(&expression.path);
                    template.variables.extend(expression.variables.into_iter().map(|it| (it.name.clone(), it)));
                }
                Err(reason) => {
                    let message = format!("`{{{inner}}}` cannot be matched in a path: {reason}");
                    self.unroutable(path, &message, "write each parameter as `{name}`, separated by other characters");
                    return None;
                }
            }
        }
        template.key.name.push_str(rest);
        if template.key.name.is_empty() {
            template.key.name.push('/');
        }
        self.report_repeated(&template);
        Some(template)
    }

    /// Reports the parameters that a path contains several times, of which the first value is used.
    fn report_repeated(&mut self, template: &PathTemplate) {
        let mut seen = HashSet::new();
        for name in placeholders(template.path()).filter(|name| !seen.insert(*name)) {
            let message = format!("the path contains the parameter `{name}` several times");
            let report = self.remark("duplicate-parameter", template.key.span, message);
            let report = report.label(if self.strict { "ambiguous" } else { "the first of its values is used" });
            self.report(report.help("give each parameter of the path another name"));
        }
    }

    fn unroutable(&mut self, path: &Key, message: &str, help: &str) {
        let problem = Diagnostic::error("unroutable-path", path.span, message).label("not a path template");
        self.report(problem.help(help));
    }

    fn report_expression(&mut self, span: Span, inner: &str, expression: &Expression) {
        let message = format!("`{{{inner}}}` in a path is not the name of a parameter");
        let report = self.remark("path-expression", span, message);
        let report = match self.strict {
            true => report.label("OpenAPI defines no operators in paths"),
            false => report.label(&expression.meaning),
        };
        self.report(report.help(match expression.path.is_empty() {
            true => "remove it from the path, and declare query parameters with `in: query`",
            false => "write the name of the parameter alone in braces, and declare its `style`",
        }));
    }

    /// Returns the names of the path parameters that a path item or one of its operations declares.
    fn declared_path_parameters(&mut self, item: &PathItem<'d>) -> HashSet<String> {
        let operations = item.methods().map(|(_, node, _)| node.get("parameters"));
        let lists: Vec<Option<&'d Node>> = std::iter::once(item.get("parameters")).chain(operations).collect();
        let nodes: Vec<&'d Node> = lists.into_iter().flat_map(elements).collect();
        let parameters = nodes.into_iter().filter_map(|node| self.follow(node));
        let of_path = parameters.filter(|node| node.get("in").and_then(Node::as_str) == Some("path"));
        of_path.filter_map(|node| string(node, "name")).collect()
    }
}

/// Returns the text between braces that begins at the start of a text, and the text after it. `end` is the offset of
/// the next brace within the expression.
fn expression_at(text: &str, end: usize) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let (inner, left) = inner.split_at_checked(end)?;
    Some((inner, left.strip_prefix('}')?))
}

/// Returns the meaning of an expression of RFC 6570 in a path.
///
/// # Errors
///
/// Returns the reason if no router can match the expression.
fn read(inner: &str, after_slash: bool) -> Result<Expression, &'static str> {
    let trimmed = inner.trim();
    let operator = trimmed.chars().next().filter(|letter| "+#./;?&".contains(*letter));
    let names = operator.map_or(trimmed, |operator| &trimmed[operator.len_utf8()..]);
    let location = match operator {
        Some('?' | '&') => ParameterLocation::Query,
        _ => ParameterLocation::Path,
    };
    let style = match operator {
        Some('.') => Some(Style::Label),
        Some(';') => Some(Style::Matrix),
        _ => None,
    };
    let mut unchecked = "";
    let mut variables = Vec::new();
    for written in split(names) {
        let (name, explode) = match written.trim().strip_suffix('*') {
            Some(name) => (name, true),
            None => (written.trim(), false),
        };
        let (name, limit) = name.split_once(':').unwrap_or((name, ""));
        unchecked = if limit.is_empty() { unchecked } else { limit };
        if name.is_empty() {
            return Err("it has no name");
        }
        variables.push(Variable { name: name.to_owned(), location, style, explode });
    }
    let braced: Vec<String> = variables.iter().map(|variable| format!("{{{}}}", variable.name)).collect();
    let (path, meaning) = match operator {
        Some('.' | ';') if variables.len() > 1 => return Err("the end of each value is unknown"),
        Some('/') if variables.iter().any(|variable| variable.explode) => {
            return Err("the number of its segments is unknown");
        }
        Some('.') => (braced.concat(), format!("treated as `{}` with `style: label`", braced.concat())),
        Some(';') => (braced.concat(), format!("treated as `{}` with `style: matrix`", braced.concat())),
        Some('/') => {
            let path = format!("{}{}", if after_slash { "" } else { "/" }, braced.join("/"));
            let meaning = format!("treated as `/{}`", path.trim_start_matches('/'));
            (path, meaning)
        }
        Some('+') => {
            (braced.join(","), format!("treated as `{}`: a `/` in a value must be sent as `%2F`", braced.join(",")))
        }
        Some('#') => {
            variables.clear();
            (String::new(), "ignored: no client sends a fragment".to_owned())
        }
        Some(_) => {
            let names: Vec<String> = variables.iter().map(|variable| format!("`{}`", variable.name)).collect();
            (String::new(), format!("treated as query parameters: {}", names.join(", ")))
        }
        None => (braced.join(","), format!("treated as `{}`", braced.join(","))),
    };
    let meaning = match (unchecked, variables.iter().any(|variable| variable.explode)) {
        ("", false) => meaning,
        ("", true) => format!("{meaning}, exploded"),
        (limit, _) => format!("{meaning}; `{limit}` is not checked"),
    };
    Ok(Expression { path, variables, meaning })
}

/// Splits the variables of an expression at its commas, except those in a limit such as `id:[0-9]{1,3}`.
fn split(names: &str) -> impl Iterator<Item = &str> {
    let several =
        names.split_once(':').is_none_or(|(_, limit)| limit.starts_with(|letter: char| letter.is_ascii_digit()));
    names.split(move |letter| several && letter == ',')
}

#[cfg(test)]
mod tests {
    use super::{ParameterLocation, Style, read};

    fn path(inner: &str) -> Result<String, &'static str> {
        read(inner, false).map(|expression| expression.path)
    }

    #[test]
    fn an_operator_decides_the_path_that_is_matched() {
        assert_eq!(path(".id").as_deref(), Ok("{id}"));
        assert_eq!(path("id*").as_deref(), Ok("{id}"));
        assert_eq!(path("/a,b").as_deref(), Ok("/{a}/{b}"));
        assert_eq!(path("a,b").as_deref(), Ok("{a},{b}"));
        assert_eq!(path("+file").as_deref(), Ok("{file}"));
        assert_eq!(path("?page,limit*").as_deref(), Ok(""));
        assert_eq!(path("#part").as_deref(), Ok(""));
        assert_eq!(path("id:[a-z,]+").as_deref(), Ok("{id}"));
    }

    #[test]
    fn an_operator_decides_the_style_and_location_of_a_parameter() {
        let read = |inner| read(inner, false).map(|expression| expression.variables).unwrap_or_default();
        let one = |inner| read(inner).into_iter().next().map(|it| (it.name, it.location, it.style, it.explode));
        let id = || "id".to_owned();
        assert_eq!(one(".id*"), Some((id(), ParameterLocation::Path, Some(Style::Label), true)));
        assert_eq!(one(";id"), Some((id(), ParameterLocation::Path, Some(Style::Matrix), false)));
        assert_eq!(one("&id"), Some((id(), ParameterLocation::Query, None, false)));
        assert_eq!(one("id:3"), Some((id(), ParameterLocation::Path, None, false)));
    }

    #[test]
    fn an_expression_without_a_name_or_with_an_unknown_end_is_refused() {
        for inner in ["", "?", ".", "a,,b", ";a,b", "/rest*", " "] {
            assert!(path(inner).is_err(), "{inner:?}");
        }
    }
}
