//! The comparison of two versions of a schema: the present one must accept every value that the earlier one accepts.
//!
//! Generated code writes only the properties that a schema declares. So properties that the earlier schema merely ignored
//! cannot contradict a property that was added since.

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::Value as Json;

use crate::model::SchemaId;
use crate::model::schema::{
    Additional, ArrayShape, Format, IntegerShape, Kind, NumberShape, NumberWidth, ObjectShape, Schemas, StringShape,
    UnionShape,
};
use crate::source::Span;

use super::default::{kind_word, mismatch};

/// The largest number of pairs of schemas that one comparison visits. Variants of unions are compared in all pairs.
const MOST_STEPS: usize = 20_000;

/// The deepest level to which schemas are compared.
const DEEPEST: usize = 100;

/// A difference between two versions of a schema: earlier values that the present schema may reject.
pub(super) struct Breach {
    /// The path to the schemas that differ: `items[].sku`.
    pub(super) path: String,
    /// The reason why values are rejected, as a clause: "`sku` was added as a required property".
    pub(super) why: String,
    /// The span of the present schema.
    pub(super) present: Span,
}

/// Returns the differences because of which `present` may reject values of `earlier`.
pub(super) fn breaches(schemas: &Schemas, present: SchemaId, earlier: SchemaId) -> Vec<Breach> {
    let steps = Cell::new(0);
    let (path, compared, breaches) = (Vec::new(), HashSet::new(), Vec::new());
    let mut comparison = Comparison { schemas, steps: &steps, path, compared, breaches };
    comparison.compare(present, earlier);
    comparison.breaches
}

struct Comparison<'s> {
    schemas: &'s Schemas,
    /// The number of pairs that are compared so far, also by the trials of variants.
    steps: &'s Cell<usize>,
    path: Vec<String>,
    /// The pairs of schemas that are compared already. A pair within itself holds if the rest does.
    compared: HashSet<(SchemaId, SchemaId)>,
    breaches: Vec<Breach>,
}

