//! What the templates of requests receive.

use serde::Serialize;

use crate::rust::code::Code;

/// The request type of an operation.
#[derive(Debug, Serialize)]
pub struct RequestView {
    /// Its name.
    pub name: Code,
    /// The reason why it is not called as usual, as a sentence; empty if it is.
    pub fallback: String,
    /// Its fields.
    pub fields: Vec<RequestFieldView>,
    /// Whether it implements `Default`: nothing of it must be sent.
    pub default: bool,
    /// A body of several media types: the enum of its forms.
    pub forms: Option<FormsView>,
    /// Whether it holds a body that has not arrived yet, which can be neither cloned nor compared.
    pub streamed: bool,
}

/// The enum of the keys that a list can be sorted by.
#[derive(Debug, Serialize)]
pub struct SortView {
    /// Its name.
    pub name: Code,
    /// The keys.
    pub keys: Vec<SortKeyView>,
}

/// One sort key.
#[derive(Debug, Serialize)]
pub struct SortKeyView {
    /// The variant.
    pub name: Code,
    /// Its name on the wire.
    pub wire: String,
}

/// What a field of a request stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// The parameter at this index.
    Parameter(usize),
    /// Those at these, which say what page is wanted.
    Page {
        /// How long it is.
        limit: usize,
        /// Which it is by number.
        number: Option<usize>,
        /// Which it is by cursor.
        cursor: Option<usize>,
    },
    /// The body.
    Body,
}

/// One field of a request.
#[derive(Debug, Serialize)]
pub struct RequestFieldView {
    /// What it stands for.
    #[serde(skip)]
    pub source: FieldSource,
    /// Its Rust name.
    pub name: Code,
    /// Its doc comment.
    pub docs: String,
    /// Its type.
    pub ty: Code,
    /// What an absent value becomes.
    #[serde(skip)]
    pub presence: Presence,
    /// The variable that it is decoded into.
    pub variable: Code,
    /// How it is decoded.
    pub decode: DecodeView,
    /// The expression that takes it from the variable.
    pub take: Code,
}

/// What an absent value of a request's field becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A violation, or for text and bytes the empty value.
    Required,
    /// `None`.
    Optional,
    /// The default that the contract gives.
    Defaulted,
    /// The empty list.
    List,
}

/// How a field of a request is decoded.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecodeView {
    /// By an expression.
    Call(Code),
    /// As the page of a list; the fields of the `PageRule`.
    Page(Vec<Code>),
}

/// The body types that the media type chooses between.
#[derive(Debug, Serialize)]
pub struct FormsView {
    /// The enum.
    pub name: Code,
    /// Its variants.
    pub forms: Vec<FormView>,
}

/// One of the body types.
#[derive(Debug, Serialize)]
pub struct FormView {
    /// The variant.
    pub variant: Code,
    /// What it holds.
    pub ty: Code,
    /// The media types that choose it.
    pub docs: String,
    /// The pattern of media indices.
    pub media: Code,
    /// The first of them.
    pub index: usize,
    /// How it is read.
    pub read: Code,
}
