//! The codec of a declared type: the code that reads and writes its JSON.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::Direction;
use writ_contract::model::schema::{Additional, Kind, ObjectShape};

use crate::rust::code::{Code, literal};
use crate::rust::comment::comment;
use crate::rust::expr::branch::branch_rule;
use crate::rust::expr::read::ReadCalls;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::mention::runtime;
use crate::rust::names::locals::{READ, variable};
use crate::rust::plan::types::{TypeKey, TypePlan};
use crate::rust::types::fields::{Field, Presence, fields};
use crate::rust::types::type_check::type_check;
use crate::rust::view::{BranchView, CodecView, FieldCodecView, ObjectRuleView, RestView, TypeForm, TypeView};

/// The choice of implementations that a codec contains: the reader, the writer, and the further ones of a string enum
/// or an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodecParts {
    read: bool,
    write: bool,
    names: bool,
}

impl CodecParts {
    /// Returns the choice of implementations that the server needs: it reads inbound types and writes outbound types.
    pub fn for_server(plan: &TypePlan<'_>, key: TypeKey) -> CodecParts {
        let read = plan.usage.is_read(key.schema) && key.only != Some(Direction::Outbound);
        let write = plan.usage.is_written(key.schema) && key.only != Some(Direction::Inbound);
        CodecParts { read, write, names: read || write }
    }

    /// Returns the choice of all implementations that the server does not need. Only a client or `serde` needs them.
    pub fn extra(self) -> CodecParts {
        CodecParts { read: !self.read, write: !self.write, names: !self.names }
    }
}

/// Returns the view of a declared type's codec, or `None` if the codec would contain no implementation. `parts`
/// chooses the implementations.
pub fn codec(
    calls: &ReadCalls<'_, '_>,
    key: TypeKey,
    declared: &TypeView,
    parts: CodecParts,
    diagnostics: &mut Diagnostics,
) -> Option<CodecView> {
    let plan = calls.plan;
    let CodecParts { read, write, names } = parts;
    if declared.form == TypeForm::Alias || (!read && !write) || (declared.form == TypeForm::Id && !names) {
        return None;
    }
    let mut view = CodecView {
        name: declared.name.clone(),
        form: declared.form,
        read,
        write,
        names,
        fields: Vec::new(),
        takes: Vec::new(),
        rule: ObjectRuleView::default(),
        rest: None,
        variants: declared.variants.clone(),
        branches: Vec::new(),
        choose: Code::default(),
        has_discriminator: false,
        prefix: declared.prefix.clone(),
        sparse_list: None,
        check: None,
    };
    match &plan.contract.schemas.get(key.schema).kind {
        _ if declared.form == TypeForm::Wrapper && read => view.choose = Code::of(calls.structure(key.schema)),
        _ if declared.form == TypeForm::Wrapper => {}
        Kind::Object(object) => struct_codec(calls, key, object, &mut view, declared, diagnostics),
        Kind::Union(_) => union_codec(calls, key, &mut view),
        _ => {}
    }
    if write {
        let found = fields(plan, key, &mut Diagnostics::new());
        view.check = type_check(calls, key, &found, &view);
    }
    Some(view)
}

