//! Polymorphic parents: schemas with a discriminator and without `oneOf`, which other schemas extend by `allOf`.
//!
//! With the setting `polymorphic_parents`, such a parent is the union of all schemas that extend it (OpenAPI 3.0.3,
//! section 4.7.25). Within the `allOf` of these schemas it remains the object that it describes.

use std::collections::HashSet;

use crate::document::{Node, Value};
use crate::model::SchemaId;
use crate::model::schema::{Discriminator, Kind, UnionShape};
use crate::source::Span;

use super::builder::Builder;
use super::deferred::{Discriminated, Families};
use super::node_fields::{elements, entries, extends_reference, string, truth};

impl<'d> Builder<'d, '_> {
    /// Finds the polymorphic parents of the contract.
    pub(super) fn find_families(&mut self) {
        let mut families = Families::default();
        for child in self.named_schemas() {
            for parent in self.parts_of(child) {
                if parent.span != child.span && self.names.contains_key(&parent.span) {
                    families.children.entry(parent.span).or_default().push(child);
                }
            }
        }
        for parent in self.named_schemas() {
            let Some(children) = families.children.get(&parent.span) else { continue };
            if parent.get("oneOf").is_some() || parent.get("anyOf").is_some() {
                continue;
            }
            let is_union = |part: &&Node| part.get("oneOf").is_some() || part.get("anyOf").is_some();
            let parts = self.parts_of(parent);
            let declaring = parts.into_iter().filter(|part| !is_union(part)).find_map(|part| part.get("discriminator"));
            if let Some(discriminator) = declaring {
                families.extending.extend(children.iter().map(|child| child.span));
                families.discriminators.insert(parent.span, discriminator);
            }
        }
        self.families = families;
    }

    /// Returns the schemas of the contract with a name: the components of the entry file, then the schemas in other
    /// files that references lead to.
    fn named_schemas(&mut self) -> Vec<&'d Node> {
        let root = self.document.root_node();
        let components = entries(root.get("components").and_then(|all| all.get("schemas")));
        let version = self.version();
        let has_name = |node: &Node| node.get("$ref").is_none() || extends_reference(node, version);
        let mut found: Vec<&'d Node> = components.map(|(_, node)| node).filter(|node| has_name(node)).collect();
        let mut seen: HashSet<Span> = found.iter().map(|node| node.span).collect();
        for reference in self.references() {
            let Ok(located) = self.document.resolve(reference.span.file, reference.as_str().unwrap_or_default()) else {
                continue;
            };
            let is_member = located.path.pointer.contains("/properties/");
            let is_named = located.path.file != self.document.root && !is_member && has_name(located.node);
            if is_named && seen.insert(located.node.span) {
                if let Some(name) = located.path.name() {
                    self.names.entry(located.node.span).or_insert(name);
                }
                found.push(located.node);
            }
        }
        found
    }

    /// Returns the nodes of all references of the contract, also those of a `mapping` or `defaultMapping`, in all files
    /// that they lead to.
    fn references(&self) -> Vec<&'d Node> {
        let (mut found, mut files) = (Vec::new(), vec![self.document.root]);
        let mut seen: HashSet<_> = files.iter().copied().collect();
        while let Some(file) = files.pop() {
            let from = found.len();
            let mut todo = vec![self.document.file_node(file)];
            while let Some(node) = todo.pop() {
                match &node.value {
                    Value::Array(list) => todo.extend(list.iter().rev()),
                    Value::Object(object) => {
                        let inner: Vec<&'d Node> = object.iter().map(|(_, node)| node).collect();
                        todo.extend(inner.into_iter().rev());
                        found.extend(object.get("$ref").filter(|node| node.as_str().is_some()));
                        let mapping = object.get("discriminator").and_then(|node| node.get("mapping"));
                        let default = object.get("discriminator").and_then(|node| node.get("defaultMapping"));
                        let targets = entries(mapping).map(|(_, node)| node).chain(default);
                        found.extend(targets.filter(|node| node.as_str().is_some()));
                    }
                    _ => {}
                }
            }
            for reference in &found[from..] {
                let located = self.document.resolve(reference.span.file, reference.as_str().unwrap_or_default());
                files.extend(located.ok().map(|located| located.path.file).filter(|file| seen.insert(*file)));
            }
        }
        found
    }

    /// Returns the kind of a polymorphic parent: the union of the schemas that extend it. Also returns true if null is
    /// a valid value. Returns `None` for other schemas.
    pub(super) fn family(&mut self, id: SchemaId, parent: &'d Node) -> Option<(Kind, bool)> {
        let discriminator = *self.families.discriminators.get(&parent.span)?;
        let property = string(discriminator, "propertyName")?;
        let members = self.members(parent, discriminator, &property);
        let branches: Vec<(SchemaId, &'d Node)> = members
            .into_iter()
            .map(|member| {
                let same = self.property_of(member).as_deref() == Some(&property);
                let schema = if same { self.without_family(member) } else { self.schema(member) };
                (schema, member)
            })
            .collect();
        if branches.is_empty() {
            return None;
        }
        let mut mapping = Vec::new();
        for (value, target) in self.mapping_of(parent, &property) {
            let end = self.mapped_schema(target).map(|node| node.span);
            let branch = branches.iter().position(|(_, member)| Some(member.span) == end);
            mapping.extend(branch.map(|branch| (value, branch)));
        }
        let default = discriminator.get("defaultMapping").and_then(|target| self.mapped_schema(target));
        let default = default.and_then(|end| branches.iter().position(|(_, member)| member.span == end.span));
        let names = branches.iter().map(|(_, member)| self.names.get(&member.span).cloned()).collect();
        self.discriminated.push(Discriminated { union: id, at: discriminator.span, names, inherited: false });
        let nullable =
            truth(parent, "nullable") || elements(parent.get("type")).iter().any(|name| name.as_str() == Some("null"));
        let union = UnionShape {
            exactly_one: true,
            branches: branches.iter().map(|(schema, _)| *schema).collect(),
            discriminator: Some(Discriminator { property, mapping, default }),
        };
        Some((Kind::Union(union), nullable))
    }

    /// Returns the schemas that a value of a polymorphic parent can have: the parent itself if a value selects it, all
    /// schemas that extend it, and the others of its `mapping` and `defaultMapping`.
    ///
    /// A schema with a discriminator of another property stands for the schemas that extend it.
    fn members(&mut self, parent: &'d Node, discriminator: &'d Node, property: &str) -> Vec<&'d Node> {
        let values = self.mapping_of(parent, property);
        let targets = values.into_iter().map(|(_, target)| target).chain(discriminator.get("defaultMapping"));
        let mapped: Vec<&'d Node> = targets.filter_map(|target| self.mapped_schema(target)).collect();
        let is_inherited = parent.get("discriminator").is_none_or(|own| own.span != discriminator.span);
        let extends_same = self.parts_of(parent).into_iter().filter(|part| part.span != parent.span).any(|part| {
            part.get("discriminator").and_then(|other| string(other, "propertyName")).as_deref() == Some(property)
        });
        let selects_itself = is_inherited
            || extends_same
            || mapped.iter().any(|node| node.span == parent.span)
            || self.names_itself(parent, property);
        let mut members: Vec<&'d Node> = Vec::new();
        members.extend(Some(parent).filter(|_| selects_itself));
        let children = self.families.children.get(&parent.span).cloned().unwrap_or_default();
        let inner: HashSet<Span> = children
            .iter()
            .filter(|child| self.property_of(child).is_some_and(|other| other != property))
            .map(|child| child.span)
            .collect();
        for child in children {
            let mut around = self.parts_of(child).into_iter().filter(|part| part.span != child.span);
            if !around.any(|part| inner.contains(&part.span)) {
                members.push(child);
            }
        }
        let mut known: HashSet<Span> = members.iter().map(|member| member.span).collect();
        let own = parent.get("discriminator");
        let own_mapping = entries(own.and_then(|own| own.get("mapping"))).map(|(_, target)| target);
        let own = own_mapping.chain(own.and_then(|own| own.get("defaultMapping")));
        let own: Vec<&'d Node> = own.filter_map(|target| self.mapped_schema(target)).collect();
        members.extend(own.into_iter().filter(|node| node.span != parent.span && known.insert(node.span)));
        members
    }

    /// Returns true if the discriminator's property of a polymorphic parent allows the name of the parent as a constant.
    fn names_itself(&mut self, parent: &'d Node, property: &str) -> bool {
        let Some(name) = self.names.get(&parent.span).cloned() else { return false };
        let schemas: Vec<&'d Node> = self
            .parts_of(parent)
            .into_iter()
            .filter_map(|part| part.get("properties").and_then(|properties| properties.get(property)))
            .collect();
        schemas.into_iter().any(|schema| {
            self.parts_of(schema)
                .into_iter()
                .any(|part| elements(part.get("enum")).iter().any(|value| value.as_str() == Some(&name)))
        })
    }

    /// Returns the values of `mapping` of a polymorphic parent, then those of the schemas that it extends, for one
    /// discriminator property.
    fn mapping_of(&mut self, parent: &'d Node, property: &str) -> Vec<(String, &'d Node)> {
        let mut known = HashSet::new();
        let discriminators = self.parts_of(parent).into_iter().filter_map(|part| part.get("discriminator"));
        let same = discriminators.filter(|one| one.get("propertyName").and_then(Node::as_str) == Some(property));
        same.flat_map(|one| entries(one.get("mapping")))
            .filter(|(value, _)| known.insert((*value).clone()))
            .map(|(value, target)| (value.clone(), target))
            .collect()
    }

    /// Returns the discriminator property of a polymorphic parent, or that of the schemas which a schema extends.
    fn property_of(&self, node: &Node) -> Option<String> {
        self.families.discriminators.get(&node.span).and_then(|discriminator| string(discriminator, "propertyName"))
    }

    /// Returns the object that a polymorphic parent describes, without the schemas that extend it.
    fn without_family(&mut self, parent: &'d Node) -> SchemaId {
        let id = self.composed(&[parent], &[parent.span]);
        if let Some(name) = self.names.get(&parent.span).cloned() {
            self.schemas.get_mut(id).title = Some(name);
        }
        id
    }
}
