//! One field of a request type, before the names of all fields are made distinct.

use crate::rust::code::Code;
use crate::rust::expr::default::DefaultValue;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::plan::ty::Ty;
use crate::rust::view::{DecodeView, Presence};

/// A field: what it holds, how it is decoded, and what an absent value becomes.
pub struct RequestField {
    /// The doc comment.
    pub docs: String,
    /// The type.
    pub ty: Ty,
    /// What an absent value becomes.
    pub presence: Presence,
    /// The default and how the type is read, where the presence is [`Presence::Defaulted`].
    pub default: Option<(DefaultValue, ReadExpression)>,
    /// The expression that decodes it.
    pub decode: DecodeView,
}

impl RequestField {
    /// Returns a field without a default.
    pub fn new(docs: String, ty: Ty, presence: Presence, decode: String) -> RequestField {
        RequestField { docs, ty, presence, default: None, decode: DecodeView::Call(Code::from(decode)) }
    }

    /// Returns the expression that takes the value from the variable that it was decoded into.
    pub fn take(&self, variable: &str) -> String {
        match (self.presence, &self.default) {
            (Presence::Required, _) => format!("{variable}?"),
            (Presence::Defaulted, Some((default, read))) => default.take(variable, read),
            (Presence::Optional | Presence::Defaulted, _) => variable.to_owned(),
            (Presence::List, _) => format!("{variable}.unwrap_or_default()"),
        }
    }
}
