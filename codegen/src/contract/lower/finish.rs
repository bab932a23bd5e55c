//! From demands to a kind: which of the model's shapes a schema is.

use serde_json::Value as Json;

use crate::contract::SchemaId;
use crate::contract::schema::{
    Additional, ArrayShape, Format, IntegerShape, IntegerWidth, Kind, NumberShape, NumberWidth, ObjectShape, Property,
    Schema, StringEnum,
};
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Span};

use super::Lowering;
use super::facets::{Bound, Facets, add_property};
use super::sparse::Sparse;
use super::type_set::TypeSet;

impl<'d> Lowering<'d, '_> {
    /// The kind that the demands describe, and whether null is a value of it.
    pub(super) fn finish(&mut self, id: SchemaId, nodes: &[&'d Node], mut facets: Facets<'d>) -> (Kind, bool) {
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
            let (kind, null_branch) = self.finish_union(nodes, &facets);
            return (kind, nullable || null_branch);
        }
        if let Some(values) = facets.values.take() {
            let null = values.iter().any(|value| value.is_null());
            let kind = self.finish_values(&facets, values);
            return (kind, nullable || null);
        }
        let types = match facets.types {
            Some((types, _)) => types.each(),
            None if facets.rare.untyped => Vec::new(),
            None => implied(&facets),
        };
        match types.as_slice() {
            [] => (Kind::Any, true),
            [one] => (self.finish_type(id, *one, &mut facets, nodes), nullable),
            several => (self.finish_types(id, several.to_vec(), nodes, &mut facets), nullable),
        }
    }

    fn finish_values(&mut self, facets: &Facets<'d>, values: Vec<&'d Node>) -> Kind {
        let mut kept: Vec<Json> = Vec::new();
        for value in &values {
            let json = value.to_json();
            if json.is_null() {
                continue;
            }
            let fits = facets.types.is_none_or(|(types, _)| types.has(type_of(&json)));
            if !fits {
                let wanted = facets.types.map(|(_, span)| span).unwrap_or(value.span);
                let report = self
                    .remark("enum-type", value.span, format!("{} is not of the type of its schema", value.kind_name()))
                    .label("can never be sent or received")
                    .also(wanted, "the type");
                self.report(report);
                continue;
            }
            kept.push(json);
        }
        if kept.is_empty() {
            return Kind::Null;
        }
        let strings: Option<Vec<String>> = kept.iter().map(|value| value.as_str().map(str::to_owned)).collect();
        match strings {
            Some(values) => Kind::Strings(StringEnum { values, open: facets.extensible }),
            None => Kind::Values(kept),
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

    /// Several types: a branch for each, all under the same demands.
    fn finish_types(&mut self, id: SchemaId, types: Vec<TypeSet>, nodes: &[&'d Node], facets: &mut Facets<'d>) -> Kind {
        let parent = self.schemas.get(id).clone();
        let branches = types
            .into_iter()
            .map(|one| {
                let kind = self.finish_type(id, one, facets, nodes);
                self.schemas.add(Schema {
                    kind,
                    component: None,
                    title: None,
                    default: None,
                    rust_name: None,
                    nullable: false,
                    guard: None,
                    ..parent.clone()
                })
            })
            .collect();
        Kind::Union(crate::contract::schema::UnionShape { exactly_one: false, branches, discriminator: None })
    }

    fn integer(&mut self, facets: &Facets<'d>) -> IntegerShape {
        let min = facets.min.map(|bound| whole(bound, true));
        let max = facets.max.map(|bound| whole(bound, false));
        if let (Some(low), Some(high), Some(at)) = (min, max, facets.max)
            && low > high
        {
            self.contradicting_bounds(at.span, facets.min.map(|bound| bound.span));
        }
        let width = match facets.format {
            Some(("int32" | "int16" | "int8", _)) => IntegerWidth::Int32,
            Some(("uint8" | "uint16" | "uint32", _)) => IntegerWidth::Uint32,
            Some(("uint64" | "uint", _)) => IntegerWidth::Uint64,
            Some(("int64" | "long" | "integer" | "int", _)) | None => IntegerWidth::Int64,
            Some((other, span)) => {
                self.unknown_format(other, span, &["int32", "int64", "uint32", "uint64"]);
                IntegerWidth::Int64
            }
        };
        let beyond = max.is_some_and(|max| max > i128::from(i64::MAX));
        let width = match width {
            IntegerWidth::Int64 if beyond && min.is_some_and(|min| min >= 0) => IntegerWidth::Uint64,
            width => width,
        };
        let multiple_of = facets.multiple_of.and_then(Node::as_whole_divisor);
        if let (Some(node), None) = (facets.multiple_of, multiple_of) {
            self.unsupported(node.span, "multipleOf", "the divisor of an integer must be above zero");
        }
        let narrow = match facets.format {
            Some(("int8", _)) => (Some(-128), Some(127)),
            Some(("int16", _)) => (Some(-32_768), Some(32_767)),
            Some(("uint8", _)) => (None, Some(255)),
            Some(("uint16", _)) => (None, Some(65_535)),
            _ => (None, None),
        };
        IntegerShape { width, min: min.or(narrow.0), max: max.or(narrow.1), multiple_of }
    }

    fn number(&mut self, facets: &Facets<'d>) -> NumberShape {
        if let (Some(low), Some(high)) = (facets.min, facets.max)
            && low.value > high.value
        {
            self.contradicting_bounds(high.span, Some(low.span));
        }
        let width = match facets.format {
            Some(("float", _)) => NumberWidth::Single,
            Some(("decimal", _)) => NumberWidth::Decimal,
            Some(("double" | "number", _)) | None => NumberWidth::Double,
            Some((other, span)) => {
                self.unknown_format(other, span, &["float", "double", "decimal"]);
                NumberWidth::Double
            }
        };
        NumberShape {
            width,
            min: facets.min.map(|bound| bound.value),
            max: facets.max.map(|bound| bound.value),
            exclusive_min: facets.min.is_some_and(|bound| bound.exclusive),
            exclusive_max: facets.max.is_some_and(|bound| bound.exclusive),
            multiple_of: facets.multiple_of.and_then(Node::as_f64).filter(|divisor| *divisor > 0.0),
        }
    }

    fn contradicting_bounds(&mut self, at: Span, other: Option<Span>) {
        let mut report =
            Diagnostic::error("contradiction", at, "no value lies between these bounds").label("less than the least");
        if let Some(other) = other {
            report = report.also(other, "the least");
        }
        self.report(report);
    }

    fn text(&mut self, facets: &mut Facets<'d>) -> Kind {
        let mut shape = std::mem::take(&mut facets.text);
        if let (Some(min), Some(max)) = (shape.min, shape.max)
            && min > max
        {
            let span = facets.types.map(|(_, span)| span).unwrap_or(Span::start_of(self.document.root));
            self.report(
                Diagnostic::error("contradiction", span, format!("no text is at least {min} and at most {max} long"))
                    .label("`minLength` is above `maxLength`"),
            );
        }
        shape.format = match (facets.id_prefix, facets.format) {
            (Some(prefix), _) => Format::Id(prefix.to_owned()),
            (None, Some((name, span))) => self.format(name, span),
            (None, None) => Format::Plain,
        };
        Kind::String(shape)
    }

    fn array(&mut self, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> Kind {
        if let (Some(min), Some(max)) = (facets.min_items, facets.max_items)
            && min > max
        {
            let span = facets.types.map_or(nodes[0].span, |(_, span)| span);
            self.report(
                Diagnostic::error(
                    "contradiction",
                    span,
                    format!("no list has at least {min} and at most {max} elements"),
                )
                .label("`minItems` is above `maxItems`"),
            );
        }
        let items = match facets.items.as_slice() {
            // What stands where is the guard's to say; the elements are of no one type.
            _ if facets.rare.positional => self.anything(nodes[0]),
            [] => self.anything(nodes[0]),
            [one] => self.schema(one),
            several => {
                let several: Vec<&Node> = several.iter().filter_map(|node| self.follow_schema(node)).collect();
                self.composed(&several, &[])
            }
        };
        Kind::Array(ArrayShape { items, min: facets.min_items, max: facets.max_items, unique: facets.unique })
    }

    fn object(&mut self, id: SchemaId, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> Kind {
        for (name, _) in facets.required.clone() {
            // Required and never described: any value will do.
            add_property(facets, name, None);
        }
        let allowed = |name: &str| facets.rare.names || facets.closed.iter().all(|names| names.contains(&name));
        let mut properties = Vec::with_capacity(facets.properties.len());
        let described = std::mem::take(&mut facets.properties);
        for (name, schemas) in &described {
            let required = facets.required.iter().any(|(known, _)| known == name);
            if !allowed(name) {
                if required {
                    self.report(
                        Diagnostic::error("contradiction", nodes[0].span, format!("`{name}` is required and refused"))
                            .label("`additionalProperties: false` in one part of this refuses a property of another")
                            .help("say `additionalProperties: false` once, in the schema that puts the parts together"),
                    );
                }
                continue;
            }
            let schema = match schemas.as_slice() {
                [] => self.anything(nodes[0]),
                [one] => self.schema(one),
                several => self.several(several),
            };
            properties.push(Property { name: (*name).to_owned(), schema, required });
        }
        // What `additionalProperties` lets in is evaluated.
        let sealed = facets.sealed && !facets.open && facets.additional.is_empty();
        let additional = match (facets.closed.is_empty() && !sealed, facets.additional.as_slice()) {
            // The guard decides on other names; what it lets in is kept.
            _ if facets.rare.names => Additional::Kept(self.anything(nodes[0])),
            (false, _) => Additional::Denied,
            (true, []) if facets.open => Additional::Kept(self.anything(nodes[0])),
            (true, []) if properties.is_empty() => Additional::Kept(self.anything(nodes[0])),
            (true, []) => Additional::Ignored,
            (true, [one]) => Additional::Kept(self.schema(one)),
            (true, several) => Additional::Kept(self.several(several)),
        };
        // Where it leads nowhere was reported on reading.
        let sparse_of = facets.sparse_of.and_then(|node| {
            let located = self.document.resolve(node.span.file, node.as_str()?).ok()?;
            self.sparse.push(Sparse::new(id, node, facets, &described));
            Some(self.schema(located.node))
        });
        Kind::Object(ObjectShape {
            properties,
            additional,
            min: facets.min_properties,
            max: facets.max_properties,
            sparse_of,
        })
    }

    /// One schema out of several that must all hold.
    fn several(&mut self, nodes: &[&'d Node]) -> SchemaId {
        let targets: Vec<&'d Node> = nodes.iter().filter_map(|node| self.follow_schema(node)).collect();
        self.composed(&targets, &[])
    }

    /// The schema that every value fits.
    pub(super) fn anything(&mut self, at: &Node) -> SchemaId {
        self.schemas.add(Schema {
            span: at.span,
            component: None,
            title: None,
            description: None,
            deprecated: false,
            nullable: true,
            read_only: false,
            write_only: false,
            default: None,
            kind: Kind::Any,
            rust_name: None,
            guard: None,
            holds_itself: false,
        })
    }
}

/// The type that keywords imply where none is said, as real contracts mean it.
pub(super) fn implied(facets: &Facets<'_>) -> Vec<TypeSet> {
    let object = !facets.properties.is_empty()
        || !facets.required.is_empty()
        || !facets.additional.is_empty()
        || !facets.closed.is_empty()
        || facets.open
        || facets.sealed
        || facets.min_properties.is_some()
        || facets.max_properties.is_some();
    if object {
        vec![TypeSet::OBJECT]
    } else if !facets.items.is_empty() || facets.min_items.is_some() || facets.max_items.is_some() || facets.unique {
        vec![TypeSet::ARRAY]
    } else if facets.text != Default::default() || facets.format.is_some() || facets.id_prefix.is_some() {
        vec![TypeSet::STRING]
    } else if facets.min.is_some() || facets.max.is_some() || facets.multiple_of.is_some() {
        vec![TypeSet::NUMBER]
    } else {
        Vec::new()
    }
}

/// An inclusive whole bound.
fn whole(bound: Bound, lower: bool) -> i128 {
    let step = i128::from(bound.exclusive);
    match (bound.whole, lower) {
        (Some(value), true) => value.saturating_add(step),
        (Some(value), false) => value.saturating_sub(step),
        (None, true) => bound.value.ceil() as i128,
        (None, false) => bound.value.floor() as i128,
    }
}

fn type_of(json: &Json) -> TypeSet {
    match json {
        Json::Null => TypeSet::NULL,
        Json::Bool(_) => TypeSet::BOOLEAN,
        Json::Number(number) if number.is_f64() && number.as_f64().is_some_and(|value| value.fract() != 0.0) => {
            TypeSet::NUMBER
        }
        Json::Number(_) => TypeSet::INTEGER,
        Json::String(_) => TypeSet::STRING,
        Json::Array(_) => TypeSet::ARRAY,
        Json::Object(_) => TypeSet::OBJECT,
    }
}
