//! The shapes of types in generated code: containers around a type of the contract.

use crate::rust::mention::{CLOSE, OPEN};

/// The shape of a type, read from its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A type of the contract, by its name.
    Named(String),
    /// A value in a container.
    In(Container, Box<Shape>),
    /// Any other type, by its code.
    Other(String),
}

/// A container whose values are converted one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// An optional value.
    Option,
    /// A value on the heap.
    Box,
    /// A list.
    Vec,
    /// A map from strings.
    Map,
    /// The field of a merge patch.
    Patch,
    /// A page of a list.
    Page,
    /// The key of a sort order.
    Sort,
}

/// The containers, each with the start of its type's code.
fn containers() -> [(Container, String); 7] {
    let mention = |path: &str| format!("{OPEN}{path}{CLOSE}<");
    [
        (Container::Option, "Option<".to_owned()),
        (Container::Box, "Box<".to_owned()),
        (Container::Vec, "Vec<".to_owned()),
        (Container::Map, mention("std::collections::BTreeMap") + "String, "),
        (Container::Patch, mention("writ_runtime::Patch")),
        (Container::Page, mention("writ_runtime::Page")),
        (Container::Sort, mention("writ_runtime::Sort")),
    ]
}

impl Shape {
    /// Returns the shape of a type from its code.
    pub fn of(code: &str) -> Shape {
        for (container, start) in containers() {
            if let Some(inner) = code.strip_prefix(&start).and_then(|rest| rest.strip_suffix('>')) {
                return Shape::In(container, Box::new(Shape::of(inner)));
            }
        }
        let named = code.strip_prefix(OPEN).and_then(|rest| rest.strip_suffix(CLOSE));
        match named.and_then(|path| path.strip_prefix("contract::")) {
            Some(name) if !name.contains([OPEN, ':']) => Shape::Named(name.to_owned()),
            _ => Shape::Other(code.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rust::plan::ty::Ty;

    #[test]
    fn the_shape_of_a_type_is_read_from_its_code() {
        let user = || Box::new(Ty::Named("User".to_owned()));
        let shape = |ty: Ty| Shape::of(&ty.to_string());
        let named = || Box::new(Shape::Named("User".to_owned()));
        assert_eq!(shape(*user()), *named());
        let map = shape(Ty::Map(Box::new(Ty::Option(user()))));
        assert_eq!(map, Shape::In(Container::Map, Box::new(Shape::In(Container::Option, named()))));
        assert_eq!(shape(Ty::Page(user())), Shape::In(Container::Page, named()));
        let sort = Shape::In(Container::Sort, named());
        assert_eq!(shape(Ty::Sort("User".to_owned())), Shape::In(Container::Vec, Box::new(sort)));
        assert!(matches!(shape(Ty::EventStream(user())), Shape::Other(_)));
    }
}
