//! The local variables of generated functions.
//!
//! A generated function has a variable for each field of the type that it creates. A field must not have the name of a
//! variable that the function needs for itself, such as its parameter. Such a field has a variable with a final
//! underscore, which no name of a contract has.

/// The variables of the function that reads a struct (`codec.rs`).
pub const READ: &[&str] = &["r", "object", "field", "w"];

/// The variables of the function that decodes a request (`routes.rs`).
pub const DECODE: &[&str] = &["input"];

/// The variables and functions in the function that collects the parts of a form (`routes.rs`).
pub const FORM: &[&str] = &["drop", "file", "index", "name", "part", "parts", "r", "value"];

/// The variables of the functions that send a response (`routes.rs`), and the fields that each response may have.
pub const RESPOND: &[&str] = &["body", "c", "reply", "responder", "status"];

/// The parameters of a constructor (`types.rs`) may have any name.
pub const CONSTRUCT: &[&str] = &[];

/// Returns the variable for a field in a function that needs the variables `own` for itself.
///
/// A name without a lower-case start, such as `名前`, can be the name of a tuple struct too, which a pattern would mean.
pub fn variable(field: &str, own: &[&str]) -> String {
    let plain = field.strip_prefix("r#").unwrap_or(field);
    match own.contains(&field) || !plain.starts_with(|letter: char| letter.is_lowercase() || letter == '_') {
        true => format!("{plain}_"),
        false => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_differs_from_the_variables_of_its_function_and_from_types() {
        assert_eq!(variable("input", DECODE), "input_");
        assert_eq!(variable("input", READ), "input");
        assert_eq!(variable("r#type", READ), "r#type");
        assert_eq!(variable("名前", READ), "名前_");
        assert_eq!(variable("größe", READ), "größe");
    }
}
