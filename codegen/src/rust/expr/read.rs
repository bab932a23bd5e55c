//! The expression that reads a schema's value: a call on the runtime's reader, with the constraints as data.

use writ_contract::model::SchemaId;
use writ_contract::model::schema::{
    Additional, ArrayShape, Format, IntegerShape, IntegerWidth, Kind, NumberShape, NumberWidth, ObjectShape, RustType,
    StringShape,
};

use crate::rust::code::literal;
use crate::rust::expr::patterns::Patterns;
use crate::rust::plan::types::{Ty, TypePlan};
use crate::rust::uses::Uses;
use writ_contract::model::Direction;

/// Builds expressions for one file.
pub struct ReadCalls<'p, 'c> {
    /// The types.
    pub plan: &'p TypePlan<'c>,
    /// The statics of patterns, shared by all files.
    pub patterns: &'p Patterns,
    /// The direction of the values that are read.
    pub direction: Direction,
    /// What the file needs in scope.
    pub uses: &'p mut Uses,
}

impl ReadCalls<'_, '_> {
    /// An `Option<T>` of the schema's type over a reader called `r`, null aside.
    pub fn value(&mut self, id: SchemaId) -> String {
        let expression = self.unguarded(id);
        let guards = self.guards(id, false).into_iter().chain(self.guards(id, true)).collect();
        self.guarded(guards, expression)
    }

    /// The same where null is a value too, which `take` (`nullable`, `patch`) tells from others; `read`
    /// makes something of the value before. A schema that takes null is asked whether it does.
    pub fn with_null(&mut self, id: SchemaId, take: &str, read: impl FnOnce(String) -> String) -> String {
        let value = self.unguarded(id);
        let inner = self.guards(id, false);
        let value = self.guarded(inner, value);
        let outer = self.guards(id, true);
        self.guarded(outer, format!("r.{take}({})", function(&read(value))))
    }

    /// The guards in a chain of aliases, the innermost first: those of the steps that null gets to, or
    /// those behind them.
    fn guards(&self, id: SchemaId, of_null: bool) -> Vec<String> {
        let schemas = &self.plan.contract.schemas;
        let mut chain = vec![schemas.get(id)];
        while let Some(Kind::Alias(target)) = chain.last().map(|schema| &schema.kind)
            && chain.len() < 8
        {
            chain.push(schemas.get(*target));
        }
        let nullable = chain.iter().rposition(|schema| schema.nullable).map_or(0, |at| at + 1);
        let (outer, inner) = chain.split_at(nullable);
        let asked = if of_null { outer } else { inner };
        asked
            .iter()
            .rev()
            .filter_map(|schema| schema.interpreted.as_ref())
            .map(|guard| self.patterns.guard(guard))
            .collect()
    }

    /// An expression behind guards, the innermost first.
    fn guarded(&mut self, guards: Vec<String>, expression: String) -> String {
        guards.into_iter().fold(expression, |expression, name| {
            self.uses.pattern(&name);
            format!("r.validated(&{name}, {})", function(&expression))
        })
    }

    /// A declared type behind the guards of its schema; none where it has none.
    pub fn behind_guards(&mut self, id: SchemaId, name: &str) -> Option<String> {
        let guards: Vec<String> = self.guards(id, false).into_iter().chain(self.guards(id, true)).collect();
        if guards.is_empty() {
            return None;
        }
        self.uses.runtime("Read");
        Some(self.guarded(guards, format!("{name}::read(r)")))
    }

    fn unguarded(&mut self, id: SchemaId) -> String {
        let schemas = &self.plan.contract.schemas;
        if let Some(key) = self.plan.key_of(id, self.direction) {
            let target = key.schema;
            if schemas.get(target).rust_type.is_some() {
                return self.structure(target);
            }
            let own = schemas.get(target).holds_itself
                || matches!(schemas.get(target).kind, Kind::Strings(_) | Kind::Union(_))
                || matches!(&schemas.get(target).kind, Kind::String(shape) if matches!(shape.format, Format::Id(_)))
                || matches!(&schemas.get(target).kind, Kind::Object(object) if object.sparse_of.is_none() && self.plan.page_of(object).is_none() && !object.is_map());
            if own {
                let name = self.plan.name_of(key).unwrap_or_default().to_owned();
                self.uses.contract(&name);
                self.uses.runtime("Read");
                return format!("{name}::read(r)");
            }
            return self.structure(target);
        }
        // A part of a whole is read as that.
        if let Kind::Object(ObjectShape { sparse_of: Some(whole), .. }) = schemas.get(id).kind {
            return self.unguarded(whole);
        }
        self.structure(id)
    }

