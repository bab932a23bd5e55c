//! The declared types as views: their declarations and their codecs, grouped into files.

use std::collections::BTreeMap;

use crate::contract::SchemaId;
use crate::contract::schema::{Additional, Format, Kind, ObjectShape, Property, Schema};
use crate::diagnostic::{Diagnostic, Diagnostics};

use super::code::{Code, literal};
use super::default::{default_text, default_value};
use super::ident::{type_name, value_name};
use super::names::distinct;
use super::patterns::Patterns;
use super::read::{ReadCalls, function};
use super::types::{Ty, TypeKey, TypePlan, is_map};
use super::usage::{Direction, Side, Tags};
use super::uses::{Uses, borrowed, wrap_at};
use super::view::{
    BranchView, CodecView, CodecsView, FieldCodecView, FieldView, RestView, TypeView, TypesView, VariantView,
};

/// One file of types with the file of their codecs.
pub struct TypeFile {
    /// The module.
    pub module: String,
    /// The declarations.
    pub types: TypesView,
    /// How they are read and written.
    pub codecs: CodecsView,
    /// The names it declares.
    pub names: Vec<Code>,
}

/// The files of types: those that one tag alone uses by that tag, the others together.
pub fn type_files(
    plan: &TypePlan<'_>,
    modules: &[String],
    patterns: &Patterns,
    diagnostics: &mut Diagnostics,
) -> Vec<TypeFile> {
    let mut groups: BTreeMap<usize, Vec<TypeKey>> = BTreeMap::new();
    for key in &plan.order {
        let group = match plan.usage.tags(key.schema) {
            Tags::One(tag) => tag,
            Tags::None | Tags::Several => usize::MAX,
        };
        groups.entry(group).or_default().push(*key);
    }
    groups
        .into_iter()
        .map(|(group, keys)| {
            let tag = plan.contract.tags.get(group);
            let module = modules.get(group).cloned().unwrap_or_else(|| "shared".to_owned());
            let title = match tag {
                Some(tag) => format!("The types of the operations under `{}`.", tag.name),
                None => "The types that several tags share.".to_owned(),
            };
            file(plan, module, title, &keys, patterns, diagnostics)
        })
        .collect()
}

fn file(
    plan: &TypePlan<'_>,
    module: String,
    title: String,
    keys: &[TypeKey],
    patterns: &Patterns,
    diagnostics: &mut Diagnostics,
) -> TypeFile {
    let mut uses = Uses::default();
    let mut codec_uses = Uses::default();
    let mut types = Vec::new();
    let mut codecs = Vec::new();
    let mut names = Vec::new();
    for key in keys {
        let view = declaration(plan, *key, &mut uses, diagnostics);
        uses.declare(&view.name.0);
        names.push(view.name.clone());
        let mut calls = ReadCalls { plan, patterns, uses: &mut codec_uses };
        if let Some(codec) = codec(&mut calls, *key, &view, diagnostics) {
            codecs.push(codec);
        }
        types.push(view);
    }
    names.sort();
    TypeFile {
        module,
        types: TypesView { title, imports: uses.lines("super", ""), types },
        codecs: CodecsView { imports: codec_uses.lines("super::super::types", "super::patterns"), codecs },
        names,
    }
}

/// The way a form's members are looked at.
fn direction(plan: &TypePlan<'_>, key: TypeKey) -> Direction {
    match key.side {
        Side::Request => Direction::Request,
        Side::Response => Direction::Response,
        Side::Both if plan.usage.is_read(key.schema) => Direction::Request,
        Side::Both => Direction::Response,
    }
}

/// One field, decided on: shared by its declaration and its codec.
struct Field<'c> {
    property: &'c Property,
    name: String,
    ty: Ty,
    /// The literal that stands for it where it is absent.
    default: Option<String>,
    presence: Presence,
    boxed: bool,
}

