//! Arrays, maps and unions in an error schema.

use serde_json::json;

use super::fill::{Filler, Pointed, Unfilled};
use super::scalar;
use super::template::{ErrorList, ErrorText, ErrorValue};
use super::unions;
use crate::model::schema::{Additional, ArrayShape, ErrorRole, Kind, ObjectShape, SchemaId, StringShape, UnionShape};

impl<'s> Filler<'s> {
    /// Returns the object with the invalid fields as keys, if an object schema describes such a map.
    pub(super) fn map(&self, object: &ObjectShape) -> Option<ErrorValue> {
        let Additional::Kept(messages) = object.additional else { return None };
        let free = object.properties.is_empty() && object.min.is_none() && object.max.is_none();
        let is_text = |id: SchemaId| match self.schemas().kind(id) {
            Kind::Any => true,
            Kind::String(shape) => scalar::text(shape, Some(ErrorRole::Message), false).is_ok() && shape.max.is_none(),
            _ => false,
        };
        match self.schemas().kind(messages) {
            Kind::Array(array) if free && is_text(array.items) => {
                let fits = array.min.is_none_or(|min| min <= 1) && array.max.is_none() && !array.unique;
                fits.then_some(ErrorValue::MessagesByField)
            }
            Kind::String(_) if free && is_text(messages) => Some(ErrorValue::MessageByField),
            _ => None,
        }
    }

    pub(super) fn array(
        &mut self,
        id: SchemaId,
        array: &'s ArrayShape,
        role: Option<ErrorRole>,
    ) -> Result<ErrorValue, Unfilled> {
        let empty = array.min.is_none_or(|min| min == 0).then_some(ErrorValue::Constant(json!([])));
        let below = matches!(self.pointed(), Pointed::Below) && !self.path.is_empty();
        match role {
            Some(ErrorRole::Field) if self.takes_steps(array) => return Ok(ErrorValue::Steps),
            Some(ErrorRole::Details | ErrorRole::Message) if !self.in_item => {}
            None if below && !self.in_item => {}
            _ => return empty.ok_or_else(|| self.unfilled(id, "must not be empty".to_owned())),
        }
        if array.min.is_some_and(|min| min > 1) {
            return Err(self.unfilled(id, "must have several elements".to_owned()));
        }
        let explicit = std::mem::replace(&mut self.in_item, true);
        self.path.push("0".to_owned());
        let item = self.value(array.items, Some(ErrorRole::Message));
        self.path.pop();
        self.in_item = explicit;
        let mut item = match (item, empty) {
            (Ok(item), _) => item,
            (Err(unfilled), Some(empty)) if role == Some(ErrorRole::Details) && !self.path.is_empty() => {
                self.omitted.push(unfilled);
                return Ok(empty);
            }
            (Err(unfilled), _) => return Err(unfilled),
        };
        if !item.any(true, &ErrorValue::is_field) {
            item.change(true, &mut |value| {
                if let ErrorValue::Text(text @ ErrorText::Message, _) = value {
                    *text = ErrorText::Sentence;
                }
            });
        }
        // Violations may be equal, so an array of different elements has at most one.
        let max = if array.unique { Some(1) } else { array.max };
        let or_problem = array.min.is_some_and(|min| min > 0);
        Ok(ErrorValue::List(Box::new(ErrorList { item, max, or_problem })))
    }

    /// Returns true if the elements of an array may be the steps to an invalid value, which are strings.
    fn takes_steps(&self, array: &ArrayShape) -> bool {
        let plain = |id: SchemaId| match self.schemas().kind(id) {
            Kind::Any => true,
            Kind::String(shape) => *shape == StringShape::default(),
            _ => false,
        };
        let items = match self.schemas().kind(array.items) {
            Kind::Union(union) => union.branches.iter().any(|branch| plain(*branch)),
            _ => plain(array.items),
        };
        items && array.min.is_none_or(|min| min == 0) && array.max.is_none() && !array.unique
    }

    /// Returns the value of the first branch of a union that a problem can fill, preferably one with a message.
    pub(super) fn union(
        &mut self,
        id: SchemaId,
        union: &'s UnionShape,
        role: Option<ErrorRole>,
    ) -> Result<ErrorValue, Unfilled> {
        let mut first = None;
        let mut failed = None;
        let outer = self.tag.take();
        for (index, branch) in union.branches.iter().enumerate() {
            let target = self.schemas().target(*branch);
            self.tag = union.discriminator.as_ref().and_then(|discriminator| {
                let mapped = discriminator.mapping.iter().find(|(_, of)| *of == index).map(|(value, _)| value.clone());
                let value = mapped.or_else(|| self.schemas().get(target).component.clone())?;
                Some((target, discriminator.property.as_str(), value))
            });
            let omitted = self.omitted.len();
            match self.value(*branch, role) {
                Ok(value) if unions::is_ambiguous(self.schemas(), union, index, &value) => {
                    failed
                        .get_or_insert_with(|| self.unfilled(id, "has several branches that fit one error".to_owned()));
                }
                Ok(value) if value.any(true, &ErrorValue::is_message) => {
                    first = Some(value);
                    break;
                }
                Ok(value) => {
                    first.get_or_insert(value);
                }
                Err(unfilled) => {
                    failed.get_or_insert(unfilled);
                }
            }
            self.omitted.truncate(omitted);
        }
        self.tag = outer;
        first.ok_or_else(|| failed.unwrap_or_else(|| self.unfilled(id, "has no branches".to_owned())))
    }
}