    /// The same, where null is a value: an `Option<Option<T>>`.
    pub fn element(&mut self, id: SchemaId) -> String {
        match self.plan.is_nullable(id) {
            true => self.with_null(id, "nullable", |value| value),
            false => self.value(id),
        }
    }

    /// The same for what a schema is built of, its own name aside.
    pub fn structure(&mut self, id: SchemaId) -> String {
        match &self.plan.contract.schemas.get(id).rust_type {
            Some(own) => self.own(id, own),
            None => self.kind(id),
        }
    }

    /// A type of the user's own: its own way to read, or its text behind what the contract says of that.
    fn own(&mut self, id: SchemaId, own: &RustType) -> String {
        if !own.text {
            self.uses.runtime("Read");
            return format!("::{}::read(r)", own.path.value);
        }
        let schemas = &self.plan.contract.schemas;
        let check = match schemas.kind(id) {
            Kind::Strings(names) if names.open => return "r.parsed()".to_owned(),
            Kind::Strings(names) => {
                let values: Vec<String> = names.values.iter().map(|value| literal(value)).collect();
                format!("r.name_index(&[{}])", values.join(", "))
            }
            Kind::String(shape) => match &shape.format {
                Format::Id(prefix) => format!("r.id({})", literal(prefix)),
                _ if *shape == StringShape::default() => return "r.parsed()".to_owned(),
                _ => self.string(shape),
            },
            _ => return "r.parsed()".to_owned(),
        };
        format!("r.checked({}, |r| r.parsed())", function(&check))
    }

    /// The same, of a type of ours.
    fn kind(&mut self, id: SchemaId) -> String {
        let plan = self.plan;
        match &plan.contract.schemas.get(id).kind {
            Kind::Any => "r.any()".to_owned(),
            Kind::Null => "r.null()".to_owned(),
            Kind::Boolean => self.ruled("bool", "bool", "", 0, Vec::new()),
            Kind::Integer(shape) => {
                let (ty, method) = match shape.width {
                    IntegerWidth::Int32 => ("i32", "int32"),
                    IntegerWidth::Int64 => ("i64", "int64"),
                    IntegerWidth::Uint32 => ("u32", "uint32"),
                    IntegerWidth::Uint64 => ("u64", "uint64"),
                };
                self.ruled(ty, method, "IntegerRule", 3, integer_rule(shape))
            }
            Kind::Number(shape) => {
                let (ty, method) = match shape.width {
                    NumberWidth::Single => ("f32", "float32"),
                    NumberWidth::Double => ("f64", "float64"),
                    NumberWidth::Decimal => ("DecimalNumber", "decimal_number"),
                };
                self.ruled(ty, method, "NumberRule", 5, number_rule(shape))
            }
            Kind::String(shape) => self.string(shape),
            Kind::Values(values) => {
                let texts: Vec<String> = values.iter().map(|value| literal(&value.to_string())).collect();
                let listed = texts.join(", ");
                match plan.structure(id, self.direction) {
                    Ty::Value => {
                        format!("r.one_of_values(&[{listed}]).and_then(|at| writ_runtime::json::value([{listed}][at]))")
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
                        format!("r.one_of_values(&[{listed}]).map(|at| [{}][at])", typed.join(", "))
                    }
                }
            }
            Kind::Array(shape) => {
                let items = self.element(shape.items);
                format!("r.array({}, {})", self.array_rule(shape), function(&items))
            }
            Kind::Object(object) => {
                if let Some(item) = plan.page_of(object) {
                    let items = self.element(item);
                    return format!("r.page({})", function(&items));
                }
                match object.additional {
                    Additional::Kept(schema) => {
                        let values = self.element(schema);
                        format!("r.map({}, {})", self.map_rule(object), function(&values))
                    }
                    _ => "r.any()".to_owned(),
                }
            }
            Kind::Alias(target) => self.unguarded(*target),
            Kind::Strings(_) | Kind::Union(_) => "r.any()".to_owned(),
        }
    }

    fn string(&mut self, shape: &StringShape) -> String {
        let typed = match &shape.format {
            Format::DateTime => "r.date_time()",
            Format::Date => "r.date()",
            Format::Uuid => "r.uuid()",
            Format::Byte => "r.bytes()",
            Format::Decimal => {
                self.uses.runtime("NumberRule");
                "r.decimal_string(&NumberRule::NONE)"
            }
            _ => {
                let parts = self.string_rule(shape);
                return self.ruled("String", "string", "StringRule", 4, parts);
            }
        };
        if *shape == (StringShape { format: shape.format.clone(), ..StringShape::default() }) {
            return typed.to_owned();
        }
        let parts = self.string_rule(shape);
        let rule = self.rule("StringRule", 4, parts);
        format!("r.spelled({rule}, {})", function(typed))
    }

