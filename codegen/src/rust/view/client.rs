//! What the templates of a client receive.

use serde::Serialize;

use crate::rust::code::Code;

use super::{FormRuleView, OperationView, PartVariantView};

/// The client of a contract.
#[derive(Debug, Serialize)]
pub struct ClientView {
    /// Its tags.
    pub tags: Vec<TagCallsView>,
    /// The fields of the runtime's `Envelope`; none for RFC 9457.
    pub envelope: Vec<Code>,
}

/// The calls of a tag.
#[derive(Debug, Serialize)]
pub struct TagCallsView {
    /// The struct.
    pub name: Code,
    /// The module.
    pub module: Code,
    /// The field of `Client`.
    pub field: Code,
    /// The doc comment.
    pub docs: String,
    /// The calls.
    pub calls: Vec<CallView>,
}

/// One operation, as it is called.
#[derive(Debug, Serialize)]
pub struct CallView {
    /// The method.
    pub method: Code,
    /// The operation's static.
    pub data: Code,
    /// The doc comment, up to the route.
    pub docs: String,
    /// As [`OperationView::route`].
    pub route: String,
    /// As [`OperationView::terms`].
    pub terms: String,
    /// `deprecated`.
    pub deprecated: bool,
    /// What it takes.
    pub request: Option<CallRequestView>,
    /// The enum of the parts of its body.
    pub parts: Option<Code>,
    /// What they must be, where nothing that reads them says it.
    pub rule: Option<FormRuleView>,
    /// These parts.
    pub variants: Vec<PartVariantView>,
    /// The response type.
    pub response_name: Code,
    /// Its arms by status.
    pub response: Vec<ArmView>,
    /// The objects of it that a sparse fieldset applies to, as one of the runtime's `Within`.
    pub sparse_fieldset: Option<Code>,
    /// The error type.
    pub error_name: Code,
    /// Its arms by status.
    pub error: Vec<ArmView>,
    /// The bodies of several media types.
    pub contents: Vec<ContentReadView>,
}

/// A request as it is sent.
#[derive(Debug, Serialize)]
pub struct CallRequestView {
    /// Its type.
    pub name: Code,
    /// `&`, or nothing where it is given away.
    pub borrow: &'static str,
    /// The statements that hand it over.
    pub sends: Vec<SendView>,
}

/// How one field of a request is handed over.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SendView {
    /// By a call.
    Call(Code),
    /// By a call with the `body` that may be absent.
    Present {
        /// The field.
        value: Code,
        /// The call.
        call: Code,
    },
    /// By a call for each variant of a body.
    Match {
        /// The field.
        value: Code,
        /// True if the body may be absent.
        optional: bool,
        /// The enum.
        name: Code,
        /// Its variants.
        arms: Vec<SendArmView>,
    },
}

/// One variant of a body as it is handed over.
#[derive(Debug, Serialize)]
pub struct SendArmView {
    /// The variant.
    pub variant: Code,
    /// The call with the `body`.
    pub call: Code,
}

/// What an answer of one status, or of a range, is read as.
#[derive(Debug, Serialize)]
pub struct ArmView {
    /// The pattern of its status.
    pub status: Code,
    /// The statements, the value at the end.
    pub lines: Vec<Code>,
}

/// A body of several media types.
#[derive(Debug, Serialize)]
pub struct ContentReadView {
    /// The enum.
    pub name: Code,
    /// The expression of the index of its media type.
    pub media: Code,
    /// Its variants.
    pub arms: Vec<ContentArmView>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub struct ContentArmView {
    /// The pattern of its media types' indices.
    pub places: Code,
    /// The variant.
    pub variant: Code,
    /// The expression that reads it.
    pub read: Code,
}

/// What the service calls of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutgoingKind {
    /// Operations of those who subscribed.
    Webhooks,
    /// Operations of those whose requests ask for them.
    Callbacks,
}

/// The outgoing operations of one kind.
#[derive(Debug, Serialize)]
pub struct OutgoingView {
    /// The kind, which names the module.
    pub kind: OutgoingKind,
    /// The struct.
    pub name: Code,
    /// The types of each.
    pub types: Vec<OperationView>,
    /// The call of each.
    pub calls: Vec<CallView>,
    /// The URL of each callback.
    pub urls: Vec<CallbackUrlView>,
    /// Whether the contract has an envelope of its own.
    pub envelope: bool,
}

/// The URL of a callback.
#[derive(Debug, Serialize)]
pub struct CallbackUrlView {
    /// The constant of its expression.
    pub constant: Code,
    /// The expression.
    pub expression: String,
    /// The id of the operation that asks for it.
    pub parent: String,
    /// The method that evaluates it.
    pub method: Code,
    /// The request that it is evaluated for, where that says it all.
    pub asking: Option<AskingRequestView>,
}

/// The request of an operation that asks for a callback.
#[derive(Debug, Serialize)]
pub struct AskingRequestView {
    /// Its type.
    pub request: Code,
    /// The operation's static.
    pub data: Code,
}
