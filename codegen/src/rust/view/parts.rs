//! What the templates receive of bodies in parts.

use serde::Serialize;

use crate::rust::code::Code;

/// A body of parts that the contract describes.
#[derive(Debug, Serialize)]
pub struct PartsView {
    /// The enum of the parts.
    pub part: Code,
    /// The struct of all of them; none where the body is only sent.
    pub form: Option<Code>,
    /// What they must be.
    pub rule: FormRuleView,
    /// The variants of the enum.
    pub variants: Vec<PartVariantView>,
    /// The fields of the struct.
    pub fields: Vec<PartFieldView>,
    /// The parameter that tells the name of a value's part; none where there are no values.
    pub value_name: Option<Code>,
    /// The same of a file's part.
    pub file_name: Option<Code>,
}

/// A `FormRule`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormRuleView {
    /// The `PartRule` of each part that has a name.
    pub parts: Vec<Code>,
    /// The `PartRule` of all others, where they are kept.
    pub rest: Option<Code>,
    /// Further fields.
    pub more: Vec<Code>,
}

/// One part on its own.
#[derive(Debug, Clone, Serialize)]
pub struct PartVariantView {
    /// The variant.
    pub name: Code,
    /// Its doc comment.
    pub docs: String,
    /// What it holds.
    pub shown: Code,
    /// Its index in the rule.
    pub index: usize,
    /// How its value is read; none for a file.
    pub read: Option<Code>,
    /// Whether it stands for the parts that have no name in the contract.
    pub rest: bool,
}

/// One part among all.
#[derive(Debug, Serialize)]
pub struct PartFieldView {
    /// The field.
    pub name: Code,
    /// Its doc comment.
    pub docs: String,
    /// Its type.
    pub ty: Code,
    /// The variable that it is collected in.
    pub variable: Code,
    /// What the variable begins with.
    pub start: Code,
    /// The pattern of what goes there.
    pub pattern: Code,
    /// The expression that puts it there.
    pub store: Code,
    /// The expression that takes it from there.
    pub take: Code,
}
