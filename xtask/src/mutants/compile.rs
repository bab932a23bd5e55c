//! Compiling the copy of the workspace, and the mutants that do not compile.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;
use writ_tasks::process::Session;
use writ_tasks::terminal;

use super::known::{self, Known};
use super::list::Mutant;
use super::suite::{self, Program};
use super::syntax;
use super::toggle::{Toggle, Toggled};
use super::tree::Tree;
use crate::cargo;

/// The mutants of a copy of the workspace.
pub struct Sources<'a> {
    mutants: &'a [Mutant],
    known: &'a Known,
    /// The numbers of the mutants whose change does not compile.
    pub unviable: BTreeSet<usize>,
    /// The numbers of the mutants that only the compiler could change, for example in a constant.
    pub fixed: BTreeSet<usize>,
    originals: BTreeMap<PathBuf, String>,
    toggles: BTreeMap<PathBuf, Vec<Toggle>>,
}

/// An error of the compiler and the places that it names.
struct Error {
    rendered: String,
    places: Vec<(PathBuf, usize)>,
}

/// A place in a message of the compiler.
#[derive(Deserialize)]
struct Place {
    file_name: PathBuf,
    byte_start: usize,
    is_primary: bool,
    expansion: Option<Expansion>,
}

/// The call of a macro that a place in a message comes from.
#[derive(Deserialize)]
struct Expansion {
    span: Box<Place>,
}

impl<'a> Sources<'a> {
    /// Finds the toggle of each mutant. The number of a mutant is its index.
    pub fn read(mutants: &'a [Mutant], known: &'a Known) -> anyhow::Result<Self> {
        let mut by_file: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
        for (number, mutant) in mutants.iter().enumerate() {
            by_file.entry(&mutant.file).or_default().push(number);
        }
        let mut read = Self {
            mutants,
            known,
            unviable: BTreeSet::new(),
            fixed: BTreeSet::new(),
            originals: BTreeMap::new(),
            toggles: BTreeMap::new(),
        };
        for (file, numbers) in by_file {
            let text = fs::read_to_string(cargo::root().join(file)).with_context(|| file.display().to_string())?;
            let sites = syntax::sites(&text).with_context(|| format!("cannot parse {}", file.display()))?;
            let mut toggles = Vec::new();
            for number in numbers {
                let mutant = &mutants[number];
                match Toggle::new(number, mutant, &text, &sites) {
                    Some(_) if read.known.get(mutant, &text) == Some(known::Result::Unviable) => {
                        read.unviable.insert(number);
                    }
                    Some(toggle) => toggles.push(toggle),
                    None => drop(read.fixed.insert(number)),
                }
            }
            read.originals.insert(file.to_owned(), text);
            read.toggles.insert(file.to_owned(), toggles);
        }
        Ok(read)
    }

    /// Writes the toggles into the copy, and removes those that do not compile until cargo succeeds with the arguments
    /// `selection`. `packages` are the changed crates and their folders.
    pub fn compile(
        &mut self,
        session: &Session,
        tree: &Tree,
        packages: &[(&str, &str)],
        selection: &[&str],
    ) -> anyhow::Result<Vec<Program>> {
        let folders: Vec<_> = packages.iter().map(|(_, folder)| *folder).collect();
        loop {
            let toggled: BTreeMap<_, _> = self
                .toggles
                .iter()
                .map(|(file, toggles)| (file.clone(), Toggled::new(&self.originals[file], toggles)))
                .collect();
            let texts = toggled.iter().map(|(file, toggled)| (file.clone(), toggled.text.clone()));
            tree.write(&texts.collect(), &folders)?;
            let errors = match suite::compile(session, tree, selection)? {
                Ok(programs) => return Ok(programs),
                Err(messages) => messages.iter().filter_map(error).collect::<Vec<_>>(),
            };
            let places = errors.iter().flat_map(|error| &error.places);
            let blamed: BTreeSet<_> =
                places.filter_map(|(file, offset)| Some(toggled.get(file)?.blamed(*offset))).flatten().collect();
            if blamed.is_empty() {
                let rendered: String = errors.into_iter().map(|error| error.rendered).collect();
                bail!("the copy of the workspace does not compile:\n{rendered}");
            }
            terminal::step("Removed", format_args!("{} mutants that do not compile", blamed.len()));
            self.remove(blamed)?;
        }
    }

    fn remove(&mut self, mut numbers: BTreeSet<usize>) -> anyhow::Result<()> {
        for toggles in self.toggles.values_mut() {
            toggles.retain(|toggle| !numbers.contains(&toggle.number()));
        }
        for number in &numbers {
            self.remember(*number, known::Result::Unviable)?;
        }
        self.unviable.append(&mut numbers);
        Ok(())
    }

    /// Returns the result of a mutant in an earlier run, unless it survived.
    pub fn known(&self, number: usize) -> Option<known::Result> {
        let mutant = &self.mutants[number];
        self.known.get(mutant, &self.originals[&mutant.file])
    }

    /// Returns the number of compiled tests that a mutant survived in an earlier run.
    pub fn survived(&self, number: usize, programs: u64) -> Option<usize> {
        let mutant = &self.mutants[number];
        self.known.survived(mutant, &self.originals[&mutant.file], programs)
    }

    /// Returns a number that changes when the mutants change or one of the programs is compiled again. Programs that
    /// compile the changed crates themselves stay as they are when the mutants change.
    pub fn fingerprint(&self, programs: &[Program]) -> anyhow::Result<u64> {
        let mut hasher = DefaultHasher::new();
        self.mutants.iter().for_each(|mutant| mutant.name.hash(&mut hasher));
        self.originals.values().for_each(|text| known::code(text).hash(&mut hasher));
        for Program { path, .. } in programs {
            let metadata = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
            (path, metadata.len(), metadata.modified()?).hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    /// Keeps the result of a mutant for later runs.
    pub fn remember(&self, number: usize, result: known::Result) -> anyhow::Result<()> {
        let mutant = &self.mutants[number];
        self.known.add(mutant, &self.originals[&mutant.file], result)
    }
}

fn error(message: &Value) -> Option<Error> {
    let message = message.get("message").filter(|message| message["level"] == "error")?;
    let places: Vec<Place> = serde_json::from_value(message["spans"].clone()).ok()?;
    // The last error only counts the others.
    (!places.is_empty()).then(|| Error {
        rendered: message["rendered"].as_str().unwrap_or_default().to_owned(),
        places: places.into_iter().filter(|place| place.is_primary).flat_map(Place::with_calls).collect(),
    })
}

impl Place {
    /// Returns the file and the offset of the place, and of the macro calls around it.
    fn with_calls(self) -> Vec<(PathBuf, usize)> {
        let mut found = vec![(self.file_name, self.byte_start)];
        let mut expansion = self.expansion;
        while let Some(Expansion { span }) = expansion {
            found.push((span.file_name, span.byte_start));
            expansion = span.expansion;
        }
        found
    }
}
