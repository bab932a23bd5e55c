//! The conversions between a version of an API and the next one.
//!
//! A type whose own code differs gets a method of the trait that the implementer writes. A type that only contains such
//! types is converted by generated code.

use std::collections::{BTreeMap, BTreeSet};

use writ_contract::model::Direction;

use crate::rust::code::Code;
use crate::rust::mention::{CLOSE, CONTRACT, OPEN, contract, runtime, std};
use crate::rust::names::ident::value_name;

use super::declared::{Declared, Member, declared};
use super::shape::{Container, Shape};
use super::shared::{ApiVersion, Shared};
use super::step::Step;
use super::view::MethodView;

/// The type parameter of generated functions for the implementer's conversions.
pub const PARAMETER: &str = "\u{1}parameter::V\u{2}";

/// The conversions between a version and the next one, while they are collected.
pub struct Conversions<'v> {
    /// The next version.
    pub newer: &'v ApiVersion,
    /// The comparison of the two versions.
    pub shared: &'v Shared,
    /// The methods that the implementer writes.
    pub methods: Vec<MethodView>,
    /// The generated functions.
    pub functions: Vec<Code>,
    /// The name of the trait that the implementer implements.
    pub trait_name: &'static str,
    old_types: BTreeMap<String, Declared>,
    new_types: BTreeMap<String, Declared>,
    known: BTreeMap<(String, Direction), Step>,
    /// The methods that convert names which may stand for several, by the names of their enums.
    lists: BTreeMap<String, String>,
    names: BTreeSet<String>,
}

/// The names of the trait that the implementer implements, the preferred one first.
const TRAIT_NAMES: [&str; 3] = ["Conversions", "VersionConversions", "ConversionsBetweenVersions"];

