//! The views of multipart bodies, the data from which the types of their parts are rendered.

use serde::Serialize;

use crate::rust::code::Code;

/// The view of the types of a multipart body whose parts the contract describes.
#[derive(Debug, Clone, Serialize)]
pub struct PartsView {
    /// The name of the generated enum that holds one part of the multipart body.
    pub part: Code,
    /// The name of the generated struct that holds all parts of the multipart body, or `None` if the service
    /// only sends the body.
    pub form: Option<Code>,
    /// The rule that a received multipart body is validated against.
    pub rule: FormRuleView,
    /// The variants of the enum of parts.
    pub variants: Vec<PartVariantView>,
    /// The fields of the struct of all parts of the multipart body.
    pub fields: Vec<PartFieldView>,
    /// The parameter for the name of a part in the generated function that reads values: `_` if no variant
    /// needs the name. `None` if no part is a value.
    pub value_name: Option<Code>,
    /// The parameter for the name of a part in the generated function that takes files: `_` if no variant needs
    /// the name. `None` if no part is a file.
    pub file_name: Option<Code>,
}

/// The view of the runtime's `FormRule`, the rule that a multipart body is validated against.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormRuleView {
    /// The expressions of the runtime's `PartRule`, one for each part that the contract names.
    pub parts: Vec<Code>,
    /// The expression of the `PartRule` for all other parts, or `None` if they are not kept.
    pub rest: Option<Code>,
    /// All other fields of the `FormRule`, as `name: value`.
    pub more: Vec<Code>,
}

/// The view of a variant in the enum of a multipart body's parts.
#[derive(Debug, Clone, Serialize)]
pub struct PartVariantView {
    /// The name of the variant in the enum of parts.
    pub name: Code,
    /// The documentation of the variant in the enum of parts.
    pub docs: String,
    /// The types that the variant of a part holds, as code.
    pub shown: Code,
    /// The index of the part in the `FormRule`.
    pub index: usize,
    /// The expression that reads the value of the part, or `None` for a file.
    pub read: Option<Code>,
    /// True if the variant of the enum of parts holds the parts that the contract does not name.
    pub rest: bool,
    /// True if the value of the part is a secret, which `Debug` output omits.
    pub secret: bool,
}

/// The view of a field in the struct of all parts of a multipart body.
#[derive(Debug, Clone, Serialize)]
pub struct PartFieldView {
    /// The name of the field that holds one part, in the generated struct of a multipart body.
    pub name: Code,
    /// The documentation of the field that holds one part of a multipart body.
    pub docs: String,
    /// The type of the field that holds one part of a multipart body.
    pub ty: Code,
    /// True if the value of the part is a secret, which `Debug` output omits.
    pub secret: bool,
    /// The variable that collects the received parts for the field.
    pub variable: Code,
    /// The initial value of the variable that collects received parts.
    pub start: Code,
    /// The pattern that matches the received parts that belong to the field.
    pub pattern: Code,
    /// The expression that stores a received part in the variable.
    pub store: Code,
    /// The expression that moves the collected parts from the variable into the struct.
    pub take: Code,
}