/// Adds the fields of a struct to the view of the struct's codec, the code that reads and writes JSON.
fn struct_codec(
    calls: &ReadCalls<'_, '_>,
    key: TypeKey,
    object: &ObjectShape,
    view: &mut CodecView,
    declared: &TypeView,
    diagnostics: &mut Diagnostics,
) {
    let found = fields(calls.plan, key, diagnostics);
    if view.read {
        let literals = |fields: &mut dyn Iterator<Item = &Field<'_>>| {
            fields.map(|field| Code::literal(&field.property.name)).collect::<Vec<Code>>()
        };
        view.rule.fields = literals(&mut found.iter());
        view.rule.required = literals(&mut found.iter().filter(|field| field.property.required));
        let unknown = |what: &str| Code::of(format!("unknown: {}::{what}", runtime("Unknown")));
        view.rule.more.extend(match object.additional {
            Additional::Ignored => None,
            Additional::Denied => Some(unknown("Deny")),
            Additional::Kept(_) => Some(unknown("Keep")),
        });
        let omitted = match object.additional {
            Additional::Ignored => Vec::new(),
            Additional::Denied | Additional::Kept(_) => calls.plan.omitted_properties(key),
        };
        if !omitted.is_empty() {
            let names: Vec<String> = omitted.iter().map(|property| literal(&property.name)).collect();
            view.rule.more.push(Code::of(format!("ignored: &[{}]", names.join(", "))));
        }
        view.rule.more.extend(object.min.filter(|min| *min > 0).map(|min| Code::of(format!("min: {min}"))));
        view.rule.more.extend(object.max.map(|max| Code::of(format!("max: Some({max})"))));
    }
    view.sparse_list = found.iter().find(|field| is_sparse_list(calls, field)).map(|field| field.property.name.clone());
    let mut variables: Vec<String> = Vec::new();
    for (index, field) in found.iter().enumerate() {
        let tag = plan_tag(calls, key, field);
        let reading = (view.read && tag.is_none()).then(|| field_read(calls, field));
        let variable = variable(&field.name, READ);
        variables.push(variable.clone());
        let take = match field.presence {
            Presence::Required | Presence::RequiredNullable => format!("{variable}?"),
            Presence::Optional | Presence::Tag => variable.clone(),
            Presence::Patch => format!("{variable}.unwrap_or_default()"),
            Presence::Defaulted | Presence::DefaultedNullable => match (&field.default, &reading) {
                // The default is in a `Some`, since the field may also be null.
                (Some(default), Some(read)) if field.presence == Presence::DefaultedNullable => {
                    default.under_some().take(&variable, read)
                }
                (Some(default), Some(read)) => default.take(&variable, read),
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
            read: match (&tag, &reading) {
                // The value of the discriminator is already known, since it selected the type.
                (Some(_), _) => format!("r.skip({})", comment(&field.property.name)).into(),
                (None, Some(read)) => Code::of(format!("{variable} = {read}")),
                (None, None) => Code::default(),
            },
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
        let read = if view.read { Code::of(calls.element(rest)) } else { Code::default() };
        view.rest = Some(RestView { name: field.name.clone(), read });
    }
}

/// Returns the constant value of a field that is a discriminator, and `None` for a field that the struct contains.
fn plan_tag(calls: &ReadCalls<'_, '_>, key: TypeKey, field: &Field<'_>) -> Option<String> {
    let tag = calls.plan.tagged.get(&key.schema).filter(|_| field.presence == Presence::Tag)?;
    Some(tag.value.clone())
}

/// Returns the expression that reads the value of a struct field.
fn field_read(calls: &ReadCalls<'_, '_>, field: &Field<'_>) -> ReadExpression {
    let schema = field.property.schema;
    let held = |value: ReadExpression| if field.boxed { value.boxed() } else { value };
    match field.presence {
        Presence::RequiredNullable | Presence::DefaultedNullable => calls.with_null(schema, "nullable", held),
        Presence::Patch => calls.with_null(schema, "patch", held),
        _ => held(calls.value(schema)),
    }
}

/// Adds the branches of a union to the view of the union's codec, the code that reads and writes JSON.
fn union_codec(calls: &ReadCalls<'_, '_>, key: TypeKey, view: &mut CodecView) {
    let plan = calls.plan;
    let Kind::Union(union) = &plan.contract.schemas.get(key.schema).kind else { return };
    if !view.read {
        return;
    }
    for (index, (branch, variant)) in union.branches.iter().zip(&view.variants).enumerate() {
        let mut read = calls.element(*branch);
        if plan.is_boxed(key, *branch, calls.direction) {
            read = read.boxed();
        }
        view.branches.push(BranchView {
            rule: Code::of(branch_rule(plan, calls.direction, *branch, &plan.branch_name(*branch, &variant.name.0))),
            variant: variant.name.clone(),
            read: Code::of(read),
            index,
        });
    }
    view.choose = match &union.discriminator {
        Some(discriminator) => {
            let pairs: Vec<String> =
                discriminator.mapping.iter().map(|(value, index)| format!("({}, {index})", literal(value))).collect();
            let (property, pairs) = (literal(&discriminator.property), pairs.join(", "));
            Code::of(match discriminator.default {
                Some(default) => format!("r.tagged_or({property}, &[{pairs}], {default}, "),
                None => format!("r.tagged({property}, &[{pairs}], "),
            })
        }
        None => Code::from(if union.exactly_one { "r.one_of(BRANCHES, " } else { "r.any_of(BRANCHES, " }),
    };
    view.has_discriminator = union.discriminator.is_some();
}

/// Returns true if a struct field is a list of objects that a sparse fieldset (a selection of fields) applies to.
fn is_sparse_list(calls: &ReadCalls<'_, '_>, field: &Field) -> bool {
    let schemas = &calls.plan.contract.schemas;
    let Kind::Array(array) = schemas.kind(field.property.schema) else { return false };
    matches!(schemas.kind(array.items), Kind::Object(part) if part.sparse_of.is_some())
}
