//! The fields of a struct, decided on once: shared by its declaration and its codec.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::Property;

use crate::rust::expr::default::{DefaultValue, default_value};
use crate::rust::names::ident::value_name;
use crate::rust::names::namespace::distinct;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::{TypeKey, TypePlan};

/// One field, decided on: shared by its declaration and its codec.
pub struct Field<'c> {
    pub property: &'c Property,
    pub name: String,
    pub ty: Ty,
    /// What stands for it where it is absent.
    pub default: Option<DefaultValue>,
    pub presence: Presence,
    pub boxed: bool,
}

/// How the absence of a field and null are told apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Required,
    RequiredNullable,
    Optional,
    Patch,
    Defaulted,
    /// Absent is the default, and null is null.
    DefaultedNullable,
    /// It is no field: the type says it.
    Tag,
}

pub fn fields<'c>(plan: &TypePlan<'c>, key: TypeKey, diagnostics: &mut Diagnostics) -> Vec<Field<'c>> {
    let direction = plan.direction(key);
    let properties = plan.properties(key);
    let (names, collided) = distinct(
        properties
            .iter()
            .map(|property| value_name(property.rust_name.as_ref().map_or(&property.name, |own| &own.value))),
    );
    if let Some(collided) = collided {
        let report = collided.report(plan.contract.schemas.get(key.schema).span, |index| {
            format!("the property `{}`", properties[index].name)
        });
        diagnostics.push(report.help("choose the Rust name of a property with `x-rust-name`"));
    }
    properties
        .into_iter()
        .zip(names)
        .map(|(property, name)| {
            let boxed = plan.is_boxed(key, property.schema, direction);
            let plain = plan.ty(property.schema, direction);
            let plain = if boxed { Ty::Boxed(Box::new(plain)) } else { plain };
            let nullable = plan.is_nullable(property.schema);
            let default = match property.required {
                true => None,
                false => default_value(plan, property.schema, &plain, direction),
            };
            let (ty, presence) = match (property.required, nullable) {
                (true, false) => (plain, Presence::Required),
                (true, true) => (Ty::Option(Box::new(plain)), Presence::RequiredNullable),
                (false, false) if default.is_some() => (plain, Presence::Defaulted),
                (false, true) if default.is_some() => (Ty::Option(Box::new(plain)), Presence::DefaultedNullable),
                (false, false) => (Ty::Option(Box::new(plain)), Presence::Optional),
                (false, true) => (Ty::Patch(Box::new(plain)), Presence::Patch),
            };
            let tag = plan.tagged.get(&key.schema).is_some_and(|tag| tag.property == property.name);
            let presence = if tag { Presence::Tag } else { presence };
            Field { property, name, ty, default, presence, boxed }
        })
        .collect()
}
