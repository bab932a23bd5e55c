//! The collection of `enum` and `const` keywords of a schema: the values without duplicates, and their Rust names.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, plural};
use crate::document::Node;
use crate::source::Span;

use super::builder::Builder;
use super::facets::Facets;
use super::node_fields::elements;

impl<'d> Builder<'d, '_> {
    /// Restricts the valid values of a schema to those of an `enum` or `const`.
    pub(super) fn collect_values(&mut self, values: Vec<&'d Node>, span: Span, facets: &mut Facets<'d>) {
        let before: Option<HashSet<Json>> =
            facets.values.as_ref().map(|before| before.iter().map(|known| known.to_json()).collect());
        // Numbers are compared as they are written: in an enum of strings, 1.1 and 1.10 are different texts.
        let mut first: HashMap<(Json, Option<&'d str>), Span> = HashMap::with_capacity(values.len());
        let mut kept: Vec<&'d Node> = Vec::with_capacity(values.len());
        for value in values {
            let json = value.to_json();
            if before.as_ref().is_some_and(|before| !before.contains(&json)) {
                continue;
            }
            match first.entry((json, value.as_number())) {
                Entry::Vacant(entry) => {
                    entry.insert(value.span);
                    kept.push(value);
                }
                Entry::Occupied(first) => self.repeated_value(value.span, *first.get()),
            }
        }
        if kept.is_empty() {
            let report = Diagnostic::error("contradiction", span, "no value of this enum is allowed");
            let others = facets.values.as_ref().and_then(|before| Some((before.first()?.span, before.last()?.span)));
            facets.contradictions.push(match others {
                Some((first, last)) => report
                    .label("none of these values is in the other enum")
                    .also(Span { end: last.end.max(first.end), ..first }, "the other enum")
                    .help("list each allowed value in both enums, or remove one of them"),
                None => report.label("lists no value").help("list the allowed values, or remove the enum"),
            });
            return;
        }
        facets.values = Some(kept);
    }

    /// Reports an enum value that is equal to an earlier one.
    pub(super) fn repeated_value(&mut self, second: Span, first: Span) {
        self.report(
            Diagnostic::warning("repeated-value", second, "the enum lists a value twice")
                .label("second occurrence")
                .also(first, "first occurrence")
                .help("remove one of the two"),
        );
    }

    /// Adds the Rust names of enum values, if the contract declares one name for each value.
    pub(super) fn collect_names(&mut self, node: &'d Node, values: &'d Node, facets: &mut Facets<'d>) {
        let values = elements(Some(values));
        for keyword in ["x-enum-varnames", "x-enumNames"] {
            let Some(list) = node.get(keyword) else { continue };
            let names = elements(Some(list));
            if names.len() != values.len() || names.iter().any(|name| name.as_str().is_none()) {
                let message = format!("`{keyword}` must list one name for each of the {} values", values.len());
                let label = match names.len() == values.len() {
                    true => "not all names are strings, so the list is ignored".to_owned(),
                    false => {
                        let (names, values) = (plural(names.len(), "name"), plural(values.len(), "value"));
                        format!("{names} for {values}, so the list is ignored")
                    }
                };
                self.report(
                    Diagnostic::warning("enum-names", list.span, message)
                        .label(label)
                        .help("list the names in the order of the values"),
                );
                return;
            }
            let pairs = values.iter().zip(names).filter_map(|(value, name)| Some((value.as_str()?, name.as_str()?)));
            facets.names.extend(pairs);
            return;
        }
    }
}
