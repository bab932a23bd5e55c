//! The type of schemas without `type`: `properties` and `items` imply one. All other keywords constrain only the values
//! of their own type (JSON Schema 2020-12, validation § 6), and values of other types are valid.

use crate::diagnostic::Diagnostic;
use crate::document::Node;
use crate::model::schema::StringShape;

use super::builder::Builder;
use super::facets::Facets;
use super::json_schema::checked_format;
use super::type_set::TypeSet;

impl<'d> Builder<'d, '_> {
    /// Returns the type that a schema without `type` implies, with the keyword that implies it.
    ///
    /// `properties` and `items` imply a type as published contracts intend it. A format of raw bytes, which JSON
    /// cannot contain, and `x-id-prefix` are declared only for strings.
    pub(super) fn implied(&self, facets: &Facets<'d>) -> Option<(TypeSet, &'static str)> {
        if !self.implied_types || facets.types.is_some() {
            return None;
        }
        if !facets.properties.is_empty() {
            Some((TypeSet::OBJECT, "properties"))
        } else if !facets.items.is_empty() {
            Some((TypeSet::ARRAY, "items"))
        } else if facets.id_prefix.is_some() {
            Some((TypeSet::STRING, "x-id-prefix"))
        } else {
            let content =
                facets.content_keyword.or(facets.format.filter(|(name, _)| *name == "binary").map(|_| "format"));
            content.map(|keyword| (TypeSet::STRING, keyword))
        }
    }

    /// Returns true if a schema has neither a declared nor an implied type, although some of its keywords constrain the
    /// values of one type. The interpreter then checks values of that type, and others are valid.
    ///
    /// The values of an `enum` and the branches of a union have types of their own.
    pub(super) fn is_untyped(&self, facets: &Facets<'d>) -> bool {
        let own_types = facets.values.is_some() || !facets.unions.is_empty();
        let is_checked = |(name, _)| self.check_formats && checked_format(name).is_some();
        facets.types.is_none()
            && self.implied(facets).is_none()
            && (facets.has_constraints() || facets.format.is_some_and(is_checked))
            && !(self.implied_types && own_types)
    }

    /// Reports that a schema has an implied type, once for each node of the contract.
    pub(super) fn report_implied(&mut self, nodes: &[&'d Node], facets: &Facets<'d>) {
        let Some((implied, keyword)) = self.implied(facets) else { return };
        let parts: Vec<&'d Node> = nodes.iter().flat_map(|node| self.parts_of(node)).collect();
        let Some(span) = parts.iter().find_map(|part| part.as_object()?.key_span(keyword)) else { return };
        if !self.implied_at.insert(span) {
            return;
        }
        self.report(
            Diagnostic::info("implied-type", span, "this schema declares no type")
                .label(format!("`{keyword}` implies {}", implied.words()))
                .help("declare the `type`; the setting `implied_types = false` accepts values of every type"),
        );
    }
}

impl<'d> Facets<'d> {
    /// Returns true if keywords other than `format` constrain the values of one JSON type only, such as `maxLength`.
    pub fn has_constraints(&self) -> bool {
        let object = !self.properties.is_empty()
            || !self.required.is_empty()
            || !self.additional.is_empty()
            || !self.closed.is_empty()
            || self.sealed
            || self.min_properties.is_some()
            || self.max_properties.is_some();
        let array = !self.items.is_empty() || self.min_items.is_some() || self.max_items.is_some() || self.unique;
        let text = self.text != StringShape::default() || self.id_prefix.is_some();
        let number = self.min.is_some() || self.max.is_some() || self.multiple_of.is_some();
        object || array || text || number
    }
}
