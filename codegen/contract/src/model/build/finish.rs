//! The conversion of a schema's facets, its collected constraints, to the kind of the schema.

use crate::diagnostic::Diagnostic;
use crate::document::{Node, Version};
use crate::model::SchemaId;
use crate::model::schema::{ArrayShape, Format, Kind, Schema, StringShape};
use crate::source::Span;

use super::builder::Builder;
use super::facets::Facets;
use super::type_set::TypeSet;

impl<'d> Builder<'d, '_> {
    /// Returns the kind of a schema from its facets, and true if null is a valid value.
    ///
    /// If no value other than null satisfies the facets, that is recorded as a contradiction.
    pub(super) fn finish(&mut self, id: SchemaId, nodes: &[&'d Node], facets: &mut Facets<'d>) -> (Kind, bool) {
        let mut nullable = facets.nullable;
        if let Some((types, span)) = facets.types {
            nullable |= types.has(TypeSet::NULL);
            let rest = types.without(TypeSet::NULL);
            if rest.is_empty() && facets.unions.is_empty() {
                return (Kind::Null, true);
            }
            facets.types = Some((rest, span));
        }
        if !facets.unions.is_empty() {
            let (kind, null_branch) = self.finish_union(id, nodes, facets);
            return (kind, nullable || null_branch);
        }
        if let Some(values) = facets.values.take() {
            let mut null = values.iter().copied().find(|value| value.is_null());
            if let (Some(value), Some((types, at)), false) = (null, facets.types, nullable) {
                null = null.filter(|_| self.implied_types);
                self.null_value(value, types, at);
            }
            if let Some(kind) = self.finish_values(facets, values) {
                return (kind, nullable || null.is_some());
            }
        }
        let types = match facets.types {
            Some((types, _)) => types.each(),
            None => self.implied(facets).map(|(one, _)| one).into_iter().collect(),
        };
        match types.as_slice() {
            [] => {
                if let Some((name, span)) = facets.format {
                    self.untyped_format(name, span);
                }
                (Kind::Any, true)
            }
            [one] => (self.finish_type(id, *one, facets, nodes), nullable),
            several => (self.finish_types(id, several.to_vec(), nodes, facets), nullable),
        }
    }

    fn finish_type(&mut self, id: SchemaId, one: TypeSet, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> Kind {
        match one {
            TypeSet::BOOLEAN => Kind::Boolean,
            TypeSet::INTEGER => Kind::Integer(self.integer(facets)),
            TypeSet::NUMBER => Kind::Number(self.number(facets)),
            TypeSet::STRING => self.text(facets),
            TypeSet::ARRAY => self.array(facets, nodes),
            TypeSet::OBJECT => self.object(id, facets, nodes),
            _ => Kind::Null,
        }
    }

    /// Returns the kind of a schema with several types: a union of the types, each with all constraints. Types
    /// without a valid value are omitted.
    fn finish_types(&mut self, id: SchemaId, types: Vec<TypeSet>, nodes: &[&'d Node], facets: &mut Facets<'d>) -> Kind {
        let (mut kinds, mut none) = (Vec::with_capacity(types.len()), Vec::new());
        for one in types {
            let kind = self.finish_type(id, one, facets, nodes);
            match facets.contradictions.is_empty() {
                true => kinds.push(kind),
                false => none.append(&mut facets.contradictions),
            }
        }
        if kinds.is_empty() {
            facets.contradictions = none;
            return Kind::Any;
        }
        for report in none {
            self.report_light(report, "treated as if the schema did not list this type");
        }
        if kinds.len() == 1 {
            return kinds.remove(0);
        }
        let parent = self.schemas.get(id).clone();
        let branches = kinds
            .into_iter()
            .map(|kind| {
                self.schemas.add(Schema {
                    kind,
                    component: None,
                    title: None,
                    default: None,
                    rust_name: None,
                    rust_type: None,
                    error_pointers: None,
                    pagination: None,
                    nullable: false,
                    interpreted: None,
                    ..parent.clone()
                })
            })
            .collect();
        Kind::Union(crate::model::schema::UnionShape { exactly_one: false, branches, discriminator: None })
    }

    fn text(&mut self, facets: &mut Facets<'d>) -> Kind {
        let mut shape = std::mem::take(&mut facets.text);
        facets.contradicting_counts(
            ("minLength", shape.min),
            ("maxLength", shape.max),
            ("string is", "characters long"),
        );
        shape.format = match (facets.id_prefix, facets.format) {
            (Some(prefix), _) => Format::Id(prefix.to_owned()),
            (None, Some((name, span))) => self.format(name, span),
            (None, None) => Format::Plain,
        };
        Kind::String(shape)
    }

    fn array(&mut self, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> Kind {
        let (min, max) = (facets.min_items, facets.max_items);
        let impossible = facets.contradicting_counts(("minItems", min), ("maxItems", max), ("array has", "elements"));
        if impossible || self.refuses_elements(facets) {
            return Kind::Any;
        }
        if facets.items.is_empty() && !facets.rare.positional {
            self.without_items(facets, nodes);
        }
        let items = match facets.items.as_slice() {
            // The interpreter checks elements by their position, so the elements have no common type here.
            _ if facets.rare.positional => self.anything(nodes[0]),
            [] => self.anything(nodes[0]),
            [one] => self.schema(one),
            several => self.several(several),
        };
        Kind::Array(ArrayShape { items, min: facets.min_items, max: facets.max_items, unique: facets.unique })
    }

    /// Records a contradiction if an array requires elements and its `items` allow no value.
    fn refuses_elements(&mut self, facets: &mut Facets<'d>) -> bool {
        let Some(least) = facets.count_span("minItems").filter(|_| facets.min_items > Some(0)) else { return false };
        let refusing = facets.items.iter().find(|items| self.refuses_all(items)).filter(|_| !facets.rare.positional);
        let Some(refusing) = refusing else { return false };
        facets.contradictions.push(
            Diagnostic::error("contradiction", least, "the array requires elements and allows none")
                .label("minimum number of elements")
                .also(refusing.span, "allows no element")
                .help("remove `minItems`, or declare a schema for the elements"),
        );
        true
    }

    /// Returns true if a node is the schema `false`, which allows no value.
    pub(super) fn refuses_all(&mut self, node: &'d Node) -> bool {
        self.follow_schema(node).is_some_and(|target| target.as_bool() == Some(false))
    }

    /// Reports an array schema without `items`, which OpenAPI 3.0 requires.
    fn without_items(&mut self, facets: &Facets<'d>, nodes: &[&'d Node]) {
        let span = facets.types.map_or(nodes[0].span, |(_, span)| span);
        let report = match self.version() {
            Version::V30 => self.remark("array-without-items", span, "an array needs `items`"),
            _ => Diagnostic::info("array-without-items", span, "this array does not declare the type of its elements"),
        };
        self.report(report.label("elements can be any value").help("add `items`; `items: {}` allows any value"));
    }

    /// Returns the schema of the values that match all of several schema nodes.
    pub(super) fn several(&mut self, nodes: &[&'d Node]) -> SchemaId {
        // The annotations beside a `$ref` apply too, so only plain references are followed here.
        let targets: Vec<&'d Node> = nodes.iter().filter_map(|node| self.follow_plain(node)).collect();
        self.composed(&targets, &[])
    }

    /// Adds a schema to the model that allows every value.
    pub(super) fn anything(&mut self, at: &Node) -> SchemaId {
        self.undeclared_schema(at.span, true, Kind::Any)
    }

    /// Returns a new schema of any string, for a value at a place of the contract that declares no type.
    pub(super) fn any_text(&mut self, at: Span) -> SchemaId {
        self.undeclared_schema(at, false, Kind::String(StringShape::default()))
    }

    fn undeclared_schema(&mut self, span: Span, nullable: bool, kind: Kind) -> SchemaId {
        self.schemas.add(Schema {
            span,
            component: None,
            title: None,
            description: None,
            deprecated: false,
            nullable,
            read_only: false,
            write_only: false,
            secret: false,
            default: None,
            kind,
            content: None,
            rust_name: None,
            rust_type: None,
            error_pointers: None,
            pagination: None,
            interpreted: None,
            holds_itself: false,
            deduplicated: false,
            shared_name: None,
        })
    }
}