/// How the absence of a field and null are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Required,
    RequiredNullable,
    Optional,
    Patch,
    Defaulted,
    /// Absent is the default, and null is null.
    DefaultedNullable,
}

fn fields<'c>(plan: &TypePlan<'c>, key: TypeKey, uses: &mut Uses, diagnostics: &mut Diagnostics) -> Vec<Field<'c>> {
    let way = direction(plan, key);
    let properties = plan.properties(key);
    let (names, collided) = distinct(properties.iter().map(|property| value_name(&property.name)));
    if collided {
        collision(plan.contract.schemas.get(key.schema), diagnostics);
    }
    properties
        .into_iter()
        .zip(names)
        .map(|(property, name)| {
            let boxed = plan.is_boxed(key, property.schema, way);
            let plain = plan.ty(property.schema, way);
            let plain = if boxed { Ty::Boxed(Box::new(plain)) } else { plain };
            let nullable = plan.is_nullable(property.schema);
            let default = match property.required || boxed {
                true => None,
                false => default_value(plan, property.schema, &plain, way, uses, diagnostics),
            };
            let (ty, presence) = match (property.required, nullable) {
                (true, false) => (plain, Presence::Required),
                (true, true) => (Ty::Option(Box::new(plain)), Presence::RequiredNullable),
                (false, false) if default.is_some() => (plain, Presence::Defaulted),
                (false, true) if default.is_some() => (Ty::Option(Box::new(plain)), Presence::DefaultedNullable),
                (false, false) => (Ty::Option(Box::new(plain)), Presence::Optional),
                (false, true) => (Ty::Patch(Box::new(plain)), Presence::Patch),
            };
            Field { property, name, ty, default, presence, boxed }
        })
        .collect()
}

fn collision(schema: &Schema, diagnostics: &mut Diagnostics) {
    diagnostics.push(
        Diagnostic::warning("name-collision", schema.span, "two of its names are one in Rust")
            .label("told apart by a number")
            .note("on the wire they keep their names"),
    );
}

