//! The fields of a declared struct, which its declaration and its codec (the code that reads and writes it) share.

use writ_contract::diagnostic::Diagnostics;
use writ_contract::model::schema::Property;

use crate::rust::expr::default::{DefaultValue, default_value};
use crate::rust::names::distinct::distinct;
use crate::rust::names::spelling::field_names;
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::{TypeKey, TypePlan};

/// A field of a declared struct, with the property that it represents.
pub struct Field<'c> {
    /// The property of the object schema that the field represents.
    pub property: &'c Property,
    /// The Rust name of the struct field.
    pub name: String,
    /// The Rust type of the struct field.
    pub ty: Ty,
    /// The default value of the field, which replaces an absent value; `None` if the contract declares no default.
    pub default: Option<DefaultValue>,
    /// The treatment of an absent value and of null in JSON.
    pub presence: Presence,
    /// True if the value of the field is in a `Box`, because the struct contains itself.
    pub boxed: bool,
}

/// The treatment of an absent value and of null when a struct field is read from JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The field must be present and not null.
    Required,
    /// The field must be present; null is read as `None`.
    RequiredNullable,
    /// An absent field is read as `None`; null is a violation of the contract.
    Optional,
    /// The field is a `Patch`, which distinguishes absence, null and a value.
    Patch,
    /// An absent field is read as its default; null is a violation of the contract.
    Defaulted,
    /// An absent field is read as its default; a null field is read as `None`.
    DefaultedNullable,
    /// The field is a discriminator with a constant value, and the struct does not contain it.
    Tag,
}

/// Returns the fields of a declared struct. Reports properties whose Rust names collide.
pub fn fields<'c>(plan: &TypePlan<'c>, key: TypeKey, diagnostics: &mut Diagnostics) -> Vec<Field<'c>> {
    let direction = plan.direction(key);
    let properties = plan.properties(key);
    let (names, collided) = distinct(
        properties
            .iter()
            .map(|property| field_names(property.rust_name.as_ref().map_or(&property.name, |own| &own.value))),
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