impl<'v> Conversions<'v> {
    /// Creates the conversions between two versions, without any.
    pub fn new(older: &'v ApiVersion, newer: &'v ApiVersion, shared: &'v Shared) -> Conversions<'v> {
        let traits = older.traits();
        let is_free = |name: &&str| !shared.types.contains(*name) && !traits.contains(*name);
        Conversions {
            newer,
            shared,
            methods: Vec::new(),
            functions: Vec::new(),
            trait_name: TRAIT_NAMES.into_iter().find(is_free).unwrap_or(TRAIT_NAMES[2]),
            old_types: declared(&older.views),
            new_types: declared(&newer.views),
            known: BTreeMap::new(),
            lists: BTreeMap::new(),
            names: BTreeSet::new(),
        }
    }

    /// Returns a name of the next version, as code.
    pub fn newer_name(&self, name: &str) -> String {
        format!("{}::{name}", std(&format!("crate::{}", self.newer.name)))
    }

    /// Returns code of the next version, with the names of its types.
    pub fn newer_code(&self, code: &str) -> String {
        let start = format!("{OPEN}{CONTRACT}");
        let mut out = String::with_capacity(code.len());
        let mut rest = code;
        while let Some((before, behind)) = rest.split_once(&start) {
            let (name, after) = behind.split_once(CLOSE).unwrap_or((behind, ""));
            out.push_str(before);
            out.push_str(&self.newer_name(name));
            rest = after;
        }
        out + rest
    }

    /// Returns the bound of the type parameter of a generated function.
    pub fn bound(&self) -> String {
        format!("<{PARAMETER}: {}>", contract(&format!("conversions::{}", self.trait_name)))
    }

    /// Returns true if a name means an equal type in both versions.
    fn is_equal(&self, name: &str) -> bool {
        self.shared.equal.contains(name) || self.shared.markers.contains(name)
    }

    /// Adds a method to the trait, and returns the path by which generated code calls it.
    pub fn method(&mut self, name: &str, docs: String, signature: impl Fn(&str) -> String) -> String {
        let mut free = name.to_owned();
        while !self.names.insert(free.clone()) {
            free.push('_');
        }
        self.methods.push(MethodView { docs, signature: Code::of(signature(&free)) });
        format!("{PARAMETER}::{free}")
    }

    /// Adds the method that converts a name which may stand for several, unless it exists. Returns the path by which
    /// generated code calls it.
    pub fn list_method(&mut self, from: &str, name: &str, docs: String, signature: impl Fn(&str) -> String) -> String {
        if let Some(path) = self.lists.get(from) {
            return path.clone();
        }
        let several = name.replacen("_to_", "_names_to_", 1);
        let path = self.method(if self.names.contains(name) { several.as_str() } else { name }, docs, signature);
        self.lists.insert(from.to_owned(), path.clone());
        path
    }

    /// Returns the conversion of a value between two types, or `None` if only the implementer can convert it.
    pub fn step(&mut self, old: &Shape, new: &Shape, direction: Direction) -> Option<Step> {
        match (old, new) {
            (Shape::Named(old), Shape::Named(new)) if old == new => match self.is_equal(old) {
                true => Some(Step::Same),
                false => self.named(old, direction),
            },
            (Shape::In(Container::Sort, old), Shape::In(Container::Sort, new)) => {
                (old == new && self.is_unchanged(old)).then_some(Step::Same)
            }
            (Shape::In(Container::Page, _), _) if direction == Direction::Inbound => None,
            (Shape::In(old_container, old), Shape::In(new_container, new)) if old_container == new_container => {
                Some(match self.step(old, new, direction)? {
                    Step::Same => Step::Same,
                    step => Step::In(*old_container, Box::new(step)),
                })
            }
            (old, new) => (old == new && self.is_unchanged(old)).then_some(Step::Same),
        }
    }

    /// Returns true if all types of the contract in a shape are equal in both versions.
    pub fn is_unchanged(&self, shape: &Shape) -> bool {
        match shape {
            Shape::Named(name) => self.is_equal(name),
            Shape::In(_, inner) => self.is_unchanged(inner),
            Shape::Other(code) => super::items::mentions(code)
                .filter_map(|path| path.strip_prefix(CONTRACT))
                .all(|name| self.is_equal(name)),
        }
    }

    /// Returns the conversion of a declared type that both versions have, or `None` if they do not.
    fn named(&mut self, name: &str, direction: Direction) -> Option<Step> {
        if !self.shared.newer_types.contains(name) || !self.shared.types.contains(name) {
            return None;
        }
        let key = (name.to_owned(), direction);
        if let Some(step) = self.known.get(&key) {
            return Some(step.clone());
        }
        let pair = (self.old_types.get(name).cloned(), self.new_types.get(name).cloned());
        if let (Some(Declared::Alias(old)), Some(Declared::Alias(new))) = &pair
            && let Some(step) = self.step(old, new, direction)
        {
            self.known.insert(key, step.clone());
            return Some(step);
        }
        let step = match pair {
            (Some(old), Some(_)) if self.shared.alike.contains(name) => self.generated(name, &old, direction),
            _ => self.written(name, direction),
        };
        self.known.insert(key, step.clone());
        Some(step)
    }

    /// Adds the method with which the implementer converts a type.
    fn written(&mut self, name: &str, direction: Direction) -> Step {
        let (old, new) = (contract(name).to_string(), self.newer_name(name));
        let (base, version) = (plain_name(&value_name(name)), self.newer.name.clone());
        let violation = runtime("Violation");
        Step::Call(match direction {
            Direction::Inbound => self.method(
                &match self.lists.contains_key(name) {
                    true => format!("{base}_value_to_{version}"),
                    false => format!("{base}_to_{version}"),
                },
                format!("Converts the `{name}` of a request to that of `{version}`."),
                |method| format!("{method}(old: {old}) -> Result<{new}, {violation}>"),
            ),
            Direction::Outbound => self.method(
                &format!("{base}_from_{version}"),
                format!("Converts the `{name}` of a response of `{version}`."),
                |method| format!("{method}(new: {new}) -> {old}"),
            ),
        })
    }

    /// Adds the function that converts a type whose own code is equal in both versions.
    fn generated(&mut self, name: &str, declared: &Declared, direction: Direction) -> Step {
        let base = plain_name(&value_name(name));
        let function = match direction {
            Direction::Inbound => format!("{base}_to_{}", self.newer.name),
            Direction::Outbound => format!("{base}_from_{}", self.newer.name),
        };
        let step = Step::Call(format!("{function}::<{PARAMETER}>"));
        // A type that contains itself calls its own function.
        self.known.insert((name.to_owned(), direction), step.clone());
        let (old, new) = (contract(name).to_string(), self.newer_name(name));
        let (from, to) = match direction {
            Direction::Inbound => (old, new),
            Direction::Outbound => (new, old),
        };
        let body = match declared {
            Declared::Struct(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| self.field(field, direction)).collect();
                wrap(&format!("{to} {{\n{}    }}", fields.concat()), direction)
            }
            Declared::Union(variants) => {
                let arms: String = variants.iter().map(|variant| self.arm(variant, &from, &to, direction)).collect();
                format!("    match value {{\n{arms}    }}\n")
            }
            Declared::Names(names, open) => {
                let arm = |variant: &String| match direction {
                    Direction::Inbound => format!("        {from}::{variant} => Ok({to}::{variant}),\n"),
                    Direction::Outbound => format!("        {from}::{variant} => {to}::{variant},\n"),
                };
                let mut arms: String = names.iter().map(arm).collect();
                if *open {
                    arms.push_str(&arm(&"Unlisted(text)".to_owned()));
                }
                format!("    match value {{\n{arms}    }}\n")
            }
            Declared::Wrapper(inner) | Declared::Alias(inner) => {
                let step = self.step(inner, inner, direction).unwrap_or(Step::Same);
                let value = match (&step, direction) {
                    (Step::Same, _) => "value.0".to_owned(),
                    (step, Direction::Inbound) => format!("{}?", step.apply("value.0", direction)),
                    (step, Direction::Outbound) => step.apply("value.0", direction),
                };
                wrap(&format!("{to}({value})"), direction)
            }
        };
        let result = match direction {
            Direction::Inbound => format!("Result<{to}, {}>", runtime("Violation")),
            Direction::Outbound => to,
        };
        let bound = self.bound();
        self.functions.push(Code::of(format!("pub fn {function}{bound}(value: {from}) -> {result} {{\n{body}}}\n")));
        step
    }

