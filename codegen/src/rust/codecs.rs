//! How a type is read and written.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::{Additional, Kind, ObjectShape};

use super::code::{Code, literal};
use super::comment::comment;
use super::default::DefaultValue;
use super::fields::{Field, Presence, fields};
use super::read::{ReadCalls, function};
use super::types::{TypeKey, TypePlan};
use super::usage::Side;
use super::uses::{Uses, borrowed, wrap_at};
use super::view::{BranchView, CodecView, FieldCodecView, RestView, TypeView};

/// Which ways a type goes, and whether what both stand on is given beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ways {
    read: bool,
    write: bool,
    names: bool,
}

impl Ways {
    /// Those that the server needs.
    pub(super) fn needed(plan: &TypePlan<'_>, key: TypeKey) -> Ways {
        let read = plan.usage.is_read(key.schema) && key.side != Side::Response;
        let write = plan.usage.is_written(key.schema) && key.side != Side::Request;
        Ways { read, write, names: read || write }
    }

    /// All others.
    pub(super) fn others(self) -> Ways {
        Ways { read: !self.read, write: !self.write, names: !self.names }
    }
}

pub(super) fn codec(
    calls: &mut ReadCalls<'_, '_>,
    key: TypeKey,
    declared: &TypeView,
    ways: Ways,
    diagnostics: &mut Diagnostics,
) -> Option<CodecView> {
    let plan = calls.plan;
    let Ways { read, write, names } = ways;
    if declared.form == "alias" || (!read && !write) || (declared.form == "id" && !names) {
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
        names,
        fields: Vec::new(),
        takes: Vec::new(),
        rule: Vec::new(),
        rest: None,
        variants: declared.variants.clone(),
        branches: Vec::new(),
        choose: Code::default(),
        prefix: declared.prefix.clone(),
        trimmed: None,
    };
    match &plan.contract.schemas.get(key.schema).kind {
        _ if declared.form == "wrapper" && read => view.choose = Code::of(calls.structure(key.schema)),
        _ if declared.form == "wrapper" => {}
        Kind::Object(object) => struct_codec(calls, key, object, &mut view, declared, diagnostics),
        Kind::Union(_) => union_codec(calls, key, &mut view),
        Kind::Strings(listed) if !listed.open && (names || write) => calls.uses.runtime("Named"),
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
    view.trimmed = found.iter().find(|field| is_trimmed(calls, field)).map(|field| field.property.name.clone());
    let mut variables: Vec<String> = Vec::new();
    for (index, field) in found.iter().enumerate() {
        let tag = plan_tag(calls, key, field);
        let reading = match view.read && tag.is_none() {
            true => field_read(calls, field),
            false => String::new(),
        };
        let variable = local(&field.name);
        variables.push(variable.clone());
        let take = match field.presence {
            Presence::Required | Presence::RequiredNullable => format!("{variable}?"),
            Presence::Optional | Presence::Tag => variable.clone(),
            Presence::Patch => format!("{variable}.unwrap_or_default()"),
            Presence::Defaulted | Presence::DefaultedNullable => match &field.default {
                Some(default) if view.read => default_take(&variable, default, &reading, field.presence),
                _ => variable.clone(),
            },
        };
        let name = &field.name;
        let short = take == *name;
        let take = if short { take } else { format!("{name}: {take}") };
        if tag.is_none() {
            view.takes.push(Code::of(take));
        }
        view.fields.push(FieldCodecView {
            name: Code::of(name),
            variable: Code::of(&variable),
            wire: field.property.name.clone(),
            index,
            read: Code::of(match &tag {
                // Its value chose the type.
                Some(_) => format!("r.skip({})", comment(&field.property.name)),
                None => format!("{variable} = {reading}"),
            }),
            tag,
            write: match field.presence {
                Presence::Required
                | Presence::RequiredNullable
                | Presence::Defaulted
                | Presence::DefaultedNullable
                | Presence::Tag => "field",
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

/// The value of a field that the type says itself.
fn plan_tag(calls: &ReadCalls<'_, '_>, key: TypeKey, field: &Field<'_>) -> Option<String> {
    let tag = calls.plan.tagged.get(&key.schema).filter(|_| field.presence == Presence::Tag)?;
    Some(tag.value.clone())
}

/// A variable of a reading function: not one of the names that the function itself uses.
fn local(name: &str) -> String {
    match name {
        "r" | "object" | "field" | "w" => format!("{name}_"),
        other => other.to_owned(),
    }
}

/// What was read, or else the default: under `Some` where null could have been read in its place.
fn default_take(variable: &str, default: &DefaultValue, reading: &str, presence: Presence) -> String {
    let default = match (presence, default) {
        (Presence::DefaultedNullable, DefaultValue::Literal(literal)) => {
            DefaultValue::Literal(format!("Some({literal})"))
        }
        _ => default.clone(),
    };
    default.take(variable, &function(reading))
}

fn field_read(calls: &mut ReadCalls<'_, '_>, field: &Field<'_>) -> String {
    let schema = field.property.schema;
    let held = |value: String| match field.boxed {
        true => format!("{value}.map(Box::new)"),
        false => value,
    };
    match field.presence {
        Presence::RequiredNullable | Presence::DefaultedNullable => calls.with_null(schema, "nullable", held),
        Presence::Patch => calls.with_null(schema, "patch", held),
        _ => held(calls.value(schema)),
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
        if plan.is_boxed(key, *branch, calls.way) {
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

/// Whether a field lists what says that it is a part of a whole.
fn is_trimmed(calls: &ReadCalls<'_, '_>, field: &Field) -> bool {
    let schemas = &calls.plan.contract.schemas;
    let Kind::Array(array) = schemas.kind(field.property.schema) else { return false };
    matches!(schemas.kind(array.items), Kind::Object(part) if part.sparse_of.is_some())
}
