//! How a type is declared.

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::SchemaId;
use writ_contract::model::schema::{Additional, Format, Kind, ObjectShape, Schema, StringEnum};

use super::code::Code;
use super::default::{DefaultValue, default_text, default_value};
use super::fields::{Field, Presence, collision, fields};
use super::ident::type_name;
use super::names::distinct;
use super::type_views::direction;
use super::types::{Ty, TypeKey, TypePlan, is_map};
use super::usage::Side;
use super::uses::Uses;
use super::view::{ConstructorView, FieldView, TypeView, VariantView};

pub(super) fn declaration(
    plan: &TypePlan<'_>,
    key: TypeKey,
    uses: &mut Uses,
    diagnostics: &mut Diagnostics,
) -> TypeView {
    let schema = plan.contract.schemas.get(key.schema);
    let name = plan.name_of(key).unwrap_or_default();
    let way = direction(plan, key);
    let mut view = TypeView {
        name: Code::of(name),
        docs: docs(schema, name),
        deprecated: schema.deprecated,
        form: "alias",
        fields: Vec::new(),
        variants: Vec::new(),
        target: Code::default(),
        prefix: String::new(),
        default: false,
        constructor: None,
    };
    match &schema.kind {
        _ if schema.rust_type.is_some() => {
            let ty = plan.structure(key.schema, way);
            uses.ty(&ty);
            view.target = Code::of(&ty);
        }
        Kind::Object(object) if !is_map(object) && plan.page_of(object).is_none() => {
            view.form = "struct";
            let mut all: Vec<FieldView> = Vec::new();
            let found = fields(plan, key, &mut Uses::default(), diagnostics);
            view.default = found
                .iter()
                .all(|field| matches!(field.presence, Presence::Optional | Presence::Patch | Presence::Tag));
            for field in found.iter().filter(|field| field.presence != Presence::Tag) {
                uses.ty(&field.ty);
                let member = plan.contract.schemas.get(field.property.schema);
                all.push(FieldView {
                    name: Code::of(&field.name),
                    docs: field_docs(plan, field.property.schema, field.default.is_some()),
                    deprecated: member.deprecated,
                    ty: Code::of(&field.ty),
                });
            }
            if let Additional::Kept(rest) = object.additional {
                let ty = Ty::Map(Box::new(plan.element(rest, way)));
                uses.ty(&ty);
                all.push(FieldView {
                    name: Code::of(rest_name(&all)),
                    docs: "All other fields.".to_owned(),
                    deprecated: false,
                    ty: Code::of(&ty),
                });
            }
            view.constructor = constructor(plan, key, &found, all.last().filter(|_| keeps(object)), uses);
            view.fields = all;
        }
        Kind::Strings(names) => {
            view.form = if names.open { "open_names" } else { "names" };
            view.variants = name_variants(names, schema, diagnostics);
        }
        Kind::Union(union) => {
            view.form = "union";
            if super::variants::variant_names(&plan.contract.schemas, key.schema).1 && key.side != Side::Request {
                diagnostics.push(
                    Diagnostic::warning("name-collision", schema.span, "two forms of this union are one name in Rust")
                        .label("told apart by a number")
                        .help("give each form a `title`, or make a component of it"),
                );
            }
            for (index, (branch, variant)) in union.branches.iter().zip(plan.variant_names(key.schema)).enumerate() {
                let ty = plan.element(*branch, way);
                let ty = if plan.is_boxed(key, *branch, way) { Ty::Boxed(Box::new(ty)) } else { ty };
                uses.ty(&ty);
                let docs =
                    plan.contract.schemas.nearest(*branch, |schema| schema.description.clone()).unwrap_or_default();
                view.variants.push(VariantView {
                    name: Code::of(variant),
                    docs,
                    ty: Code::of(&ty),
                    wire: String::new(),
                    index,
                });
            }
        }
        Kind::String(shape) if matches!(shape.format, Format::Id(_)) => {
            view.form = "id";
            uses.runtime("Uuid");
            if let Format::Id(prefix) = &shape.format {
                view.prefix = prefix.clone();
            }
        }
        _ => {
            if schema.holds_itself {
                view.form = "wrapper";
            }
            let ty = plan.structure(key.schema, way);
            uses.ty(&ty);
            view.target = Code::of(&ty);
            if schema.deduplicated {
                view.docs = format!("Equal to [`{ty}`].");
            }
        }
    }
    view
}

fn keeps(object: &ObjectShape) -> bool {
    matches!(object.additional, Additional::Kept(_))
}

