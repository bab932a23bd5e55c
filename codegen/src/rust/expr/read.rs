//! The generated expression that reads a value of a schema: a call on the runtime's reader, with the
//! constraints of the schema as data.

use writ_contract::model::schema::{
    Additional, Format, IntegerWidth, Kind, NumberWidth, ObjectShape, RustType, StringShape,
};
use writ_contract::model::{Direction, SchemaId};

use crate::rust::code::literal;
use crate::rust::expr::patterns::Patterns;
use crate::rust::expr::read_expression::ReadExpression;
use crate::rust::expr::rule::{Rule, array_rule, float, integer_rule, map_rule, number_rule, string_rule};
use crate::rust::mention::{contract, runtime};
use crate::rust::plan::ty::Ty;
use crate::rust::plan::types::TypePlan;

/// The builder of generated expressions that read values of schemas.
pub struct ReadCalls<'p, 'c> {
    /// The type plan, which contains the Rust type of each schema.
    pub plan: &'p TypePlan<'c>,
    /// The statics of patterns and schema validators, which all generated files share.
    pub patterns: &'p Patterns,
    /// The direction (inbound or outbound) of the values that are read.
    pub direction: Direction,
}

impl ReadCalls<'_, '_> {
    /// Returns an expression that reads a value other than null from a reader `r`. It evaluates to an `Option`
    /// of the schema's Rust type.
    pub fn value(&self, id: SchemaId) -> ReadExpression {
        let expression = self.unvalidated(id);
        let validators = self.validators(id, false).into_iter().chain(self.validators(id, true)).collect();
        self.validated(validators, expression)
    }

    /// Returns an expression that reads a value or null by a method of the runtime's reader. `take` is the
    /// method, `nullable` or `patch`.
    ///
    /// `read` transforms the expression that reads the value other than null. Schema validators that accept
    /// null are also applied to null.
    pub fn with_null(
        &self,
        id: SchemaId,
        take: &str,
        read: impl FnOnce(ReadExpression) -> ReadExpression,
    ) -> ReadExpression {
        let value = self.unvalidated(id);
        let inner = self.validators(id, false);
        let value = self.validated(inner, value);
        let outer = self.validators(id, true);
        self.validated(outer, format!("r.{take}({})", read(value).function()).into())
    }

    /// Returns the schema validators along a chain of aliases, the innermost first. With `of_null`, returns
    /// those that also check null, otherwise those that check other values only.
    pub(super) fn validators(&self, id: SchemaId, of_null: bool) -> Vec<String> {
        let schemas = &self.plan.contract.schemas;
        let mut chain = vec![schemas.get(id)];
        while let Some(Kind::Alias(target)) = chain.last().map(|schema| &schema.kind)
            && chain.len() < 8
        {
            chain.push(schemas.get(*target));
        }
        let nullable = chain.iter().rposition(|schema| schema.nullable).map_or(0, |at| at + 1);
        let (outer, inner) = chain.split_at(nullable);
        let chosen = if of_null { outer } else { inner };
        chosen
            .iter()
            .rev()
            .filter_map(|schema| schema.interpreted.as_ref())
            .map(|interpreted| self.patterns.validator(interpreted, self.direction))
            .collect()
    }

    /// Wraps a reading expression in schema validators, the innermost first.
    fn validated(&self, validators: Vec<String>, expression: ReadExpression) -> ReadExpression {
        validators.into_iter().fold(expression, |expression, validator| {
            format!("r.validated(&{validator}, {})", expression.function()).into()
        })
    }

    /// Returns an expression that reads a declared type and applies the schema validators of its schema.
    /// Returns `None` if there are no validators.
    pub fn behind_validators(&self, id: SchemaId, name: &str) -> Option<ReadExpression> {
        let validators: Vec<String> = self.validators(id, false).into_iter().chain(self.validators(id, true)).collect();
        if validators.is_empty() {
            return None;
        }
        Some(self.validated(validators, ReadExpression::read(contract(name))))
    }

    /// Returns an expression that reads a value without applying the schema validators of its schema.
    fn unvalidated(&self, id: SchemaId) -> ReadExpression {
        let schemas = &self.plan.contract.schemas;
        if let Some(key) = self.plan.key_of(id, self.direction) {
            let target = key.schema;
            if schemas.get(target).rust_type.is_some() {
                return self.structure(target);
            }
            if self.plan.has_own_codec(target) {
                return ReadExpression::read(contract(self.plan.name_of(key).unwrap_or_default()));
            }
            return self.structure(target);
        }
        // The object of a sparse fieldset is read as the complete object.
        if let Kind::Object(ObjectShape { sparse_of: Some(complete), .. }) = schemas.get(id).kind {
            return self.unvalidated(complete);
        }
        self.structure(id)
    }

    /// Returns an expression that reads an element of a list or map, which may be null.
    pub fn element(&self, id: SchemaId) -> ReadExpression {
        match self.plan.is_nullable(id) {
            true => self.with_null(id, "nullable", |value| value),
            false => self.value(id),
        }
    }

    /// Returns an expression that reads the Rust type that the keywords of a schema describe, even if the
    /// schema itself has a named type.
    pub fn structure(&self, id: SchemaId) -> ReadExpression {
        match &self.plan.contract.schemas.get(id).rust_type {
            Some(custom) => self.custom(id, custom),
            None => self.kind(id),
        }
    }

