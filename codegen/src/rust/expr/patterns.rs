//! The statics of a contract's patterns (regular expressions) and schema validators: one for each, however
//! often it is used.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::schema::{Format, InterpretedSchema, Kind};
use writ_contract::model::{Contract, Direction, SchemaId};

use crate::rust::code::{Code, raw_literal};
use crate::rust::expr::pattern::{Engine, engine};
use crate::rust::mention::contract;
use crate::rust::names::ident::static_name;
use crate::rust::plan::usage::Usage;
use crate::rust::view::{PatternView, ValidatorView};

/// The generated module with the patterns that the server uses, below the module of the contract.
const PATTERNS: &str = "wire::codec::patterns";

/// The generated module with the patterns that only a client or `serde` uses, below the module of the contract.
const EXTRA_PATTERNS: &str = "wire::codec::extra::patterns";

/// The generated statics of a contract's patterns and schema validators.
#[derive(Debug, Default)]
pub struct Patterns {
    names: HashMap<String, String>,
    views: BTreeMap<String, PatternView>,
    validators: BTreeMap<String, ValidatorView>,
    /// The name of each schema validator's static, by the JSON text of its schema and its dialect (true for draft 4).
    validator_names: HashMap<(String, bool), String>,
    /// The names of the statics that only a client or `serde` uses.
    extra: BTreeSet<String>,
    /// The names of the statics that only check values which the server writes.
    only_written: BTreeSet<String>,
}

/// Collects the patterns and schema validators of every schema that the server reads or writes. If `all` is true, also
/// collects those of all other schemas, for a client or `serde`.
pub fn collect_patterns(contract: &Contract, usage: &Usage, all: bool, diagnostics: &mut Diagnostics) -> Patterns {
    let mut patterns = Patterns::default();
    let hints = hints(contract);
    let (read, unread): (Vec<SchemaId>, Vec<SchemaId>) = contract.schemas.ids().partition(|id| usage.is_read(*id));
    let (written, unwritten): (Vec<SchemaId>, Vec<SchemaId>) =
        contract.schemas.ids().partition(|id| usage.is_written(*id));
    patterns.add_validators(contract, &read, &hints, Direction::Inbound);
    patterns.add_all(contract, &read, &hints, diagnostics);
    let used_to_read: BTreeSet<String> = patterns.statics().cloned().collect();
    patterns.add_validators(contract, &written, &hints, Direction::Outbound);
    patterns.add_all(contract, &written, &hints, diagnostics);
    patterns.only_written = patterns.statics().filter(|name| !used_to_read.contains(*name)).cloned().collect();
    if all {
        let known: BTreeSet<String> = patterns.statics().cloned().collect();
        patterns.add_validators(contract, &unread, &hints, Direction::Inbound);
        patterns.add_all(contract, &unwritten, &hints, diagnostics);
        patterns.add_validators(contract, &unwritten, &hints, Direction::Outbound);
        patterns.extra = patterns.statics().filter(|name| !known.contains(*name)).cloned().collect();
    }
    patterns
}

/// Returns true if the Rust type of a string format accepts a single spelling of each value, which makes a
/// pattern redundant.
fn is_typed(format: &Format) -> bool {
    matches!(format, Format::Id(_))
}

/// Returns a name for the static of each inline schema: the name of its parameter or property.
fn hints(contract: &Contract) -> HashMap<SchemaId, &str> {
    let mut hints = HashMap::new();
    for parameter in contract.operations.iter().flat_map(|operation| &operation.parameters) {
        hints.entry(parameter.schema).or_insert(parameter.name.as_str());
    }
    for id in contract.schemas.ids() {
        if let Kind::Object(object) = &contract.schemas.get(id).kind {
            for property in &object.properties {
                hints.entry(property.schema).or_insert(property.name.as_str());
            }
        }
    }
    hints
}

impl Patterns {
    /// Adds the schema validators of schemas for the values of a direction.
    fn add_validators(
        &mut self,
        contract: &Contract,
        ids: &[SchemaId],
        hints: &HashMap<SchemaId, &str>,
        direction: Direction,
    ) {
        for id in ids {
            if let Some(interpreted) = &contract.schemas.get(*id).interpreted {
                self.add_validator(contract, *id, hints.get(id).copied(), (interpreted, direction));
            }
        }
    }

