//! Names are resolved once: the first candidate that is free is taken, for good.

use std::collections::{BTreeMap, HashMap, HashSet};

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::Contract;
use writ_contract::model::operation::ContentKind;
use writ_contract::source::{FileId, Span, Spanned};

/// The entry: names that generated files bring along are not of the contract and stand nowhere.
const FIRST: FileId = FileId::ENTRY;

/// What generated files bring into scope; no name of a contract may stand for something else.
const RESERVED: &[&str] = &[
    "Api",
    "Arc",
    "ArrayRule",
    "AnyStatus",
    "Authenticate",
    "BTreeMap",
    "Box",
    "Branch",
    "ByteStream",
    "Bytes",
    "Context",
    "DateTime",
    "Decimal",
    "DecimalNumber",
    "Default",
    "Decoder",
    "ETag",
    "Endpoint",
    "Err",
    "Format",
    "From",
    "Future",
    "Gate",
    "Idempotent",
    "IfMatch",
    "IntegerRule",
    "Internal",
    "MapRule",
    "Multipart",
    "NaiveDate",
    "None",
    "NumberRule",
    "ObjectRule",
    "Ok",
    "Option",
    "Page",
    "PageRequest",
    "PageRule",
    "Patch",
    "Read",
    "Reader",
    "Reply",
    "Respond",
    "Responder",
    "Result",
    "Router",
    "Self",
    "Send",
    "Some",
    "Sort",
    "String",
    "StringEnum",
    "StringRule",
    "Sync",
    "Types",
    "Unknown",
    "Utc",
    "Uuid",
    "Value",
    "Vec",
    "Write",
    "Writer",
];

/// The names of one namespace.
#[derive(Debug)]
pub struct Names {
    taken: HashMap<String, Span>,
    /// The number that the next of equal names gets: thousands may be equal.
    next: HashMap<String, usize>,
}

impl Names {
    /// A namespace in which what generated files bring along is taken.
    pub fn for_types() -> Names {
        let mut names = Names::empty();
        RESERVED.iter().for_each(|name| names.reserve(name));
        names
    }

    /// An empty namespace.
    pub fn empty() -> Names {
        Names { taken: HashMap::new(), next: HashMap::new() }
    }

    /// Takes a name that is not the contract's.
    pub fn reserve(&mut self, name: &str) {
        self.taken.insert(name.to_owned(), Span::start_of(FIRST));
    }

    /// A name that the contract or its settings ask for. One that is taken is an error, with both places.
    pub fn take_own(&mut self, own: &Spanned<String>, diagnostics: &mut Diagnostics) -> String {
        match self.taken.get(&own.value).copied() {
            None => {
                self.taken.insert(own.value.clone(), own.span);
            }
            Some(first) => {
                let message = format!("`{}` is the name of something else already", own.value);
                let report = Diagnostic::error("name-collision", own.span, message).label("asked for here");
                diagnostics.push(match first == Span::start_of(FIRST) {
                    true => report.help("generated code uses this name itself: choose another"),
                    false => report.also(first, "has the name").help("choose another"),
                });
            }
        }
        own.value.clone()
    }

    /// Takes what the runtime calls the bodies of this contract, so that others keep their names.
    pub fn reserve_for(&mut self, contract: &Contract) {
        let outgoing = contract.outgoing_calls().map(|outgoing| outgoing.operation);
        let operations = contract.operations.iter().chain(outgoing);
        let bodies = operations.clone().flat_map(|operation| operation.body.iter()).flat_map(|body| &body.content);
        let answers = operations.flat_map(|operation| &operation.responses).flat_map(|response| &response.content);
        for content in bodies.chain(answers) {
            if content.is_range() {
                self.reserve("AnyMedia");
            }
            if content.kind == ContentKind::Stream {
                ["EventStream", "JsonLines"].iter().for_each(|name| self.reserve(name));
            }
            if content.kind == ContentKind::Multipart {
                ["FilePart", "FileStream", "Parts"].iter().for_each(|name| self.reserve(name));
            }
        }
    }

    /// The first candidate that is free. Where none is, a number tells the last one apart, and a
    /// diagnostic says so with both places.
    pub fn take(&mut self, candidates: &[String], span: Span, diagnostics: &mut Diagnostics) -> String {
        if let Some(free) = candidates.iter().find(|name| !self.taken.contains_key(*name)) {
            self.taken.insert(free.clone(), span);
            return free.clone();
        }
        let last = candidates.last().cloned().unwrap_or_else(|| "Unnamed".to_owned());
        let next = self.next.entry(last.clone()).or_insert(2);
        let mut name = format!("{last}{next}");
        while self.taken.contains_key(&name) {
            *next += 1;
            name = format!("{last}{next}");
        }
        let mut report =
            Diagnostic::warning("name-collision", span, format!("`{last}` is the name of something else already"))
                .label(format!("called `{name}` in Rust"))
                .help("give it a name of its own with `x-rust-name`");
        if let Some(first) = self.taken.get(&last).filter(|first| **first != Span::start_of(FIRST)) {
            report = report.also(*first, "has the name");
        }
        diagnostics.push(report);
        self.taken.insert(name.clone(), span);
        name
    }
}

/// Names within one type or function, where no diagnostic can point closer than the type itself:
/// equal names get numbers, and the caller says so once.
pub fn distinct(names: impl IntoIterator<Item = String>) -> (Vec<String>, bool) {
    let names: Vec<String> = names.into_iter().collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for name in &names {
        *count.entry(name.as_str()).or_default() += 1;
    }
    let mut used: HashSet<String> = HashSet::with_capacity(names.len());
    let mut next: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::with_capacity(names.len());
    let mut collided = false;
    for name in &names {
        let mut chosen = name.clone();
        while used.contains(&chosen) || (chosen != *name && count.contains_key(chosen.as_str())) {
            let number = next.entry(name).or_insert(2);
            chosen = format!("{name}{number}");
            *number += 1;
            collided = true;
        }
        used.insert(chosen.clone());
        all.push(chosen);
    }
    (all, collided)
}
