//! A field of a request type, before its name is distinct from those of other fields.

use crate::rust::code::Code;
use crate::rust::expr::default::DefaultValue;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::plan::ty::Ty;
use crate::rust::view::{DecodeView, Presence};

/// A request field: its type, its decoder, and the treatment of an absent value.
pub struct RequestField {
    /// The documentation of the field.
    pub docs: String,
    /// The type of the field.
    pub ty: Ty,
    /// The treatment of an absent value.
    pub presence: Presence,
    /// The default and the reader of the type, if the presence is [`Presence::Defaulted`].
    pub default: Option<(DefaultValue, ReadExpression)>,
    /// The expression that decodes the field.
    pub decode: DecodeView,
}

impl RequestField {
    /// Returns a field without a default.
    pub fn new(docs: String, ty: Ty, presence: Presence, decode: String) -> RequestField {
        RequestField { docs, ty, presence, default: None, decode: DecodeView::Call(Code::from(decode)) }
    }

    /// Returns the expression that moves the decoded value out of `variable`.
    pub fn take(&self, variable: &str) -> String {
        match (self.presence, &self.default) {
            (Presence::Required, _) => format!("{variable}?"),
            (Presence::Defaulted, Some((default, read))) => default.take(variable, read),
            (Presence::Optional | Presence::Defaulted, _) => variable.to_owned(),
            (Presence::List, _) => format!("{variable}.unwrap_or_default()"),
        }
    }
}
