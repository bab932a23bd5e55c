//! The views of the templates for requests.

use serde::Serialize;

use crate::rust::code::Code;

/// The request type of an operation.
#[derive(Debug, Serialize)]
pub struct RequestView {
    /// The name of the request type.
    pub name: Code,
    /// The reason for a name that is not the first choice, as a sentence; empty if the name is the first
    /// choice.
    pub fallback: String,
    /// The fields of the request type.
    pub fields: Vec<RequestFieldView>,
    /// True if the type implements `Default`, because every field is optional.
    pub default: bool,
    /// The enum of the bodies, if the media type decides the type of the body.
    pub forms: Option<FormsView>,
    /// True if the request holds a body that is still arriving. Such a type implements neither `Clone` nor
    /// `PartialEq`.
    pub streamed: bool,
}

/// The enum of the keys that a list can be sorted by.
#[derive(Debug, Serialize)]
pub struct SortView {
    /// The name of the enum of sort keys.
    pub name: Code,
    /// The sort keys, one for each variant of the enum.
    pub keys: Vec<SortKeyView>,
}

/// A key that a list can be sorted by.
#[derive(Debug, Serialize)]
pub struct SortKeyView {
    /// The variant of a sort key in its enum.
    pub name: Code,
    /// The name of the sort key in a request.
    pub wire: String,
}

/// The source of a request field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSource {
    /// The parameter at this index of the operation's parameters.
    Parameter(usize),
    /// The parameters that select a page of a list.
    Page {
        /// The index of the parameter for the length of a page.
        limit: usize,
        /// The index of the parameter for the page number.
        number: Option<usize>,
        /// The index of the parameter for the cursor.
        cursor: Option<usize>,
    },
    /// The body of the request.
    Body,
}

/// A field of a request type.
#[derive(Debug, Serialize)]
pub struct RequestFieldView {
    /// The source of the field.
    #[serde(skip)]
    pub source: FieldSource,
    /// The Rust name of a request field.
    pub name: Code,
    /// The documentation of the field.
    pub docs: String,
    /// The type of a request field.
    pub ty: Code,
    /// The treatment of an absent value.
    #[serde(skip)]
    pub presence: Presence,
    /// The variable that holds the decoded value.
    pub variable: Code,
    /// The expression that decodes the value of the field.
    pub decode: DecodeView,
    /// The expression that moves the variable into the struct.
    pub take: Code,
}

/// The treatment of an absent value in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// An absent value is a violation. An absent body of text or bytes is the empty value.
    Required,
    /// An absent value is `None`.
    Optional,
    /// An absent value is the default that the contract declares.
    Defaulted,
    /// An absent value is the empty list.
    List,
}

/// The expression that decodes a request field.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DecodeView {
    /// An expression that decodes the field from one parameter or from the body.
    Call(Code),
    /// The fields of a `PageRule`, by which the runtime decodes a page request.
    Page(Vec<Code>),
}

/// The enum of the request bodies that the media type selects from.
#[derive(Debug, Serialize)]
pub struct FormsView {
    /// The name of the enum of request bodies.
    pub name: Code,
    /// The variants of the enum.
    pub forms: Vec<FormView>,
}

/// A variant of the enum of request bodies.
#[derive(Debug, Serialize)]
pub struct FormView {
    /// The name of a variant in the enum of request bodies.
    pub variant: Code,
    /// The type of the request body that the variant holds.
    pub ty: Code,
    /// The media types of the variant, as a list in prose.
    pub docs: String,
    /// The pattern of the indices of the media types.
    pub media: Code,
    /// The index of the variant's first media type.
    pub index: usize,
    /// The expression that reads a request body of the variant.
    pub read: Code,
}