    /// Returns an expression that reads a custom type (`x-rust-type`): by its own `Read`, or from text that
    /// satisfies the schema.
    fn custom(&self, id: SchemaId, custom: &RustType) -> ReadExpression {
        if !custom.text {
            return ReadExpression::read(format_args!("::{}", custom.path.value));
        }
        let schemas = &self.plan.contract.schemas;
        let check: ReadExpression = match schemas.kind(id) {
            Kind::Strings(names) if names.open => return "r.parsed()".into(),
            Kind::Strings(names) => {
                let values: Vec<String> = names.values.iter().map(|value| literal(value)).collect();
                format!("r.name_index(&[{}])", values.join(", ")).into()
            }
            Kind::String(shape) => match &shape.format {
                Format::Id(prefix) => format!("r.id({})", literal(prefix)).into(),
                _ if *shape == StringShape::default() => return "r.parsed()".into(),
                _ => self.string(shape),
            },
            _ => return "r.parsed()".into(),
        };
        format!("r.checked({}, |r| r.parsed())", check.function()).into()
    }

    /// Returns an expression that reads the Rust type for the kind of a schema, such as an integer, a list or a page.
    fn kind(&self, id: SchemaId) -> ReadExpression {
        let plan = self.plan;
        match &plan.contract.schemas.get(id).kind {
            Kind::Any => "r.any()".into(),
            Kind::Null => "r.null()".into(),
            Kind::Boolean => ReadExpression::read("bool"),
            Kind::Integer(shape) => {
                let (ty, method) = match shape.width {
                    IntegerWidth::Int32 => ("i32", "int32"),
                    IntegerWidth::Int64 => ("i64", "int64"),
                    IntegerWidth::Uint32 => ("u32", "uint32"),
                    IntegerWidth::Uint64 => ("u64", "uint64"),
                };
                ruled(ty, method, integer_rule(shape))
            }
            Kind::Number(shape) => {
                let (ty, method) = match shape.width {
                    NumberWidth::Single => ("f32".to_owned(), "float32"),
                    NumberWidth::Double => ("f64".to_owned(), "float64"),
                    NumberWidth::Decimal => (runtime("DecimalNumber").to_string(), "decimal_number"),
                };
                ruled(&ty, method, number_rule(shape))
            }
            Kind::String(shape) => self.string(shape),
            Kind::Values(values) => {
                let texts: Vec<String> = values.iter().map(|value| literal(&value.to_string())).collect();
                let listed = texts.join(", ");
                match plan.structure(id, self.direction) {
                    Ty::Value => {
                        format!("r.one_of_values(&[{listed}]).and_then(|at| writ_runtime::json::value([{listed}][at]))")
                            .into()
                    }
                    ty => {
                        let typed: Vec<String> = values
                            .iter()
                            .map(|value| {
                                if ty == Ty::F64 {
                                    float(value.as_f64().unwrap_or_default())
                                } else {
                                    value.to_string()
                                }
                            })
                            .collect();
                        format!("r.one_of_values(&[{listed}]).map(|at| [{}][at])", typed.join(", ")).into()
                    }
                }
            }
            Kind::Array(shape) => {
                let items = self.element(shape.items);
                format!("r.array({}, {})", array_rule(shape).reference(), items.function()).into()
            }
            Kind::Object(object) => {
                if let Some(item) = plan.page_of(object) {
                    let items = self.element(item);
                    return format!("r.page({})", items.function()).into();
                }
                match object.additional {
                    Additional::Kept(schema) => {
                        let values = self.element(schema);
                        format!("r.map({}, {})", map_rule(object).reference(), values.function()).into()
                    }
                    _ => "r.any()".into(),
                }
            }
            Kind::Alias(target) => self.unvalidated(*target),
            Kind::Strings(_) | Kind::Union(_) => "r.any()".into(),
        }
    }

    /// Returns an expression that reads a string or a value of a string format.
    fn string(&self, shape: &StringShape) -> ReadExpression {
        let typed: ReadExpression = match &shape.format {
            Format::DateTime => "r.date_time()".into(),
            Format::Moment => "r.moment()".into(),
            Format::Date => "r.date()".into(),
            Format::Uuid => "r.uuid()".into(),
            Format::Byte => "r.bytes()".into(),
            Format::Decimal => format!("r.decimal_string(&{}::NONE)", runtime("NumberRule")).into(),
            _ => return ruled("String", "string", string_rule(shape, self.patterns)),
        };
        if *shape == (StringShape { format: shape.format.clone(), ..StringShape::default() }) {
            return typed;
        }
        let rule = string_rule(shape, self.patterns).reference();
        format!("r.spelled({rule}, {})", typed.function()).into()
    }
}

/// Returns the reader call that checks the constraints of a rule while it reads a Rust type, or the type's `Read` if
/// there are no constraints.
fn ruled(ty: &str, method: &str, rule: Rule) -> ReadExpression {
    if rule.is_empty() {
        return ReadExpression::read(ty);
    }
    format!("r.{method}({})", rule.reference()).into()
}
