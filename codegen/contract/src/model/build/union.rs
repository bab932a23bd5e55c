//! The kinds of unions (`oneOf`, `anyOf`): each branch is combined with the keywords beside the union.

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::SchemaId;
use crate::model::schema::{Discriminator, Kind, Schema, StringShape, UnionShape};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::Discriminated;
use super::facets::Facets;
use super::node_fields::{elements, entries, is_plain_reference, string, truth};
use super::type_set::TypeSet;

impl<'d> Builder<'d, '_> {
    /// Returns the kind of a schema with unions: that of the first union; further ones constrain each of its branches.
    ///
    /// Also returns true if a branch of the union is null.
    pub(super) fn finish_union(&mut self, id: SchemaId, nodes: &[&'d Node], facets: &Facets<'d>) -> (Kind, bool) {
        let union = facets.unions[0];
        let decided: Vec<Span> = vec![union.branches.span];
        let alone = self.stands_alone(nodes, facets);
        let mut branches: Vec<(SchemaId, &'d Node)> = Vec::new();
        let mut null = false;
        // True if every branch extends the schema with the union.
        let mut extended = true;
        // A `oneOf` with two branches for null does not allow null, so the branches are then read like all others.
        let twice = union.exactly_one && self.forms_of_null(union.branches) > 1;
        let hopeless = self.hopeless(union.branches, facets);
        for branch in elements(Some(union.branches)) {
            let Some(target) = self.follow_plain(branch) else { continue };
            if is_null(target) && !twice {
                null = true;
                continue;
            }
            if hopeless.contains(&target.span) {
                continue;
            }
            let extends = (!alone || facets.discriminator.is_some()) && self.extends(target, nodes);
            extended &= extends;
            let schema = match alone || extends {
                true => self.schema(branch),
                false => self.branch_with(target, nodes, &decided),
            };
            branches.push((schema, branch));
        }
        let kind = match branches.as_slice() {
            [] => Kind::Null,
            [(only, _)] => Kind::Alias(*only),
            _ => {
                let inherited = facets.discriminator.filter(|_| extended);
                let discriminator = match (union.discriminator, inherited) {
                    (Some(own), _) => self.discriminator(id, own, &branches, false),
                    (None, Some(inherited)) => self.discriminator(id, inherited, &branches, true),
                    (None, None) => None,
                };
                Kind::Union(UnionShape {
                    exactly_one: union.exactly_one,
                    branches: branches.iter().map(|(schema, _)| *schema).collect(),
                    discriminator,
                })
            }
        };
        (kind, null)
    }

    /// Returns true if a branch of a union contains all nodes of the schema with the union, by `allOf` or references.
    /// The branch then needs no combination with them.
    fn extends(&mut self, target: &'d Node, nodes: &[&'d Node]) -> bool {
        let parts: Vec<Span> = self.parts_of(target).iter().map(|part| part.span).collect();
        nodes.iter().all(|node| node.span != target.span && parts.contains(&node.span))
    }

    /// Reports and returns the branches of a union whose type contradicts the type beside the union.
    ///
    /// If every branch contradicts it, reports nothing and returns none.
    fn hopeless(&mut self, branches: &'d Node, facets: &Facets<'d>) -> Vec<Span> {
        let Some((types, at)) = facets.types else { return Vec::new() };
        let all: Vec<&'d Node> =
            elements(Some(branches)).iter().filter_map(|branch| self.follow_plain(branch)).collect();
        let fits = |target: &&&Node| {
            let own = target.get("type").and_then(Node::as_str).and_then(TypeSet::named);
            own.is_none_or(|own| own == TypeSet::NULL || !own.and(types).is_empty())
        };
        let (fitting, hopeless): (Vec<&Node>, Vec<&Node>) = all.iter().partition(fits);
        if fitting.is_empty() {
            return Vec::new();
        }
        for target in &hopeless {
            let span = target.get("type").map_or(target.span, |node| node.span);
            let report = self
                .remark("contradiction", span, format!("no value of this variant is {}", types.words()))
                .label(if self.strict { "never matches" } else { "ignored: it never matches" })
                .also(at, "type of all variants")
                .help("remove the type beside the variants, or the variant");
            self.report(report);
        }
        hopeless.iter().map(|target| target.span).collect()
    }

    /// Returns the schema of a union's branch combined with the keywords beside the union. It keeps the title
    /// of the branch.
    fn branch_with(&mut self, target: &'d Node, nodes: &[&'d Node], decided: &[Span]) -> SchemaId {
        let mut parts = vec![target];
        parts.extend(nodes.iter().copied().filter(|node| node.span != target.span));
        let id = self.composed(&parts, decided);
        if let Some(name) = self.names.get(&target.span).cloned() {
            let schema: &mut Schema = self.schemas.get_mut(id);
            schema.title.get_or_insert(name);
        }
        id
    }

    /// Returns true if no keyword beside the union constrains its values.
    fn stands_alone(&self, nodes: &[&'d Node], facets: &Facets<'d>) -> bool {
        let same = facets.values.is_none()
            && facets.properties.is_empty()
            && facets.required.is_empty()
            && facets.additional.is_empty()
            && facets.closed.is_empty()
            && !facets.open
            && !facets.sealed
            && facets.items.is_empty()
            && facets.min.is_none()
            && facets.max.is_none()
            && facets.multiple_of.is_none()
            && facets.text == StringShape::default()
            && facets.format.is_none()
            && facets.min_items.is_none()
            && facets.max_items.is_none()
            && facets.min_properties.is_none()
            && facets.max_properties.is_none()
            && facets.unions.len() == 1;
        let typed = facets.types.is_none() || nodes.iter().all(|node| self.branches_are_typed(node));
        same && typed
    }

    /// Returns true if every branch of a union declares its type, so that a type beside the union adds nothing.
    fn branches_are_typed(&self, node: &Node) -> bool {
        ["oneOf", "anyOf"].iter().all(|keyword| {
            elements(node.get(keyword)).iter().all(|branch| match branch.get("$ref").and_then(Node::as_str) {
                Some(reference) => self.document.resolve(branch.span.file, reference).is_ok_and(|located| {
                    located.node.get("type").is_some()
                        || located.node.get("allOf").is_some()
                        || located.node.get("properties").is_some()
                }),
                None => branch.get("type").is_some(),
            })
        })
    }

    /// Returns the number of branches of a union that accept null.
    fn forms_of_null(&mut self, branches: &'d Node) -> usize {
        let mut count = 0;
        for branch in elements(Some(branches)) {
            let Some(target) = self.follow_plain(branch) else { continue };
            let named = elements(target.get("type")).iter().any(|name| name.as_str() == Some("null"));
            count += usize::from(named || is_null(target) || truth(target, "nullable"));
        }
        count
    }

    /// Returns the target of a node that is a `$ref` only, otherwise the node itself.
    pub(super) fn follow_plain(&mut self, node: &'d Node) -> Option<&'d Node> {
        match is_plain_reference(node) {
            true => self.follow_schema(node),
            false => Some(node),
        }
    }

    /// Reports a discriminator without a union, which has no effect.
    pub(super) fn check_discriminator(&mut self, node: &Node) {
        let Some(alone) = node.get("discriminator") else { return };
        if node.get("oneOf").is_some() || node.get("anyOf").is_some() || self.families.has(node) {
            return;
        }
        // Swagger 2.0 has no `oneOf`.
        let advice = match self.document.written_in() {
            Version::V20 => "to accept any of these schemas, set `polymorphic_parents = true` in `codegen.toml`",
            _ => {
                "to accept any of these schemas, list them under `oneOf` together with this discriminator, or set \
                 `polymorphic_parents = true` in `codegen.toml`"
            }
        };
        self.report(
            Diagnostic::info("discriminator-alone", alone.span, "this discriminator has no variants to choose from")
                .label("the schema is treated as one object type")
                .note("properties of schemas that extend it are known only where those schemas are referred to")
                .help(advice),
        );
    }

    /// Returns the discriminator of a union, with the values of `mapping`. The values of other branches follow when all
    /// schemas are known.
    ///
    /// An inherited discriminator may map values to other schemas than the branches, which are omitted.
    pub(super) fn discriminator(
        &mut self,
        union: SchemaId,
        node: &'d Node,
        branches: &[(SchemaId, &'d Node)],
        inherited: bool,
    ) -> Option<Discriminator> {
        let property = string(node, "propertyName")?;
        let names: Vec<Option<String>> = branches.iter().map(|(_, branch)| self.name_of_branch(branch)).collect();
        let ends: Vec<Option<Span>> = branches.iter().map(|(_, branch)| Some(self.named_end(branch)?.span)).collect();
        let mut mapping: Vec<(String, usize)> = Vec::new();
        for (value, target) in entries(node.get("mapping")) {
            match self.branch_named(target, &names, &ends) {
                Some(index) => mapping.push((value.clone(), index)),
                None if inherited => {}
                None => self.not_a_branch(node, target, format!("a value with `{property}: {value}` is rejected")),
            }
        }
        let default = node.get("defaultMapping").and_then(|target| {
            let found = self.branch_named(target, &names, &ends);
            if found.is_none() && !inherited {
                self.not_a_branch(node, target, format!("a value without a known `{property}` is rejected"));
            }
            found
        });
        self.discriminated.push(Discriminated { union, at: node.span, names, inherited });
        Some(Discriminator { property, mapping, default })
    }

    /// Returns the index of the union's branch that a name or reference in a discriminator refers to.
    fn branch_named(&mut self, target: &'d Node, names: &[Option<String>], ends: &[Option<Span>]) -> Option<usize> {
        let reference = target.as_str()?;
        let end = self.mapped_schema(target).map(|node| node.span);
        let named = names.iter().position(|name| name.as_deref() == Some(reference));
        named.or_else(|| ends.iter().position(|known| known.is_some() && *known == end))
    }

    /// Reports a name or reference in a discriminator that leads to no branch of the union; `rejected` is the
    /// consequence.
    fn not_a_branch(&mut self, discriminator: &'d Node, target: &'d Node, rejected: String) {
        // A value of a wrong type was reported during loading.
        let Some(reference) = target.as_str() else { return };
        let message = format!("`{reference}` is not a variant of this union");
        let report = self.remark("discriminator-mapping", target.span, message).label(rejected);
        let report = report.also(discriminator.span, "discriminator");
        self.report(report.help("add the schema to the union, or correct the mapping"));
    }

    /// Returns the schema that a value of `mapping` leads to: a reference, or the name of a component.
    pub(super) fn mapped_schema(&mut self, target: &Node) -> Option<&'d Node> {
        let reference = target.as_str()?;
        let document = self.document;
        let located = document
            .resolve(target.span.file, reference)
            .or_else(|_| document.resolve(document.root, &format!("#/components/schemas/{reference}")));
        self.named_end(located.ok()?.node)
    }
}

/// Returns true if a schema node accepts only null.
fn is_null(node: &Node) -> bool {
    let typed = node.get("type").and_then(Node::as_str) == Some("null");
    let valued = elements(node.get("enum")).iter().all(Node::is_null) && !elements(node.get("enum")).is_empty();
    let constant = node.get("const").is_some_and(Node::is_null);
    typed || valued || constant
}
