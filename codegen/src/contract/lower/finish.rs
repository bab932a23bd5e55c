//! From demands to a kind: which of the model's shapes a schema is.

use serde_json::Value as Json;

use crate::contract::SchemaId;
use crate::contract::schema::{
    Additional, ArrayShape, Format, IntegerShape, IntegerWidth, Kind, NumberShape, NumberWidth, ObjectShape, Property,
    Schema, StringEnum,
};
use crate::diagnostic::Diagnostic;
use crate::document::{Node, Span, Version};

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
        let json: Vec<(Json, &'d Node)> =
            values.iter().map(|value| (value.to_json(), *value)).filter(|(json, _)| !json.is_null()).collect();
        let fits = |json: &Json| facets.types.is_none_or(|(types, _)| types.has(type_of(json)));
        let (kept, foreign): (Vec<_>, Vec<_>) = json.into_iter().partition(|(json, _)| fits(json));
        if let (Some((types, at)), Some(_)) = (facets.types, foreign.first()) {
            self.foreign_values(types, at, &foreign, kept.is_empty());
        }
        if kept.is_empty() {
            return Kind::Null;
        }
        let kept: Vec<Json> = kept.into_iter().map(|(json, _)| json).collect();
        let strings: Option<Vec<String>> = kept.iter().map(|value| value.as_str().map(str::to_owned)).collect();
        match strings {
            Some(values) => Kind::Strings(StringEnum { values, open: facets.extensible }),
            None => Kind::Values(kept),
        }
    }

    /// Values of an enum that are not of its type: each by itself, or all as one where none is.
    fn foreign_values(&mut self, types: TypeSet, at: Span, foreign: &[(Json, &'d Node)], all: bool) {
        let wanted = types.words();
        let (message, shown) = match foreign {
            [(_, first), .., (_, last)] if all => {
                let whole = Span { end: last.span.end.max(first.span.end), ..first.span };
                (Some((format!("none of these values is {wanted}"), whole)), &foreign[..0])
            }
            _ => (None, foreign),
        };
        if let Some((message, span)) = message {
            self.report(
                Diagnostic::error("enum-type", span, message)
                    .label("no value is left")
                    .also(at, "the type")
                    .help("write the values in the type, or name their type here"),
            );
        }
        for (json, node) in shown {
            let message = format!("{json} is {}, and the type is {wanted}", node.kind_name());
            let report = match all {
                true => Diagnostic::error("enum-type", node.span, message).label("no value is left"),
                false => self.remark("enum-type", node.span, message).label("can never be sent or received"),
            };
            let report = report.also(at, "the type");
            let written = match json {
                Json::String(text)
                    if serde_json::from_str::<Json>(text).is_ok_and(|json| types.has(type_of(&json))) =>
                {
                    Some(text.clone())
                }
                Json::Bool(_) | Json::Number(_) if types.has(TypeSet::STRING) => Some(format!("\"{json}\"")),
                _ => None,
            };
            self.report(match written {
                Some(text) => report.fix(format!("write {wanted}"), node.span, text),
                None => report,
            });
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
        if let (Some(least), Some(most), Some(low), Some(high)) = (min, max, facets.min, facets.max)
            && least > most
        {
            self.contradicting_bounds(low, high);
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
            && (low.value > high.value || (low.value == high.value && (low.exclusive || high.exclusive)))
        {
            self.contradicting_bounds(low, high);
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

    fn contradicting_bounds(&mut self, low: Bound, high: Bound) {
        let least = if low.exclusive { "above" } else { "at least" };
        let most = if high.exclusive { "below" } else { "at most" };
        let message = format!("no number is {least} {} and {most} {}", low.value, high.value);
        self.report(
            Diagnostic::error("contradiction", high.span, message)
                .label(format!("{most} this"))
                .also(low.span, format!("{least} this")),
        );
    }

    /// Counts whose least is above their greatest: of letters, of elements, of properties.
    fn contradicting_counts(
        &mut self,
        facets: &Facets<'d>,
        (least, low): (&str, Option<u64>),
        (most, high): (&str, Option<u64>),
        (has, what): (&str, &str),
    ) {
        let (Some(min), Some(max)) = (low, high) else { return };
        if min <= max {
            return;
        }
        let at = |keyword: &str| facets.places.iter().find(|(known, _)| *known == keyword).map(|(_, span)| *span);
        let Some(span) = at(most) else { return };
        let report =
            Diagnostic::error("contradiction", span, format!("no {has} at least {min} and at most {max} {what}"))
                .label(format!("`{most}` is below `{least}`"));
        self.report(match at(least) {
            Some(low) => report.also(low, "at least this"),
            None => report,
        });
    }

    fn text(&mut self, facets: &mut Facets<'d>) -> Kind {
        let mut shape = std::mem::take(&mut facets.text);
        self.contradicting_counts(
            facets,
            ("minLength", shape.min),
            ("maxLength", shape.max),
            ("text is", "characters long"),
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
        self.contradicting_counts(facets, ("minItems", min), ("maxItems", max), ("list has", "elements"));
        if facets.items.is_empty() && !facets.rare.positional {
            self.without_items(facets, nodes);
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

    /// A list of anything: OpenAPI 3.0 wants to be told so.
    fn without_items(&mut self, facets: &Facets<'d>, nodes: &[&'d Node]) {
        let span = facets.types.map_or(nodes[0].span, |(_, span)| span);
        let report = match self.version() {
            Version::V30 => self.remark("array-without-items", span, "an array needs `items`"),
            _ => Diagnostic::info("array-without-items", span, "this array does not say what it holds"),
        };
        self.report(report.label("holds any value").help("add `items`; `items: {}` where any value is meant"));
    }

    fn object(&mut self, id: SchemaId, facets: &mut Facets<'d>, nodes: &[&'d Node]) -> Kind {
        let (min, max) = (facets.min_properties, facets.max_properties);
        self.contradicting_counts(facets, ("minProperties", min), ("maxProperties", max), ("object has", "properties"));
        for (name, span) in facets.required.clone() {
            let described = facets.properties.iter().any(|(known, _)| *known == name);
            if !described && !facets.properties.is_empty() && facets.additional.is_empty() && !facets.rare.names {
                self.undescribed(facets, name, span);
            }
            // Required and never described: any value will do.
            add_property(facets, name, None);
        }
        let refused_by = |name: &str| {
            let mut closed = facets.closed.iter().filter(|_| !facets.rare.names);
            closed.find(|(names, _)| !names.contains(&name)).map(|(_, span)| *span)
        };
        let mut properties = Vec::with_capacity(facets.properties.len());
        let described = std::mem::take(&mut facets.properties);
        for (name, schemas) in &described {
            let required = facets.required.iter().find(|(known, _)| known == name).map(|(_, span)| *span);
            if let Some(closed) = refused_by(name) {
                self.refused_property(name, required, schemas.first().map(|node| node.span), closed);
                continue;
            }
            let required = required.is_some();
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
        let sparse_of = facets.sparse_of.and_then(|node| {
            let reference = node.as_str()?;
            let Ok(located) = self.document.resolve(node.span.file, reference) else {
                self.lost_whole(node, reference);
                return None;
            };
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

    /// A reference that leads nowhere was reported on reading, a mere name was not.
    fn lost_whole(&mut self, node: &Node, name: &str) {
        if name.contains(['#', '/', '.']) {
            return;
        }
        let report = Diagnostic::error("dangling-ref", node.span, format!("`{name}` is not a reference"))
            .label("`x-sparse-of` refers to the whole schema");
        let reference = format!("#/components/schemas/{name}");
        self.report(match self.document.resolve(node.span.file, &reference) {
            Ok(_) => report.fix("write the whole reference", node.span, format!("\"{reference}\"")),
            Err(_) => report.help("write for example `x-sparse-of: \"#/components/schemas/User\"`"),
        });
    }

    /// A property that one part of a composition describes and another refuses.
    fn refused_property(&mut self, name: &str, required: Option<Span>, described: Option<Span>, closed: Span) {
        let advice = "say `additionalProperties: false` once, in the schema that puts the parts together";
        let report = match (required, described) {
            (Some(span), _) => Diagnostic::error("contradiction", span, format!("`{name}` is required and refused"))
                .label("required here"),
            (None, Some(span)) => self
                .remark("refused-property", span, format!("`{name}` is described and refused"))
                .label("never there: another part refuses it"),
            (None, None) => return,
        };
        self.report(report.also(closed, "refuses every property that does not stand beside it").help(advice));
    }

    /// A name among the required ones that no property has.
    fn undescribed(&mut self, facets: &Facets<'d>, name: &str, span: Span) {
        let report = Diagnostic::info(
            "required-undescribed",
            span,
            format!("`{name}` is required and no property describes it"),
        )
        .label("any value will do");
        let free = facets.properties.iter().map(|(known, _)| *known);
        let free = free.filter(|known| !facets.required.iter().any(|(required, _)| required == known));
        self.report(match crate::diagnostic::closest(name, free) {
            Some(close) => report.suggest(self.document.sources.inside_quotes(span), close),
            None => report.help("describe it under `properties`, or leave it out"),
        });
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