    fn add_all(
        &mut self,
        contract: &Contract,
        ids: &[SchemaId],
        hints: &HashMap<SchemaId, &str>,
        diagnostics: &mut Diagnostics,
    ) {
        for id in ids {
            let Kind::String(shape) = &contract.schemas.get(*id).kind else { continue };
            // Generated code checks the first pattern. If there are several, the schema validator checks all of them.
            let Some((pattern, span)) = shape.patterns.first() else { continue };
            if is_typed(&shape.format) {
                diagnostics.push(
                    Diagnostic::info("implied-pattern", *span, "the format already implies this pattern")
                        .label("not checked separately"),
                );
                continue;
            }
            if self.names.contains_key(pattern) {
                continue;
            }
            match engine(pattern) {
                Ok(engine) => {
                    if engine == Engine::Backtracking {
                        diagnostics.push(
                            Diagnostic::info("backtracking-pattern", *span, "this pattern needs backtracking")
                                .label("contains look-around or a back-reference")
                                .note("it is matched only against strings of up to 4,096 characters"),
                        );
                    }
                    self.add(contract, *id, hints.get(id).copied(), pattern, engine);
                }
                Err(reason) => diagnostics.push(
                    Diagnostic::error(
                        "bad-pattern",
                        *span,
                        format!("`{pattern}` is not a valid pattern: {}", reason.to_lowercase()),
                    )
                    .label("not a regular expression (ECMA-262)")
                    .help("correct the pattern; `\\` before a character matches the character itself"),
                ),
            }
        }
    }

    /// Iterates over the names of all statics, of patterns and of schema validators.
    fn statics(&self) -> impl Iterator<Item = &String> {
        self.views.keys().chain(self.validators.keys())
    }

    fn add(&mut self, contract: &Contract, id: SchemaId, hint: Option<&str>, pattern: &str, engine: Engine) {
        let schema = contract.schemas.get(id);
        let base = static_name(schema.component.as_deref().or(hint).unwrap_or("pattern"));
        let mut name = base.clone();
        let mut number = 2;
        while self.views.contains_key(&name) || self.validators.contains_key(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        let translated = match engine {
            Engine::Linear(translated) => Some(Code::literal(&translated)),
            Engine::Backtracking => None,
        };
        self.views.insert(
            name.clone(),
            PatternView { name: Code::of(&name), source: Code::literal(pattern), translated, may_be_unused: false },
        );
        self.names.insert(pattern.to_owned(), name);
    }

    fn add_validator(
        &mut self,
        contract: &Contract,
        id: SchemaId,
        hint: Option<&str>,
        (interpreted, direction): (&InterpretedSchema, Direction),
    ) {
        let key = (interpreted.text(direction).to_owned(), interpreted.draft4);
        if self.validator_names.contains_key(&key) {
            return;
        }
        let base = format!(
            "{}_VALIDATOR",
            static_name(contract.schemas.get(id).component.as_deref().or(hint).unwrap_or("schema"))
        );
        let mut name = base.clone();
        let mut number = 2;
        while self.validators.contains_key(&name) || self.views.contains_key(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        let dialect = if interpreted.draft4 { "Draft4" } else { "Draft202012" };
        self.validators.insert(
            name.clone(),
            ValidatorView {
                name: Code::of(&name),
                dialect: Code::from(dialect),
                schema: Code(raw_literal(&key.0)),
                may_be_unused: false,
            },
        );
        self.validator_names.insert(key, name);
    }

    /// Returns the code that names the static of a schema validator for the values of a direction.
    pub fn validator(&self, interpreted: &InterpretedSchema, direction: Direction) -> String {
        let key = (interpreted.text(direction).to_owned(), interpreted.draft4);
        self.mention(self.validator_names.get(&key))
    }

    /// Returns the views of the schema validators in the order of their names: those that the server uses, or
    /// with `extra` those that only a client or `serde` uses.
    pub fn validator_views(&self, extra: bool) -> Vec<ValidatorView> {
        let wanted = |(name, _): &(&String, &ValidatorView)| self.extra.contains(*name) == extra;
        let may_be_unused = |name: &String| self.only_written.contains(name);
        let view = |(name, view): (&String, &ValidatorView)| ValidatorView {
            may_be_unused: may_be_unused(name),
            ..view.clone()
        };
        self.validators.iter().filter(wanted).map(view).collect()
    }

    /// Returns the code that names the static of a pattern.
    pub fn pattern(&self, pattern: &str) -> String {
        self.mention(self.names.get(pattern))
    }

    fn mention(&self, name: Option<&String>) -> String {
        let name = name.map(String::as_str).unwrap_or_default();
        let module = if self.extra.contains(name) { EXTRA_PATTERNS } else { PATTERNS };
        contract(&format!("{module}::{name}")).to_string()
    }

    /// Returns the views of the patterns in the order of their names: those that the server uses, or with
    /// `extra` those that only a client or `serde` uses.
    pub fn views(&self, extra: bool) -> Vec<PatternView> {
        let wanted = |(name, _): &(&String, &PatternView)| self.extra.contains(*name) == extra;
        let may_be_unused = |name: &String| self.only_written.contains(name);
        let view =
            |(name, view): (&String, &PatternView)| PatternView { may_be_unused: may_be_unused(name), ..view.clone() };
        self.views.iter().filter(wanted).map(view).collect()
    }
}