    /// The call that reads a type of Rust under a rule, and its own way to be read where there is none.
    fn ruled(&mut self, ty: &str, method: &str, rule: &'static str, fields: usize, parts: Vec<String>) -> String {
        if parts.is_empty() {
            self.uses.runtime("Read");
            if ty == "DecimalNumber" {
                self.uses.runtime("DecimalNumber");
            }
            return format!("{ty}::read(r)");
        }
        format!("r.{method}({})", self.rule(rule, fields, parts))
    }

    /// The fields of a `StringRule` that the contract says something of.
    fn string_rule(&mut self, shape: &StringShape) -> Vec<String> {
        let mut parts = Vec::new();
        parts.extend(shape.min.filter(|min| *min > 0).map(|min| format!("min: {min}")));
        parts.extend(shape.max.map(|max| format!("max: Some({max})")));
        if let Some((pattern, _)) = shape.patterns.first() {
            let name = self.patterns.name(pattern);
            self.uses.pattern(&name);
            parts.push(format!("pattern: Some(&{name})"));
        }
        let format = match shape.format {
            Format::Time => Some("Time"),
            Format::Duration => Some("Duration"),
            Format::Email => Some("Email"),
            Format::Uri => Some("Uri"),
            Format::UriReference => Some("UriReference"),
            Format::Hostname => Some("Hostname"),
            Format::Ipv4 => Some("Ipv4"),
            Format::Ipv6 => Some("Ipv6"),
            _ => None,
        };
        if let Some(format) = format {
            self.uses.runtime("Format");
            parts.push(format!("format: Some(Format::{format})"));
        }
        parts
    }

    /// `&ArrayRule { .. }` with only what the contract says.
    pub fn array_rule(&mut self, shape: &ArrayShape) -> String {
        let mut parts = Vec::new();
        parts.extend(shape.min.filter(|min| *min > 0).map(|min| format!("min: {min}")));
        parts.extend(shape.max.map(|max| format!("max: Some({max})")));
        parts.extend(shape.unique.then(|| "unique: true".to_owned()));
        self.rule("ArrayRule", 3, parts)
    }

    fn map_rule(&mut self, shape: &ObjectShape) -> String {
        let mut parts = Vec::new();
        parts.extend(shape.min.filter(|min| *min > 0).map(|min| format!("min: {min}")));
        parts.extend(shape.max.map(|max| format!("max: Some({max})")));
        self.rule("MapRule", 3, parts)
    }

    fn rule(&mut self, name: &'static str, fields: usize, mut parts: Vec<String>) -> String {
        self.uses.runtime(name);
        match parts.len() {
            0 => format!("&{name}::NONE"),
            all if all == fields => format!("&{name} {{ {} }}", parts.join(", ")),
            _ => {
                parts.push(format!("..{name}::NONE"));
                format!("&{name} {{ {} }}", parts.join(", "))
            }
        }
    }
}

/// The fields of an `IntegerRule` that the contract says something of.
fn integer_rule(shape: &IntegerShape) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(shape.min.map(|min| format!("min: Some({min})")));
    parts.extend(shape.max.map(|max| format!("max: Some({max})")));
    parts.extend(shape.multiple_of.map(|divisor| format!("multiple_of: Some({divisor})")));
    parts
}

/// The same of a `NumberRule`.
fn number_rule(shape: &NumberShape) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(shape.min.map(|min| format!("min: Some({})", float(min))));
    parts.extend(shape.max.map(|max| format!("max: Some({})", float(max))));
    parts.extend(shape.exclusive_min.then(|| "exclusive_min: true".to_owned()));
    parts.extend(shape.exclusive_max.then(|| "exclusive_max: true".to_owned()));
    parts.extend(shape.multiple_of.map(|divisor| format!("multiple_of: Some({})", float(divisor))));
    parts
}

/// A function of an expression over `r`: its path where it is a plain call, else a closure.
pub fn function(expression: &str) -> String {
    match expression.strip_suffix("(r)") {
        Some(path) if path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'#')) => {
            path.to_owned()
        }
        _ => format!("|r| {expression}"),
    }
}

/// A float literal that reads back as the same number.
pub fn float(value: f64) -> String {
    let text = format!("{value:?}");
    match text.as_str() {
        "inf" => "f64::INFINITY".to_owned(),
        "-inf" => "f64::NEG_INFINITY".to_owned(),
        "NaN" => "f64::NAN".to_owned(),
        _ => text,
    }
}
