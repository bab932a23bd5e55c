//! The fields of a struct, which its declaration and its codec share.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::Property;

use crate::rust::expr::default::{DefaultValue, default_value};
use crate::rust::names::ident::value_name;
use crate::rust::names::namespace::distinct;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::{TypeKey, TypePlan};

/// A field of a struct.
pub struct Field<'c> {
    /// The property of the schema.
    pub property: &'c Property,
    /// The Rust name of the field.
    pub name: String,
    /// The type of the field.
    pub ty: Ty,
    /// The default of an absent value, if the contract declares one.
    pub default: Option<DefaultValue>,
    /// The treatment of absence and null.
    pub presence: Presence,
    /// True if the value is in a `Box`, because the type contains itself.
    pub boxed: bool,
}

/// The treatment of absence and null in a field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The field must be present and not null.
    Required,
    /// The field must be present; null is `None`.
    RequiredNullable,
    /// An absent field is `None`; null is a violation.
    Optional,
    /// The field is a `Patch`, which distinguishes absence, null and a value.
    Patch,
    /// An absent field is the default; null is a violation.
    Defaulted,
    /// An absent field is the default; a null field is `None`.
    DefaultedNullable,
    /// The field is the discriminator of its type, and the struct does not contain it.
    Tag,
}

/// Returns the fields of a declared struct. Reports names that collide.
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