fn declaration(plan: &TypePlan<'_>, key: TypeKey, uses: &mut Uses, diagnostics: &mut Diagnostics) -> TypeView {
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
    };
    match &schema.kind {
        Kind::Object(object) if !is_map(object) && plan.page_of(object).is_none() => {
            view.form = "struct";
            let mut all: Vec<FieldView> = Vec::new();
            let found = fields(plan, key, &mut Uses::default(), diagnostics);
            view.default = found.iter().all(|field| matches!(field.presence, Presence::Optional | Presence::Patch));
            for field in &found {
                uses.ty(&field.ty);
                let member = plan.contract.schemas.get(field.property.schema);
                all.push(FieldView {
                    name: Code::of(&field.name),
                    docs: field_docs(plan, field.property.schema, field.default.as_deref()),
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
            view.fields = all;
        }
        Kind::Strings(names) => {
            view.form = if names.open { "open_names" } else { "names" };
            view.variants = name_variants(&names.values, schema, diagnostics);
        }
        Kind::Union(union) => {
            view.form = "union";
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
        }
    }
    view
}

/// The field that keeps the others; a contract may have a property of the same name.
fn rest_name(fields: &[FieldView]) -> &'static str {
    let free = |name: &str| !fields.iter().any(|field| field.name.0 == name);
    ["additional", "additional_properties", "writ_additional_properties"]
        .into_iter()
        .find(|name| free(name))
        .unwrap_or("additional")
}

fn name_variants(values: &[String], schema: &Schema, diagnostics: &mut Diagnostics) -> Vec<VariantView> {
    let (names, collided) = distinct(values.iter().map(|value| type_name(value)));
    if collided {
        collision(schema, diagnostics);
    }
    let views = values.iter().zip(names).enumerate();
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

fn field_docs(plan: &TypePlan<'_>, id: SchemaId, default: Option<&str>) -> String {
    let mut docs = plan
        .contract
        .schemas
        .nearest(id, |schema| {
            schema.description.clone().filter(|text| !text.trim().is_empty()).or_else(|| schema.title.clone())
        })
        .unwrap_or_default();
    if default.is_some() {
        let default = default_text(plan, id);
        if !docs.is_empty() {
            docs.push_str("\n\n");
        }
        docs.push_str(&format!("Default: `{default}`."));
    }
    docs
}

fn codec(
    calls: &mut ReadCalls<'_, '_>,
    key: TypeKey,
    declared: &TypeView,
    diagnostics: &mut Diagnostics,
) -> Option<CodecView> {
    let plan = calls.plan;
    let read = plan.usage.is_read(key.schema) && key.side != Side::Response;
    let write = plan.usage.is_written(key.schema) && key.side != Side::Request;
    if declared.form == "alias" || (!read && !write) {
        return None;
    }
    calls.uses.contract(&declared.name.0);
    if read {
        calls.uses.runtime("Read");
        calls.uses.runtime("Reader");
    }
    if write {
        calls.uses.runtime("Write");
        calls.uses.runtime("Writer");
    }
    let mut view = CodecView {
        name: declared.name.clone(),
        form: declared.form,
        read,
        write,
        fields: Vec::new(),
        rule: Vec::new(),
        rest: None,
        variants: declared.variants.clone(),
        branches: Vec::new(),
        choose: Code::default(),
        prefix: declared.prefix.clone(),
    };
    match &plan.contract.schemas.get(key.schema).kind {
        _ if declared.form == "wrapper" && read => view.choose = Code::of(calls.structure(key.schema)),
        _ if declared.form == "wrapper" => {}
        Kind::Object(object) => struct_codec(calls, key, object, &mut view, declared, diagnostics),
        Kind::Union(_) => union_codec(calls, key, &mut view),
        Kind::Strings(names) if !names.open => calls.uses.runtime("Named"),
        _ => {}
    }
    Some(view)
}

fn struct_codec(
    calls: &mut ReadCalls<'_, '_>,
    key: TypeKey,
    object: &ObjectShape,
    view: &mut CodecView,
    declared: &TypeView,
    diagnostics: &mut Diagnostics,
) {
    let mut found_uses = Uses::default();
    let found = fields(calls.plan, key, if view.read { &mut *calls.uses } else { &mut found_uses }, diagnostics);
    if view.read {
        calls.uses.runtime("ObjectRule");
        let names: Vec<String> = found.iter().map(|field| literal(&field.property.name)).collect();
        if !names.is_empty() {
            view.rule.push(Code::of(wrap_at(12, "fields: &[", &borrowed(&names), "]")));
        }
        let required: Vec<String> =
            found.iter().filter(|field| field.property.required).map(|field| literal(&field.property.name)).collect();
        if !required.is_empty() {
            view.rule.push(Code::of(wrap_at(12, "required: &[", &borrowed(&required), "]")));
        }
        match object.additional {
            Additional::Ignored => {}
            Additional::Denied => {
                calls.uses.runtime("Unknown");
                view.rule.push("unknown: Unknown::Deny".into());
            }
            Additional::Kept(_) => {
                calls.uses.runtime("Unknown");
                view.rule.push("unknown: Unknown::Keep".into());
            }
        }
        view.rule.extend(object.min.filter(|min| *min > 0).map(|min| Code::of(format!("min: {min}"))));
        view.rule.extend(object.max.map(|max| Code::of(format!("max: Some({max})"))));
    }
    let mut variables: Vec<String> = Vec::new();
    for (index, field) in found.iter().enumerate() {
        let reading = match view.read {
            true => field_read(calls, field),
            false => String::new(),
        };
        let variable = local(&field.name);
        variables.push(variable.clone());
        let take = match field.presence {
            Presence::Required | Presence::RequiredNullable => format!("{variable}?"),
            Presence::Optional => variable.clone(),
            Presence::Patch => format!("{variable}.unwrap_or_default()"),
            Presence::Defaulted => match field.default.as_deref() {
                Some("Vec::new()") => format!("{variable}.unwrap_or_default()"),
                Some(constant) if is_constant(constant) => format!("{variable}.unwrap_or({constant})"),
                default => format!("{variable}.unwrap_or_else(|| {})", default.unwrap_or_default()),
            },
            Presence::DefaultedNullable => match field.default.as_deref() {
                Some(constant) if is_constant(constant) => format!("{variable}.unwrap_or(Some({constant}))"),
                default => format!("{variable}.unwrap_or_else(|| Some({}))", default.unwrap_or_default()),
            },
        };
        let name = &field.name;
        let short = take == *name;
        view.fields.push(FieldCodecView {
            name: Code::of(name),
            variable: Code::of(variable),
            wire: field.property.name.clone(),
            index,
            read: Code::of(reading),
            take: Code::of(if short { take } else { format!("{name}: {take}") }),
            write: match field.presence {
                Presence::Required | Presence::RequiredNullable | Presence::Defaulted | Presence::DefaultedNullable => {
                    "field"
                }
                Presence::Optional => "maybe",
                Presence::Patch => "patch",
            },
        });
    }
    if let (Additional::Kept(rest), Some(field)) = (object.additional, declared.fields.last()) {
        let read = if view.read { calls.element(rest) } else { String::new() };
        if view.read {
            calls.uses.std("std::collections::BTreeMap");
        }
        view.rest = Some(RestView { name: field.name.clone(), read: Code::of(read) });
    }
}

/// A variable of a reading function: not one of the names that the function itself uses.
fn local(name: &str) -> String {
    match name {
        "r" | "object" | "field" | "w" => format!("{name}_"),
        other => other.to_owned(),
    }
}

/// Whether a default needs no work, so that `unwrap_or` may take it.
fn is_constant(expression: &str) -> bool {
    !expression.contains('(') || expression.starts_with('-')
}

fn field_read(calls: &mut ReadCalls<'_, '_>, field: &Field<'_>) -> String {
    let value = calls.value(field.property.schema);
    let value = match field.boxed {
        true => format!("{value}.map(Box::new)"),
        false => value,
    };
    match field.presence {
        Presence::RequiredNullable | Presence::DefaultedNullable => format!("r.nullable({})", function(&value)),
        Presence::Patch => format!("r.patch({})", function(&value)),
        _ => value,
    }
}

fn union_codec(calls: &mut ReadCalls<'_, '_>, key: TypeKey, view: &mut CodecView) {
    let plan = calls.plan;
    let Kind::Union(union) = &plan.contract.schemas.get(key.schema).kind else { return };
    if !view.read {
        return;
    }
    for (index, (branch, variant)) in union.branches.iter().zip(&view.variants).enumerate() {
        let mut read = calls.element(*branch);
        if plan.is_boxed(key, *branch, Direction::Request) {
            read.push_str(".map(Box::new)");
        }
        view.branches.push(BranchView {
            rule: Code::of(super::branch::rule(plan, *branch, &plan.branch_name(*branch, &variant.name.0))),
            variant: variant.name.clone(),
            read: Code::of(read),
            index,
        });
    }
    view.choose = match &union.discriminator {
        Some(discriminator) => {
            let pairs: Vec<String> =
                discriminator.mapping.iter().map(|(value, index)| format!("({}, {index})", literal(value))).collect();
            Code::of(format!("r.tagged({}, &[{}], ", literal(&discriminator.property), pairs.join(", ")))
        }
        None => {
            calls.uses.runtime("Branch");
            if view.branches.iter().any(|branch| branch.rule.0.contains("Types::")) {
                calls.uses.runtime("Types");
            }
            let method = if union.exactly_one { "one_of" } else { "any_of" };
            Code::of(format!("r.{method}(BRANCHES, "))
        }
    };
}
