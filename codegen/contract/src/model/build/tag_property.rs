//! The properties by which discriminators select the branches of a union, in the schemas of the branches.

use crate::diagnostic::Diagnostic;
use crate::model::SchemaId;
use crate::model::schema::{Kind, Property, Schema};
use crate::source::Span;

use super::builder::Builder;

/// A branch that a discriminator selects.
struct Selected {
    /// The span of the discriminator.
    at: Span,
    property: String,
    branch: SchemaId,
}

impl Builder<'_, '_> {
    /// Completes the properties of discriminators in the branches of all unions.
    ///
    /// A branch cannot be selected without the property, so a value contains it in both directions, also if it is
    /// `readOnly` or `writeOnly`. A branch that does not declare it gets an optional string (OpenAPI 3.0.3, section
    /// 4.7.25: the property decides which schema a value has).
    pub(super) fn settle_tag_properties(&mut self, unions: &[(SchemaId, Span)]) {
        for Selected { at, property, branch } in self.selected(unions) {
            let Kind::Object(object) = &self.schemas.get(branch).kind else { continue };
            let declared = object.properties.iter().position(|known| known.name == property);
            match declared.map(|index| (index, object.properties[index].schema)) {
                Some((index, schema)) => {
                    if let Some(both_ways) = self.in_both_directions(schema)
                        && let Kind::Object(object) = &mut self.schemas.get_mut(branch).kind
                    {
                        object.properties[index].schema = both_ways;
                    }
                }
                None if object.is_map() => {}
                None => self.declare(at, property, branch),
            }
        }
    }

    /// Returns the branches that discriminators select by a value. A default branch also holds objects with other values.
    fn selected(&self, unions: &[(SchemaId, Span)]) -> Vec<Selected> {
        let mut found = Vec::new();
        for (union, at) in unions {
            let Kind::Union(union) = &self.schemas.get(*union).kind else { continue };
            let Some(discriminator) = &union.discriminator else { continue };
            for (index, branch) in union.branches.iter().enumerate() {
                if discriminator.default != Some(index) {
                    let branch = self.schemas.target(*branch);
                    found.push(Selected { at: *at, property: discriminator.property.clone(), branch });
                }
            }
        }
        found
    }

    /// Returns a schema with the values of another one, whose values both requests and responses contain. Returns `None` if
    /// they already do.
    fn in_both_directions(&mut self, schema: SchemaId) -> Option<SchemaId> {
        self.schemas.nearest(schema, |one| (one.read_only || one.write_only).then_some(()))?;
        let target = self.schemas.target(schema);
        let outer = self.schemas.get(schema).clone();
        let inner = self.schemas.get(target);
        let kind = match inner.read_only || inner.write_only {
            true => inner.kind.clone(),
            false => Kind::Alias(target),
        };
        let nullable = self.schemas.nullable(schema);
        let own = Schema { component: None, read_only: false, write_only: false, nullable, kind, ..outer };
        Some(self.schemas.add(own))
    }

    /// Adds the property of a discriminator to a branch that does not declare it.
    fn declare(&mut self, at: Span, property: String, branch: SchemaId) {
        let schema = self.schemas.get(branch);
        let variant = schema.component.as_ref().or(schema.title.as_ref());
        let variant = variant.map_or_else(|| "a variant".to_owned(), |name| format!("the variant `{name}`"));
        let span = schema.span;
        let message = format!("{variant} does not declare the property `{property}` of this discriminator");
        self.report(
            Diagnostic::warning("discriminator-undeclared", at, message)
                .label("read and written as a string of the variant")
                .also(span, "declares no such property")
                .help(format!("declare `{property}` as a required string of each variant")),
        );
        let text = self.any_text(span);
        if let Kind::Object(object) = &mut self.schemas.get_mut(branch).kind {
            object.properties.push(Property { name: property, schema: text, required: false, rust_name: None });
        }
    }
}