impl Comparison<'_> {
    fn breach(&mut self, present: SchemaId, why: impl Into<String>) {
        let present = self.schemas.get(present).span;
        self.breaches.push(Breach {
            path: self.path.concat().trim_start_matches('.').to_owned(),
            why: why.into(),
            present,
        });
    }

    fn inside(&mut self, step: String, present: SchemaId, earlier: SchemaId) {
        self.path.push(step);
        self.compare(present, earlier);
        self.path.pop();
    }

    fn compare(&mut self, present: SchemaId, earlier: SchemaId) {
        if present == earlier || !self.compared.insert((present, earlier)) {
            return;
        }
        self.steps.set(self.steps.get() + 1);
        if self.path.len() > DEEPEST || self.steps.get() > MOST_STEPS {
            return self.breach(present, "it is too large to compare");
        }
        let schemas = self.schemas;
        if schemas.nullable(earlier) && mismatch(schemas, present, &Json::Null).is_some() {
            self.breach(present, "it no longer accepts null");
        }
        if schemas.target(present) == schemas.target(earlier) {
            return;
        }
        let interpreted = |id| schemas.nearest(id, |schema| schema.interpreted.as_ref());
        match (interpreted(present), interpreted(earlier)) {
            (None, _) => {}
            (Some(one), Some(other)) if one == other => return,
            _ => return self.breach(present, "its rare keywords have changed, and cannot be compared"),
        }
        self.kinds(present, earlier);
    }

    fn kinds(&mut self, present: SchemaId, earlier: SchemaId) {
        let schemas = self.schemas;
        match (schemas.kind(present), schemas.kind(earlier)) {
            (Kind::Any, _) | (_, Kind::Alias(_)) | (Kind::Boolean, Kind::Boolean) | (Kind::Null, Kind::Null) => {}
            (_, Kind::Values(values)) => self.values(present, values.iter().cloned()),
            (_, Kind::Strings(names)) if !names.open => {
                self.values(present, names.values.iter().map(|name| Json::from(name.as_str())));
            }
            (Kind::Union(new), Kind::Union(old)) => self.unions(present, new, old),
            (_, Kind::Union(old)) => old.branches.iter().for_each(|branch| self.compare(present, *branch)),
            (Kind::Union(new), _) => self.accepted_by_any(present, new, earlier, "its values match no variant"),
            (Kind::Integer(new), Kind::Integer(old)) => self.integers(present, new, old),
            (Kind::Number(new), Kind::Number(old)) => self.numbers(present, new, old),
            (Kind::Number(new), Kind::Integer(old)) => self.numbers(present, new, &of_integers(old, new.width)),
            (Kind::Strings(new), Kind::String(_) | Kind::Strings(_)) if new.open => {}
            (Kind::Strings(_), Kind::Strings(_)) => {
                self.breach(present, "it no longer accepts values that it does not list")
            }
            (Kind::String(new), Kind::String(old)) => self.strings(present, new, old),
            (Kind::String(new), Kind::Strings(_)) => self.strings(present, new, &StringShape::default()),
            (Kind::Array(new), Kind::Array(old)) => self.arrays(present, new, old),
            (Kind::Object(new), Kind::Object(old)) => self.objects(present, new, old),
            (new, old) => self.breach(present, format!("it was {}, and is {}", kind_word(old), kind_word(new))),
        }
    }

    /// Compares a schema with the values of an enumeration.
    fn values(&mut self, present: SchemaId, values: impl Iterator<Item = Json>) {
        let rejected = values.filter(|value| mismatch(self.schemas, present, value).is_some());
        let rejected: Vec<String> = rejected.take(5).map(|value| format!("`{value}`").replace('"', "")).collect();
        if !rejected.is_empty() {
            self.breach(present, format!("it no longer accepts {}", rejected.join(", ")));
        }
    }

    fn integers(&mut self, present: SchemaId, new: &IntegerShape, old: &IntegerShape) {
        let range = |shape: &IntegerShape| {
            let (least, most) = shape.width.range();
            (shape.min.unwrap_or(least).max(least), shape.max.unwrap_or(most).min(most))
        };
        let ((new_min, new_max), (old_min, old_max)) = (range(new), range(old));
        if new_min > old_min {
            self.breach(present, format!("its minimum rose from {old_min} to {new_min}"));
        }
        if new_max < old_max {
            self.breach(present, format!("its maximum fell from {old_max} to {new_max}"));
        }
        if let Some(step) = new.multiple_of.filter(|step| old.multiple_of.unwrap_or(1) % step.max(&1) != 0) {
            self.breach(present, format!("it must be a multiple of {step} now"));
        }
    }

    fn numbers(&mut self, present: SchemaId, new: &NumberShape, old: &NumberShape) {
        if new.width != old.width && new.width != NumberWidth::Double {
            self.breach(present, "its numbers are narrower now");
        }
        let raised = new.min.filter(|new_min| {
            old.min.is_none_or(|old_min| {
                old_min < *new_min || (old_min == *new_min && new.exclusive_min && !old.exclusive_min)
            })
        });
        if let Some(min) = raised {
            self.breach(present, format!("its minimum rose to {min}"));
        }
        let lowered = new.max.filter(|new_max| {
            old.max.is_none_or(|old_max| {
                old_max > *new_max || (old_max == *new_max && new.exclusive_max && !old.exclusive_max)
            })
        });
        if let Some(max) = lowered {
            self.breach(present, format!("its maximum fell to {max}"));
        }
        let divides = |step: &f64| old.multiple_of.is_some_and(|old| (old / step).fract() == 0.0);
        if let Some(step) = new.multiple_of.filter(|step| !divides(step)) {
            self.breach(present, format!("it must be a multiple of {step} now"));
        }
    }

    fn strings(&mut self, present: SchemaId, new: &StringShape, old: &StringShape) {
        self.counts(present, (new.min, new.max), (old.min, old.max), "characters");
        let wider = match (&new.format, &old.format) {
            (Format::Plain, _) | (Format::UriReference, Format::Uri) => true,
            (one, other) => one == other,
        };
        if !wider {
            self.breach(present, "its format has changed");
        }
        let known = |pattern: &str| old.patterns.iter().any(|(old, _)| old == pattern);
        if let Some((pattern, _)) = new.patterns.iter().find(|(pattern, _)| !known(pattern)) {
            self.breach(present, format!("it must match `{}` now", pattern.replace('`', "'")));
        }
    }

    fn arrays(&mut self, present: SchemaId, new: &ArrayShape, old: &ArrayShape) {
        self.counts(present, (new.min, new.max), (old.min, old.max), "elements");
        if new.unique && !old.unique {
            self.breach(present, "its elements must differ now");
        }
        // An array that is always empty has no elements to compare.
        if old.max != Some(0) {
            self.inside("[]".to_owned(), new.items, old.items);
        }
    }

    fn objects(&mut self, present: SchemaId, new: &ObjectShape, old: &ObjectShape) {
        self.counts(present, (new.min, new.max), (old.min, old.max), "properties");
        for property in &new.properties {
            let name = property.name.replace('`', "'");
            let step = format!(".{name}");
            match old.properties.iter().find(|old| old.name == property.name) {
                Some(old) => {
                    if property.required && !old.required {
                        self.breach(property.schema, format!("`{name}` became required"));
                    }
                    self.inside(step, property.schema, old.schema);
                }
                None if property.required => {
                    self.breach(property.schema, format!("`{name}` was added as a required property"));
                }
                None => {
                    if let Additional::Kept(others) = old.additional {
                        self.inside(step, property.schema, others);
                    }
                }
            }
        }
        for property in old.properties.iter().filter(|old| !new.properties.iter().any(|new| new.name == old.name)) {
            let name = property.name.replace('`', "'");
            match new.additional {
                Additional::Ignored => {}
                Additional::Denied => self.breach(present, format!("it no longer allows the property `{name}`")),
                Additional::Kept(others) => self.inside(format!(".{name}"), others, property.schema),
            }
        }
        match (new.additional, old.additional) {
            (Additional::Kept(new), Additional::Kept(old)) => self.inside(".*".to_owned(), new, old),
            (Additional::Denied, Additional::Kept(_)) => {
                self.breach(present, "it no longer allows properties that it does not name");
            }
            _ => {}
        }
    }

    fn counts(
        &mut self,
        present: SchemaId,
        new: (Option<u64>, Option<u64>),
        old: (Option<u64>, Option<u64>),
        noun: &str,
    ) {
        if let Some(min) = new.0.filter(|min| old.0.unwrap_or(0) < *min) {
            self.breach(present, format!("it must have at least {min} {noun} now"));
        }
        if let Some(max) = new.1.filter(|max| old.1.is_none_or(|old| old > *max)) {
            self.breach(present, format!("it may have at most {max} {noun} now"));
        }
    }

    /// Compares two unions: by the values of their discriminators if both have the same one, otherwise variant by variant.
    fn unions(&mut self, present: SchemaId, new: &UnionShape, old: &UnionShape) {
        let (Some(selects), Some(selected)) = (&new.discriminator, &old.discriminator) else {
            for branch in &old.branches {
                self.accepted_by_any(present, new, *branch, "a variant was removed or narrowed");
            }
            return;
        };
        if selects.property != selected.property {
            return self.breach(present, format!("its discriminator was `{}`", selected.property.replace('`', "'")));
        }
        for (value, branch) in &selected.mapping {
            let value = value.replace('`', "'");
            match selects.mapping.iter().find(|(known, _)| *known == value) {
                Some((_, index)) => self.inside(format!("({value})"), new.branches[*index], old.branches[*branch]),
                None => self.breach(present, format!("the variant `{value}` was removed")),
            }
        }
    }

    /// Reports that no variant of a union accepts all values of an earlier schema.
    fn accepted_by_any(&mut self, present: SchemaId, union: &UnionShape, earlier: SchemaId, why: &str) {
        let accepted = union.branches.iter().any(|branch| {
            let mut trial = Comparison {
                schemas: self.schemas,
                steps: self.steps,
                path: self.path.clone(),
                compared: self.compared.clone(),
                breaches: Vec::new(),
            };
            trial.path.push(String::new());
            trial.compare(*branch, earlier);
            trial.breaches.is_empty()
        });
        if !accepted {
            self.breach(present, why);
        }
    }
}

/// Returns the constraints of an integer schema as those of a number schema.
fn of_integers(shape: &IntegerShape, width: NumberWidth) -> NumberShape {
    let (least, most) = shape.width.range();
    NumberShape {
        width,
        min: Some(shape.min.unwrap_or(least).max(least) as f64),
        max: Some(shape.max.unwrap_or(most).min(most) as f64),
        multiple_of: Some(shape.multiple_of.unwrap_or(1) as f64),
        ..NumberShape::default()
    }
}
