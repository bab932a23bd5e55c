//! The declaration of a Rust type from a schema: its form, its fields or variants, and its documentation.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::{Additional, Format, Kind, ObjectShape, Schema, StringEnum};
use writ_contract::model::{Direction, SchemaId};

use crate::rust::code::Code;
use crate::rust::expr::default::default_text;
use crate::rust::mention::{plain, runtime, std};
use crate::rust::names::enum_variants::enum_variants;
use crate::rust::names::locals::{CONSTRUCT, variable};
use crate::rust::names::union_variants::union_variants;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::types::fields::{Field, Presence, fields};
use crate::rust::types::page_constructor::page_constructor;
use crate::rust::view::{ConstructorView, FieldView, TypeForm, TypeView, VariantView};

/// Returns the view of a type's declaration.
pub fn declaration(plan: &TypePlan<'_>, key: TypeKey, diagnostics: &mut Diagnostics) -> TypeView {
    let schema = plan.contract.schemas.get(key.schema);
    let name = plan.name_of(key).unwrap_or_default();
    let direction = plan.direction(key);
    let mut view = TypeView {
        name: Code::of(name),
        docs: docs(schema, name),
        deprecated: schema.deprecated,
        form: TypeForm::Alias,
        fields: Vec::new(),
        variants: Vec::new(),
        target: Code::default(),
        prefix: String::new(),
        default: false,
        secret: false,
        constructor: None,
        page: None,
    };
    let is_secret = |id: SchemaId| plan.contract.schemas.is_secret(id);
    match &schema.kind {
        _ if schema.rust_type.is_some() => {
            let ty = plan.structure(key.schema, direction);
            view.target = Code::of(&ty);
        }
        Kind::Object(object) if !object.is_map() && plan.page_of(object).is_none() => {
            view.form = TypeForm::Struct;
            let mut all: Vec<FieldView> = Vec::new();
            let found = fields(plan, key, diagnostics);
            view.default = found
                .iter()
                .all(|field| matches!(field.presence, Presence::Optional | Presence::Patch | Presence::Tag));
            for field in found.iter().filter(|field| field.presence != Presence::Tag) {
                let member = plan.contract.schemas.get(field.property.schema);
                all.push(FieldView {
                    name: Code::of(&field.name),
                    docs: field_docs(plan, field.property.schema, field.default.is_some()),
                    deprecated: member.deprecated,
                    ty: Code::of(&field.ty),
                    secret: is_secret(field.property.schema),
                });
            }
            if let Additional::Kept(rest) = object.additional {
                let ty = Ty::Map(Box::new(plan.element(rest, direction)));
                all.push(FieldView {
                    name: Code::of(rest_name(&all)),
                    docs: "The fields that the schema does not declare.".to_owned(),
                    deprecated: false,
                    ty: Code::of(&ty),
                    secret: is_secret(rest),
                });
            }
            view.constructor = constructor(plan, key, &found, all.last().filter(|_| keeps(object)));
            view.fields = all;
            view.page = page_constructor(plan, key);
        }
        Kind::Strings(names) => {
            view.form = if names.open { TypeForm::OpenNames } else { TypeForm::Names };
            view.variants = name_variants(names, schema, diagnostics);
        }
        Kind::Union(union) => {
            view.form = TypeForm::Union;
            let collided = union_variants(&plan.contract.schemas, key.schema).1;
            if let Some(collided) = collided.filter(|_| key.only != Some(Direction::Inbound)) {
                let report = collided.report(schema.span, |index| {
                    let named = |schema: &Schema| schema.component.clone().or_else(|| schema.title.clone());
                    match plan.contract.schemas.nearest(union.branches[index], named) {
                        Some(name) => format!("the variant `{name}` (number {})", index + 1),
                        None => format!("the variant number {}", index + 1),
                    }
                });
                diagnostics.push(report.help("give each variant a different `title`, or make it a component"));
            }
            for (index, (branch, variant)) in union.branches.iter().zip(plan.variant_names(key.schema)).enumerate() {
                let ty = plan.element(*branch, direction);
                let ty = if plan.is_boxed(key, *branch, direction) { Ty::Boxed(Box::new(ty)) } else { ty };
                let docs =
                    plan.contract.schemas.nearest(*branch, |schema| schema.description.clone()).unwrap_or_default();
                view.variants.push(VariantView {
                    name: Code::of(variant),
                    docs,
                    ty: Code::of(&ty),
                    secret: is_secret(*branch),
                    wire: String::new(),
                    index,
                });
            }
        }
        Kind::String(shape) if matches!(shape.format, Format::Id(_)) => {
            view.form = TypeForm::Id;
            if let Format::Id(prefix) = &shape.format {
                view.prefix = prefix.clone();
            }
        }
        _ => {
            if schema.holds_itself {
                view.form = TypeForm::Wrapper;
                view.secret = is_secret(key.schema);
            }
            let ty = plan.structure(key.schema, direction);
            view.target = Code::of(&ty);
            if schema.deduplicated {
                view.docs = format!("Another name of [`{}`], whose schema is equal.", plain(&ty.to_string()));
            }
        }
    }
    view.secret |= view.fields.iter().any(|field| field.secret) || view.variants.iter().any(|variant| variant.secret);
    view
}

