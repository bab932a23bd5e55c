//! The check of a declared type before it leaves: the statements that hold its values to the contract.

use writ_contract::model::schema::{Additional, Kind, ObjectShape};

use crate::rust::code::{Code, literal};
use crate::rust::expr::conform::in_box;
use crate::rust::expr::read::ReadCalls;
use crate::rust::mention::runtime;
use crate::rust::plan::types::TypeKey;
use crate::rust::types::fields::{Field, Presence};
use crate::rust::view::{CheckView, CodecView, TypeForm};

/// Returns the check of a declared type, or `None` if values of the type cannot break the contract.
pub fn type_check(
    calls: &ReadCalls<'_, '_>,
    key: TypeKey,
    found: &[Field<'_>],
    codec: &CodecView,
) -> Option<CheckView> {
    if !calls.plan.constrained.contains(&key) {
        return None;
    }
    let kind = &calls.plan.contract.schemas.get(key.schema).kind;
    let statements = match kind {
        _ if codec.form == TypeForm::Wrapper => {
            let rule = calls.structure_rule(key.schema)?;
            vec![Code::of(format!("c.check(&self.0, &{rule});"))]
        }
        Kind::Object(object) => struct_check(calls, object, found, codec),
        Kind::Union(union) => {
            let arms = union.branches.iter().zip(&codec.variants).filter_map(|(branch, variant)| {
                let rule = calls.element_rule(*branch)?;
                let boxed = calls.plan.is_boxed(key, *branch, calls.direction);
                let rule = if boxed { in_box(rule) } else { rule };
                Some(Code::of(format!("Self::{}(value) => c.check(value, &{rule}),", variant.name)))
            });
            arms.collect()
        }
        _ => Vec::new(),
    };
    let partial = statements.len() < codec.variants.len();
    (!statements.is_empty()).then_some(CheckView { statements, partial })
}

/// Returns the statements that check the fields of a struct, the fields that its schema does not declare, and the number
/// of all fields.
fn struct_check(calls: &ReadCalls<'_, '_>, object: &ObjectShape, found: &[Field<'_>], codec: &CodecView) -> Vec<Code> {
    let mut statements: Vec<Code> = found.iter().filter_map(|field| field_check(calls, field)).collect();
    if let (Additional::Kept(rest), Some(field)) = (object.additional, &codec.rest)
        && let Some(rule) = calls.element_rule(rest)
    {
        let none = runtime("MapRule");
        let entries = format!("{} {{ rule: {none}::NONE, values: {rule} }}", runtime("Entries"));
        statements.push(Code::of(format!("c.check(&self.{}, &{entries});", field.name)));
    }
    let min = object.min.filter(|min| *min > 0).unwrap_or_default();
    if min > 0 || object.max.is_some() {
        let max = object.max.map_or("None".to_owned(), |max| format!("Some({max})"));
        statements.push(Code::of(format!("c.check(self, &{} {{ min: {min}, max: {max} }});", runtime("Properties"))));
    }
    if let Some(list) = codec.sparse_list.as_ref().filter(|_| !statements.is_empty()) {
        statements.insert(0, Code::of(format!("c.begin_page({});", literal(list))));
    }
    statements
}

/// Returns the statement that checks a field of a struct, or `None` if its Rust type holds all constraints.
fn field_check(calls: &ReadCalls<'_, '_>, field: &Field<'_>) -> Option<Code> {
    let id = field.property.schema;
    let value = || calls.rule(id).map(|rule| if field.boxed { in_box(rule) } else { rule });
    let (method, rule) = match field.presence {
        Presence::Tag => return None,
        Presence::RequiredNullable | Presence::DefaultedNullable => ("field", calls.rule_with_null(id, field.boxed)?),
        Presence::Required | Presence::Defaulted => ("field", value()?),
        Presence::Optional => ("maybe", value()?),
        Presence::Patch => ("patch", value()?),
    };
    Some(Code::of(format!("c.{method}({}, &self.{}, &{rule});", literal(&field.property.name), field.name)))
}
