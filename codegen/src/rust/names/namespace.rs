//! Namespaces of Rust names. In each namespace, an item takes the first free candidate for its name and keeps it.

use std::collections::HashMap;

use writ_contract::diagnostic::{Diagnostic, Diagnostics};
use writ_contract::model::Contract;
use writ_contract::model::operation::ContentKind;
use writ_contract::source::{FileId, Span, Spanned};

/// The file that stands for the location of reserved names, which have no location in the contract.
const FIRST: FileId = FileId::ENTRY;

/// The names that generated files themselves use. No type of the contract can have such a name.
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

/// A namespace of Rust names, in which each name is taken once.
#[derive(Debug)]
pub struct Names {
    taken: HashMap<String, Holder>,
    /// The description of the items that take names now, such as "a schema of the contract".
    kind: &'static str,
    /// The taken names that are not the first choice, each with the first choice and the description of the
    /// item that has it.
    fallbacks: HashMap<String, (String, &'static str)>,
    /// The next number to append to each Rust name that is taken. The number is stored, since thousands of items may
    /// want the same name.
    next: HashMap<String, usize>,
}

/// The item that has taken a name: its location and its description.
#[derive(Debug, Clone, Copy)]
struct Holder {
    span: Span,
    kind: &'static str,
}

impl Names {
    /// Creates a namespace for types, in which the names that generated files themselves use are taken.
    pub fn for_types() -> Names {
        let mut names = Names { kind: "a name that generated code uses", ..Names::empty() };
        RESERVED.iter().for_each(|name| names.reserve(name));
        names
    }

    /// Creates a namespace in which every name is free.
    pub fn empty() -> Names {
        Names {
            taken: HashMap::new(),
            kind: "the name of another item",
            fallbacks: HashMap::new(),
            next: HashMap::new(),
        }
    }

    /// Sets the description of the items that take the next names, as in "the name `LoginRequest` is used for
    /// another schema".
    pub fn now_for(&mut self, kind: &'static str) {
        self.kind = kind;
    }

    /// Returns a sentence that explains why an item took a name that is not its first choice. Returns `None` if
    /// it has its first choice.
    pub fn fallback(&self, name: &str) -> Option<String> {
        let (first, kind) = self.fallbacks.get(name)?;
        Some(format!("Named `{name}` because the name `{first}` is used for {kind}."))
    }

    /// Records that the item at a location has taken a name.
    fn hold(&mut self, name: String, span: Span) {
        self.taken.insert(name, Holder { span, kind: self.kind });
    }

    /// Records the reason why an item took `name` instead of the first candidate for its Rust name.
    fn note_fallback(&mut self, name: &str, candidates: &[String]) {
        if let Some(first) = candidates.first().filter(|first| *first != name)
            && let Some(holder) = self.taken.get(first)
        {
            self.fallbacks.insert(name.to_owned(), (first.clone(), holder.kind));
        }
    }

    /// Reserves a name that generated code itself uses.
    pub fn reserve(&mut self, name: &str) {
        self.hold(name.to_owned(), Span::start_of(FIRST));
    }

    /// Takes a name that the contract or the settings request for an item. A name that is taken already is an error.
    pub fn take_requested(&mut self, own: &Spanned<String>, diagnostics: &mut Diagnostics) -> String {
        match self.taken.get(&own.value).map(|holder| holder.span) {
            None => {
                self.hold(own.value.clone(), own.span);
            }
            Some(first) => {
                let kind = self.taken.get(&own.value).map_or("", |holder| holder.kind);
                let generated = first == Span::start_of(FIRST);
                let message = match generated {
                    true => format!("generated code already uses the name `{}`", own.value),
                    false => format!("`{}` is already {kind}", own.value),
                };
                let help = match own.span.file {
                    FileId::SETTINGS => "choose another name",
                    _ => "choose another `x-rust-name`",
                };
                let report = Diagnostic::error("name-collision", own.span, message).label("requested here");
                let report = if generated { report } else { report.also(first, format!("named `{}`", own.value)) };
                diagnostics.push(report.help(help));
            }
        }
        own.value.clone()
    }

    /// Reserves the names of the runtime's body types, such as `Parts`, if this contract uses them. Otherwise
    /// these names stay free.
    pub fn reserve_for(&mut self, contract: &Contract) {
        let outgoing = contract.outgoing_calls().map(|outgoing| outgoing.operation);
        let operations = contract.operations.iter().chain(outgoing);
        let bodies = operations.clone().flat_map(|operation| operation.body.iter()).flat_map(|body| &body.content);
        let responses = operations.flat_map(|operation| &operation.responses).flat_map(|response| &response.content);
        for content in bodies.chain(responses) {
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

    /// Returns true if no item has taken a name.
    pub fn is_free(&self, name: &str) -> bool {
        !self.taken.contains_key(name)
    }

    /// Takes the first free candidate as the name of an item. If none is free, appends a number to the last
    /// candidate and reports a warning.
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
