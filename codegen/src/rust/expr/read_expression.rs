//! A generated expression that reads a value from the runtime's reader `r`.

use std::fmt;

use crate::rust::mention::read_of;

/// A generated expression over the runtime's reader `r`. It evaluates to an `Option` of the type that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadExpression {
    /// The call of a function with the reader as its only argument. Holds the path of the function.
    Function(String),
    /// An expression that is not a plain function call.
    Expression(String),
}

impl ReadExpression {
    /// Creates the expression that reads a type by its implementation of `Read`.
    pub fn read(ty: impl fmt::Display) -> ReadExpression {
        ReadExpression::Function(read_of(ty))
    }

    /// Returns the reading expression as a function of the reader: a path if possible, otherwise a closure.
    pub fn function(&self) -> String {
        match self {
            ReadExpression::Function(path) => path.clone(),
            ReadExpression::Expression(text) => format!("|r| {text}"),
        }
    }

    /// Returns the reading expression with its value in a `Box`.
    pub fn boxed(self) -> ReadExpression {
        ReadExpression::Expression(format!("{self}.map(Box::new)"))
    }
}

impl From<String> for ReadExpression {
    fn from(text: String) -> ReadExpression {
        ReadExpression::Expression(text)
    }
}

impl From<&str> for ReadExpression {
    fn from(text: &str) -> ReadExpression {
        ReadExpression::Expression(text.to_owned())
    }
}

impl fmt::Display for ReadExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadExpression::Function(path) => write!(f, "{path}(r)"),
            ReadExpression::Expression(text) => f.write_str(text),
        }
    }
}