/// The function that makes one of what is required alone, for types that a service answers with and
/// that have several fields beside. Defaults that are text are read, and cannot fail in a constructor.
fn constructor(
    plan: &TypePlan<'_>,
    key: TypeKey,
    found: &[Field<'_>],
    rest: Option<&FieldView>,
    uses: &mut Uses,
) -> Option<ConstructorView> {
    const MOST: usize = 6;
    let written = plan.usage.is_written(key.schema) && key.side != Side::Request;
    let is_required = |field: &&Field<'_>| matches!(field.presence, Presence::Required | Presence::RequiredNullable);
    let required: Vec<&Field<'_>> = found.iter().filter(is_required).collect();
    let held = found.iter().filter(|field| field.presence != Presence::Tag).count() + usize::from(rest.is_some());
    let defaulted = |field: &Field<'_>| matches!(field.presence, Presence::Defaulted | Presence::DefaultedNullable);
    let is_default = required.is_empty() && found.iter().any(defaulted);
    if !written || held - required.len() < 2 || required.len() > MOST || (required.is_empty() && !is_default) {
        return None;
    }
    let mut values = Vec::new();
    for field in found {
        let value = match (field.presence, &field.default) {
            (Presence::Tag, _) => continue,
            (Presence::Required | Presence::RequiredNullable, _) => {
                values.push(Code::of(&field.name));
                continue;
            }
            (Presence::Optional, _) => "None".to_owned(),
            (Presence::Patch, _) => "Patch::Absent".to_owned(),
            (Presence::Defaulted, Some(DefaultValue::Literal(literal))) => literal.clone(),
            (Presence::DefaultedNullable, Some(DefaultValue::Literal(literal))) => format!("Some({literal})"),
            (Presence::Defaulted | Presence::DefaultedNullable, _) => return None,
        };
        if field.default.is_some() {
            // The expression may name other types.
            let plain = plan.ty(field.property.schema, direction(plan, key));
            default_value(plan, field.property.schema, &plain, direction(plan, key), uses);
        }
        values.push(Code::of(format!("{}: {value}", field.name)));
    }
    values.extend(rest.map(|rest| Code::of(format!("{}: BTreeMap::new()", rest.name))));
    let parameters = required.iter().map(|field| Code::of(format!("{}: {}", field.name, field.ty))).collect();
    Some(ConstructorView { parameters, values, default: is_default })
}

/// The field that keeps the others; a contract may have a property of the same name.
fn rest_name(fields: &[FieldView]) -> &'static str {
    let free = |name: &str| !fields.iter().any(|field| field.name.0 == name);
    ["additional", "additional_properties", "writ_additional_properties"]
        .into_iter()
        .find(|name| free(name))
        .unwrap_or("additional")
}

/// What the values of an enum are called, and whether two of them would have had one name.
pub(super) fn variant_idents(names: &StringEnum) -> (Vec<String>, bool) {
    let own = names.names.iter().map(Option::as_deref);
    distinct(names.values.iter().zip(own).map(|(value, own)| type_name(own.unwrap_or(value))))
}

fn name_variants(listed: &StringEnum, schema: &Schema, diagnostics: &mut Diagnostics) -> Vec<VariantView> {
    let (names, collided) = variant_idents(listed);
    if collided {
        collision(schema, diagnostics);
    }
    let views = listed.values.iter().zip(names).enumerate();
    views
        .map(|(index, (value, name))| VariantView {
            name: Code::of(name),
            docs: format!("`{}`", value.replace('`', "'")),
            ty: Code::default(),
            wire: value.clone(),
            index,
        })
        .collect()
}

fn docs(schema: &Schema, name: &str) -> String {
    match (&schema.description, &schema.title, &schema.component) {
        (Some(description), ..) if !description.trim().is_empty() => description.clone(),
        (_, Some(title), _) if !title.trim().is_empty() => title.clone(),
        (.., Some(component)) => format!("`{component}`"),
        _ => format!("`{name}`"),
    }
}

fn field_docs(plan: &TypePlan<'_>, id: SchemaId, has_default: bool) -> String {
    let mut docs = plan
        .contract
        .schemas
        .nearest(id, |schema| {
            schema.description.clone().filter(|text| !text.trim().is_empty()).or_else(|| schema.title.clone())
        })
        .unwrap_or_default();
    if has_default {
        let default = default_text(plan, id);
        if !docs.is_empty() {
            docs.push_str("\n\n");
        }
        docs.push_str(&format!("Default: `{default}`."));
    }
    docs
}