    /// Returns the initializer of a struct field in the other version.
    fn field(&mut self, field: &Member, direction: Direction) -> String {
        let name = &field.name;
        let step = self.step(&field.shape, &field.shape, direction).unwrap_or(Step::Same);
        let value = step.apply(&format!("value.{name}"), direction);
        match (step, direction) {
            (Step::Same, _) => format!("        {name}: value.{name},\n"),
            (_, Direction::Inbound) => {
                let wire = crate::rust::code::literal(&field.wire);
                format!("        {name}: {}::field({wire}, {value})?,\n", runtime("conversion"))
            }
            (_, Direction::Outbound) => format!("        {name}: {value},\n"),
        }
    }

    /// Returns the arm that converts a variant of an enum.
    fn arm(&mut self, variant: &Member, from: &str, to: &str, direction: Direction) -> String {
        let name = &variant.name;
        let step = self.step(&variant.shape, &variant.shape, direction).unwrap_or(Step::Same);
        let value = step.apply("value", direction);
        match direction {
            Direction::Inbound => format!("        {from}::{name}(value) => {value}.map({to}::{name}),\n"),
            Direction::Outbound => format!("        {from}::{name}(value) => {to}::{name}({value}),\n"),
        }
    }
}

/// Returns the last expression of a function, in `Ok` for a request.
fn wrap(expression: &str, direction: Direction) -> String {
    match direction {
        Direction::Inbound => format!("    Ok({expression})\n"),
        Direction::Outbound => format!("    {expression}\n"),
    }
}

/// Returns an identifier without the marks of a keyword, as a part of another identifier.
pub fn plain_name(name: &str) -> String {
    name.trim_start_matches("r#").trim_end_matches('_').to_owned()
}
