//! What a generated file brings into scope: exactly what it names, so that no import is unused.

use std::collections::BTreeSet;

use crate::rust::code::Code;
use crate::rust::plan::types::Ty;

/// The names a file uses.
#[derive(Debug, Default)]
pub struct Uses {
    runtime: BTreeSet<String>,
    std: BTreeSet<&'static str>,
    contract: BTreeSet<String>,
    patterns: BTreeSet<String>,
    own: BTreeSet<String>,
}

impl Uses {
    /// Something of the runtime.
    pub fn runtime(&mut self, name: &str) {
        self.runtime.insert(name.to_owned());
    }

    /// Something of the standard library, by its full path.
    pub fn std(&mut self, path: &'static str) {
        self.std.insert(path);
    }

    /// A type, trait or marker that is declared from the contract.
    pub fn contract(&mut self, name: &str) {
        self.contract.insert(name.to_owned());
    }

    /// The static of a pattern.
    pub fn pattern(&mut self, name: &str) {
        self.patterns.insert(name.to_owned());
    }

    /// All that another part of the file names.
    pub fn add(&mut self, other: &Uses) {
        self.runtime.extend(other.runtime.iter().cloned());
        self.std.extend(&other.std);
        self.contract.extend(other.contract.iter().cloned());
        self.patterns.extend(other.patterns.iter().cloned());
    }

    /// A name that the file declares itself.
    pub fn declare(&mut self, name: &str) {
        self.own.insert(name.to_owned());
    }

    /// All that a type names.
    pub fn ty(&mut self, ty: &Ty) {
        match ty {
            Ty::Decimal => self.runtime("Decimal"),
            Ty::DecimalNumber => self.runtime("DecimalNumber"),
            Ty::EventStream(inner) => {
                self.runtime("EventStream");
                self.ty(inner);
            }
            Ty::JsonLines(inner) => {
                self.runtime("JsonLines");
                self.ty(inner);
            }
            Ty::DateTime => {
                self.runtime("DateTime");
                self.runtime("Utc");
            }
            Ty::Date => self.runtime("NaiveDate"),
            Ty::Uuid => self.runtime("Uuid"),
            Ty::Bytes => self.runtime("Bytes"),
            Ty::Value => self.runtime("Value"),
            Ty::Multipart => self.runtime("Multipart"),
            Ty::Parts(part) => {
                self.runtime("Parts");
                self.contract(part);
            }
            Ty::FileStream => self.runtime("FileStream"),
            Ty::FilePart => self.runtime("FilePart"),
            Ty::ByteStream => self.runtime("ByteStream"),
            Ty::Named(name) => self.contract(name),
            Ty::Map(inner) => {
                self.std("std::collections::BTreeMap");
                self.ty(inner);
            }
            Ty::Patch(inner) => {
                self.runtime("Patch");
                self.ty(inner);
            }
            Ty::Page(inner) => {
                self.runtime("Page");
                self.ty(inner);
            }
            Ty::Concrete(inner) => {
                self.runtime("AnyMedia");
                self.ty(inner);
            }
            Ty::Vec(inner) | Ty::Option(inner) | Ty::Boxed(inner) => self.ty(inner),
            Ty::Bool
            | Ty::I32
            | Ty::I64
            | Ty::U32
            | Ty::U64
            | Ty::F32
            | Ty::F64
            | Ty::String
            | Ty::Unit
            | Ty::Own(_) => {}
        }
    }

    /// The `use` lines; `contract` is the path to the module that holds the contract's names,
    /// `patterns` the one that holds the patterns.
    pub fn lines(&self, contract: &str, patterns: &str) -> Vec<Code> {
        self.lines_apart(contract, patterns, ("", &BTreeSet::new()))
    }

    /// The same where some patterns stand in another module.
    pub fn lines_apart(&self, contract: &str, patterns: &str, apart: (&str, &BTreeSet<String>)) -> Vec<Code> {
        let mut lines: Vec<Code> = self.std.iter().map(|path| Code::of(format!("use {path};"))).collect();
        let mut group = |path: &str, names: Vec<&String>| match names.as_slice() {
            [] => {}
            [one] => lines.push(Code::of(format!("use {path}::{one};"))),
            several => {
                let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
                lines.push(Code::of(wrap(&format!("use {path}::{{"), &names, "};")));
            }
        };
        group("writ_runtime", self.runtime.iter().collect());
        group(contract, self.contract.difference(&self.own).collect());
        let (others, own): (Vec<&String>, Vec<&String>) =
            self.patterns.iter().partition(|name| apart.1.contains(*name));
        group(patterns, own);
        group(apart.0, others);
        lines
    }
}

/// A list in braces: on one line where it fits a hundred columns, else as many to a line as fit.
pub fn wrap(open: &str, names: &[&str], close: &str) -> String {
    wrap_at(0, open, names, close)
}

/// The same within code that is indented by so many spaces.
pub fn wrap_at(indent: usize, open: &str, names: &[&str], close: &str) -> String {
    let one_line = format!("{open}{}{close}", names.join(", "));
    if indent + one_line.chars().count() <= 100 {
        return one_line;
    }
    let margin = " ".repeat(indent + 3);
    let mut out = format!("{open}\n");
    let mut line = margin.clone();
    for name in names {
        if line.chars().count() + name.chars().count() + 2 > 100 && line != margin {
            out.push_str(&line);
            out.push('\n');
            line = margin.clone();
        }
        line.push(' ');
        line.push_str(name);
        line.push(',');
    }
    out.push_str(&line);
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push_str(close);
    out
}

/// The same texts, borrowed.
pub fn borrowed(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
