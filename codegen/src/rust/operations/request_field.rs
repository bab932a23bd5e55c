//! A field of a request type, before it has a name that differs from the names of the other fields.

use crate::rust::code::Code;
use crate::rust::expr::default::DefaultValue;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::plan::ty::Ty;
use crate::rust::view::{DecodeView, Presence};

/// A field of a request type without its name: its Rust type, its decoding code, and the treatment of an absent
/// value.
pub struct RequestField {
    /// The documentation of the request field.
    pub docs: String,
    /// The Rust type of the request field.
    pub ty: Ty,
    /// The treatment of an absent parameter or body.
    pub presence: Presence,
    /// The default of the request field and the expression that reads the field's type, if the presence is
    /// [`Presence::Defaulted`].
    pub default: Option<(DefaultValue, ReadExpression)>,
    /// The code that decodes the request field.
    pub decode: DecodeView,
    /// True if the value of the request field is a secret, which `Debug` output omits.
    pub secret: bool,
}

impl RequestField {
    /// Creates a request field without a default, which is no secret.
    pub fn new(docs: String, ty: Ty, presence: Presence, decode: String) -> RequestField {
        RequestField { docs, ty, presence, default: None, decode: DecodeView::Call(Code::from(decode)), secret: false }
    }

    /// Returns the expression that moves the decoded value of the request field out of `variable`.
    pub fn take(&self, variable: &str) -> String {
        match (self.presence, &self.default) {
            (Presence::Required, _) => format!("{variable}?"),
            (Presence::Defaulted, Some((default, read))) => default.take(variable, read),
            (Presence::Optional | Presence::Defaulted, _) => variable.to_owned(),
            (Presence::List, _) => format!("{variable}.unwrap_or_default()"),
        }
    }
}
