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
    taken: HashMap<String, Holder>,
    /// The kind of what takes names at present.
    kind: &'static str,
    /// The names that were not the first choice, each with that choice and the kind of what has it.
    fallbacks: HashMap<String, (String, &'static str)>,
    /// The number that the next of equal names gets: thousands may be equal.
    next: HashMap<String, usize>,
}

/// What has a name.
#[derive(Debug, Clone, Copy)]
struct Holder {
    span: Span,
    kind: &'static str,
}

impl Names {
    /// A namespace in which what generated files bring along is taken.
    pub fn for_types() -> Names {
        let mut names = Names { kind: "a name that generated code uses", ..Names::empty() };
        RESERVED.iter().for_each(|name| names.reserve(name));
        names
    }

    /// An empty namespace.
    pub fn empty() -> Names {
        Names {
            taken: HashMap::new(),
            kind: "the name of another item",
            fallbacks: HashMap::new(),
            next: HashMap::new(),
        }
    }

    /// Says what takes the next names, as in "`LoginRequest` is a schema of the contract".
    pub fn now_for(&mut self, kind: &'static str) {
        self.kind = kind;
    }

    /// Why a name is not the first choice, as a sentence; nothing where it is.
    pub fn fallback(&self, name: &str) -> Option<String> {
        self.fallbacks.get(name).map(|(first, kind)| format!("Not called `{first}`, which is {kind}."))
    }

    fn hold(&mut self, name: String, span: Span) {
        self.taken.insert(name, Holder { span, kind: self.kind });
    }

    /// Keeps in mind why `name` was taken in place of the first candidate.
    fn note_fallback(&mut self, name: &str, candidates: &[String]) {
        if let Some(first) = candidates.first().filter(|first| *first != name)
            && let Some(holder) = self.taken.get(first)
        {
            self.fallbacks.insert(name.to_owned(), (first.clone(), holder.kind));
        }
    }

    /// Takes a name that is not the contract's.
    pub fn reserve(&mut self, name: &str) {
        self.hold(name.to_owned(), Span::start_of(FIRST));
    }

    /// A name that the contract or its settings ask for. One that is taken is an error, with both places.
    pub fn take_own(&mut self, own: &Spanned<String>, diagnostics: &mut Diagnostics) -> String {
        match self.taken.get(&own.value).map(|holder| holder.span) {
            None => {
                self.hold(own.value.clone(), own.span);
            }
            Some(first) => {
                let kind = self.taken.get(&own.value).map_or("", |holder| holder.kind);
                let message = format!("`{}` is already {kind}", own.value);
                let report = Diagnostic::error("name-collision", own.span, message).label("requested here");
                diagnostics.push(match first == Span::start_of(FIRST) {
                    true => report.help("choose another name"),
                    false => report.also(first, format!("named `{}`", own.value)).help("choose another name"),
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
            self.note_fallback(free, candidates);
            self.hold(free.clone(), span);
            return free.clone();
        }
        let last = candidates.last().cloned().unwrap_or_else(|| "Unnamed".to_owned());
        let next = self.next.entry(last.clone()).or_insert(2);
        let mut name = format!("{last}{next}");
        while self.taken.contains_key(&name) {
            *next += 1;
            name = format!("{last}{next}");
        }
        let kind = self.taken.get(&last).map_or("", |holder| holder.kind);
        let message = format!("`{last}` is already {kind}");
        let mut report = Diagnostic::warning("name-collision", span, message)
            .label(format!("named `{name}` in Rust"))
            .help("choose its Rust name with `x-rust-name`");
        if let Some(first) = self.taken.get(&last).filter(|first| first.span != Span::start_of(FIRST)) {
            report = report.also(first.span, format!("named `{last}`"));
        }
        diagnostics.push(report);
        self.note_fallback(&name, candidates);
        self.hold(name.clone(), span);
        name
    }
}

/// Names within one type or function, where no diagnostic can point closer than the type itself:
/// equal names get numbers, and the caller reports the first collision.
pub fn distinct(names: impl IntoIterator<Item = String>) -> (Vec<String>, Option<Collision>) {
    let names: Vec<String> = names.into_iter().collect();
    let mut first_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        first_of.entry(name.as_str()).or_insert(index);
    }
    let mut used: HashSet<String> = HashSet::with_capacity(names.len());
    let mut next: HashMap<&str, usize> = HashMap::new();
    let mut all = Vec::with_capacity(names.len());
    let mut collision: Option<Collision> = None;
    for (index, name) in names.iter().enumerate() {
        let mut chosen = name.clone();
        while used.contains(&chosen) || (chosen != *name && first_of.contains_key(chosen.as_str())) {
            let number = next.entry(name).or_insert(2);
            chosen = format!("{name}{number}");
            *number += 1;
        }
        if chosen != *name {
            match &mut collision {
                Some(collision) => collision.more += 1,
                None => {
                    let first = first_of.get(name.as_str()).copied().unwrap_or_default();
                    let names = [name.clone(), chosen.clone()];
                    collision = Some(Collision { indices: [first, index], names, more: 0 });
                }
            }
        }
        used.insert(chosen.clone());
        all.push(chosen);
    }
    (all, collision)
}

/// Two values whose Rust names would be equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The indices of the two values.
    pub indices: [usize; 2],
    /// The Rust names that they have in the end.
    names: [String; 2],
    /// The number of further values that get another name.
    more: usize,
}

impl Collision {
    /// Returns the warning about the collision at `span`; `describe` returns a value of an index as the contract
    /// names it, such as "the property `first-name`".
    pub fn report(&self, span: Span, describe: impl Fn(usize) -> String) -> Diagnostic {
        let [first, second] = self.indices.map(describe);
        let [kept, numbered] = &self.names;
        let message = format!("{first} and {second} have the same name in Rust");
        let report = Diagnostic::warning("name-collision", span, message)
            .label(format!("named `{kept}` and `{numbered}` in Rust"))
            .note("the names in requests and responses do not change");
        match self.more {
            0 => report,
            1 => report.note("1 further name gets a number too"),
            more => report.note(format!("{more} further names get a number too")),
        }
    }
}