/// Returns true if the struct of an object schema keeps properties that the schema does not declare.
fn keeps(object: &ObjectShape) -> bool {
    matches!(object.additional, Additional::Kept(_))
}

/// Returns the view of a struct's constructor from its required fields, or `None` if the struct needs none.
///
/// Only structs that a service writes and that have several optional fields get a constructor. A struct with a
/// default that is parsed from JSON text gets none, since parsing may fail and a constructor must not.
fn constructor(
    plan: &TypePlan<'_>,
    key: TypeKey,
    found: &[Field<'_>],
    rest: Option<&FieldView>,
) -> Option<ConstructorView> {
    const MOST: usize = 6;
    let written = plan.usage.is_written(key.schema) && key.only != Some(Direction::Inbound);
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
                let variable = variable(&field.name, CONSTRUCT);
                let short = variable == field.name;
                values.push(Code::of(if short { variable } else { format!("{}: {variable}", field.name) }));
                continue;
            }
            (Presence::Optional, _) => "None".to_owned(),
            (Presence::Patch, _) => format!("{}::Absent", runtime("Patch")),
            (Presence::Defaulted, default) => default.as_ref()?.expression()?.to_owned(),
            (Presence::DefaultedNullable, default) => default.as_ref()?.under_some().expression()?.to_owned(),
        };
        values.push(Code::of(format!("{}: {value}", field.name)));
    }
    values.extend(rest.map(|rest| Code::of(format!("{}: {}::new()", rest.name, std("std::collections::BTreeMap")))));
    let parameter = |field: &&Field<'_>| Code::of(format!("{}: {}", variable(&field.name, CONSTRUCT), field.ty));
    let parameters = required.iter().map(parameter).collect();
    Some(ConstructorView { parameters, values, default: is_default })
}

/// Returns a name for the struct field that keeps undeclared properties. No declared field has this name, and none ends with an
/// underscore.
fn rest_name(fields: &[FieldView]) -> &'static str {
    let free = |name: &str| !fields.iter().any(|field| field.name.0 == name);
    ["additional", "additional_properties"].into_iter().find(|name| free(name)).unwrap_or("additional_")
}

/// Returns the views of the variants of a string enumeration.
fn name_variants(listed: &StringEnum, schema: &Schema, diagnostics: &mut Diagnostics) -> Vec<VariantView> {
    let (names, collided) = enum_variants(listed);
    if let Some(collided) = collided {
        let report = collided.report(schema.span, |index| format!("the value `{}`", listed.values[index]));
        diagnostics.push(report.help("choose the Rust names of the values with `x-enum-varnames`"));
    }
    let views = listed.values.iter().zip(names).enumerate();
    views
        .map(|(index, (value, name))| VariantView {
            name: Code::of(name),
            docs: match value.as_str() {
                "" => "The empty string.".to_owned(),
                value => format!("The value `{}`.", value.replace('`', "'")),
            },
            ty: Code::default(),
            secret: false,
            wire: value.clone(),
            index,
        })
        .collect()
}

/// Returns the documentation of a declared type: the description or title of its schema, otherwise a sentence
/// with its name.
fn docs(schema: &Schema, name: &str) -> String {
    match (&schema.description, &schema.title, &schema.component) {
        (Some(description), ..) if !description.trim().is_empty() => description.clone(),
        (_, Some(title), _) if !title.trim().is_empty() => title.clone(),
        (.., Some(component)) => format!("The schema `{component}` of the contract."),
        _ => format!("The inline schema `{name}` of the contract."),
    }
}

/// Returns the documentation of a struct field, with its default if it has one.
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
