//! The conversion of one value between two versions, as code.

use writ_contract::model::Direction;

use crate::rust::mention::runtime;

use super::shape::Container;

/// The conversion of a value between two versions.
#[derive(Debug, Clone)]
pub enum Step {
    /// The types are equal: the value is moved.
    Same,
    /// A function with this path converts the value.
    Call(String),
    /// The values in a container are converted.
    In(Container, Box<Step>),
}

impl Step {
    /// Returns the expression that converts a value. For a request, its type is a `Result` with the violation.
    pub fn apply(&self, value: &str, direction: Direction) -> String {
        match (self, direction) {
            (Step::Same, Direction::Inbound) => format!("Ok({value})"),
            (Step::Same, Direction::Outbound) => value.to_owned(),
            (Step::Call(path), _) => format!("{path}({value})"),
            (Step::In(Container::Box, inner), Direction::Inbound) => {
                format!("{}.map(Box::new)", inner.apply(&format!("*{value}"), direction))
            }
            (Step::In(Container::Box, inner), Direction::Outbound) => {
                format!("Box::new({})", inner.apply(&format!("*{value}"), direction))
            }
            (Step::In(container, inner), Direction::Inbound) => {
                let function = match container {
                    Container::Option => "optional",
                    Container::Patch => "patch",
                    Container::Map => "entries",
                    _ => "list",
                };
                format!("{}::{function}({value}, {})", runtime("conversion"), inner.function(direction))
            }
            (Step::In(container, inner), Direction::Outbound) => {
                let value = if value.starts_with('*') { format!("({value})") } else { value.to_owned() };
                match container {
                    Container::Vec => format!("{value}.into_iter().map({}).collect()", inner.function(direction)),
                    Container::Map => {
                        let inner = inner.apply("value", direction);
                        format!("{value}.into_iter().map(|(key, value)| (key, {inner})).collect()")
                    }
                    _ => format!("{value}.map({})", inner.function(direction)),
                }
            }
        }
    }

    /// Returns the function that converts a value, as an expression.
    fn function(&self, direction: Direction) -> String {
        match self {
            Step::Call(path) => path.clone(),
            step => format!("|value| {}", step.apply("value", direction)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_in_containers_are_converted_one_by_one() {
        let call = || Box::new(Step::Call("user".to_owned()));
        let boxed = Step::In(Container::Option, Box::new(Step::In(Container::Box, call())));
        assert_eq!(boxed.apply("old.next", Direction::Outbound), "old.next.map(|value| Box::new(user(*value)))");
        let list = Step::In(Container::Vec, call());
        assert_eq!(list.apply("old.users", Direction::Outbound), "old.users.into_iter().map(user).collect()");
        assert_eq!(list.apply("u", Direction::Inbound), format!("{}::list(u, user)", runtime("conversion")));
    }
}
