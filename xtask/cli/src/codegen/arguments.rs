//! The command-line arguments of `codegen`, and the checks of the arguments that clap cannot make.

use std::path::{Path, PathBuf};

use anyhow::bail;
use writ_codegen::options::Part;
use writ_codegen::output::Conflicts;
use writ_codegen::package::{Runtime, Workspace};
use writ_contract::diagnostic::closest;
use writ_contract::model::{Enums, UnknownFields, parse_size};

/// The arguments of `codegen`: the contract, the crate to generate, and the form of the report.
///
/// ```
/// use cargo_writ::codegen::Args;
/// use clap::Parser;
///
/// #[derive(Parser)]
/// struct Task {
///     #[command(flatten)]
///     codegen: Args,
/// }
///
/// let task = Task::parse_from(["task", "--spec", "openapi.yaml", "--out", "crates/pets-api", "--tag", "pets"]);
/// assert_eq!(task.codegen.tag, ["pets"]);
/// ```
#[derive(Debug, Clone, Default, clap::Args)]
#[command(version, long_about = None)]
pub struct Args {
    /// Write nothing; fail and list the generated files that are stale.
    #[arg(long)]
    pub check: bool,
    /// The entry file of the contract; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// The folder of the generated crate; required unless the settings contain `out`.
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub out: Option<PathBuf>,
    /// The name of the generated crate [default: the name of the contract's file].
    #[arg(long, value_name = "CRATE", requires = "spec")]
    pub name: Option<String>,
    /// The folder that must contain every file that the contract refers to [default: the folder of the
    /// contract].
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub root: Option<PathBuf>,
    /// The settings file [default: `codegen.toml` beside the contract].
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub config: Option<PathBuf>,
    /// Apply this overlay to the contract, after those of the settings; repeat the option for several. `-` reads standard
    /// input.
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub overlay: Vec<PathBuf>,
    /// Generate only the operations of this tag; repeat the option for several tags.
    #[arg(long, value_name = "NAME", requires = "spec")]
    pub tag: Vec<String>,
    /// Respond with 501 to operations that are not implemented yet, instead of a compile error.
    #[arg(long, requires = "spec")]
    pub unwritten: bool,
    /// Generate an optional part behind a cargo feature: client, eq, openapi or serde; repeat the option for several.
    #[arg(long, value_name = "PART", requires = "spec", value_parser = part)]
    pub with: Vec<Part>,
    /// The size limit of request bodies for operations without `x-body-limit`, such as `4MiB`.
    #[arg(long, value_name = "SIZE", requires = "spec", value_parser = parse_size)]
    pub body_limit: Option<u64>,
    /// The treatment of unknown fields in objects without `additionalProperties`: ignore, reject or keep.
    #[arg(long, value_name = "ignore|reject|keep", requires = "spec", value_parser = word(&UnknownFields::NAMES))]
    pub unknown_fields: Option<UnknownFields>,
    /// The treatment of strings outside an enum without `x-extensible-enum`: closed or open.
    #[arg(long, value_name = "closed|open", requires = "spec", value_parser = word(&Enums::NAMES))]
    pub enums: Option<Enums>,
    /// The cargo workspace of the crate: `own`, or `member` of an existing one.
    #[arg(long, value_name = "own|member", requires = "spec")]
    pub workspace: Option<Workspace>,
    /// The runtime that the crate depends on: `embedded` in its folder, `path:DIR` or `version:REQ`.
    #[arg(long, value_name = "RUNTIME", requires = "spec")]
    pub runtime: Option<Runtime>,
    /// Reject deviations from OpenAPI that are otherwise corrected or ignored with a warning.
    #[arg(long, requires = "spec")]
    pub strict: bool,
    /// Overwrite files that were edited by hand or not generated.
    #[arg(long)]
    pub force: bool,
    /// Show notes in addition to errors and warnings.
    #[arg(long)]
    pub notes: bool,
    /// Show every diagnostic in full; without it, repeated ones are counted.
    #[arg(long)]
    pub all: bool,
    /// Write nothing; print the methods to implement: all of them, those of one trait, or that of one operation.
    #[arg(long, value_name = "TRAIT|OPERATION", num_args = 0..=1, conflicts_with = "check")]
    pub stubs: Option<Option<String>>,
    /// Arguments that belong to no option. [`Args::check_extra`] rejects them with advice.
    #[arg(hide = true, value_name = "ARGUMENT")]
    extra: Vec<String>,
}

impl Args {
    /// Returns the arguments with `spec` as the entry file of the contract.
    #[must_use]
    pub fn with_spec(self, spec: PathBuf) -> Args {
        Args { spec: Some(spec), ..self }
    }

    /// Returns the treatment of files in the folder of the crate that were edited by hand or not generated:
    /// overwrite them or refuse to write.
    pub fn conflicts(&self) -> Conflicts {
        if self.force { Conflicts::Overwrite } else { Conflicts::Refuse }
    }

    /// Returns the selection of diagnostics to print, as the command line requests it.
    pub fn display(&self) -> Display {
        Display { notes: self.notes, all: self.all }
    }

    /// Rejects arguments that belong to no option. The error names the option that the user probably meant.
    ///
    /// # Errors
    ///
    /// Returns an error if the command line contains such an argument.
    pub fn check_extra(&self) -> anyhow::Result<()> {
        let Some(extra) = self.extra.first() else { return Ok(()) };
        let contract =
            Path::new(extra).extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|it| end == *it));
        if self.spec.is_none() && contract {
            bail!("unexpected argument `{extra}`: pass the contract as `--spec {extra}`");
        }
        if !self.tag.is_empty() {
            let tags: Vec<String> = self.tag.iter().chain(&self.extra).map(|tag| format!("--tag {tag}")).collect();
            bail!("unexpected argument `{extra}`: to give several tags, repeat the option: `{}`", tags.join(" "));
        }
        if !self.with.is_empty() && part(extra).is_ok() {
            bail!("unexpected argument `{extra}`: to generate several parts, repeat the option: `--with {extra}`");
        }
        bail!("unexpected argument `{extra}`: see `--help` for the options");
    }
}

/// The selection of diagnostics that the command prints.
#[derive(Debug, Clone, Copy)]
pub struct Display {
    /// True if notes are printed in addition to errors and warnings.
    pub notes: bool,
    /// True if every diagnostic is printed in full; otherwise repeated ones are counted.
    pub all: bool,
}

/// Returns a parser for an option whose value is one of several words.
fn word<T: Copy>(choices: &'static [(&'static str, T)]) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| {
        let words = || choices.iter().map(|(word, _)| *word);
        let chosen = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        chosen.ok_or_else(|| match closest(text, words()) {
            Some(close) => format!("did you mean `{close}`?"),
            None => format!("expected {}", words().collect::<Vec<_>>().join(" or ")),
        })
    }
}

/// Parses the name of an optional part of the generated crate, as `--with` takes it.
fn part(name: &str) -> Result<Part, String> {
    if let Some(part) = Part::ALL.into_iter().find(|part| part.name() == name) {
        return Ok(part);
    }
    if name.contains([',', ' ']) {
        return Err("give several parts one by one: `--with client --with serde`".to_owned());
    }
    match closest(name, Part::ALL.iter().map(|part| part.name())) {
        Some(close) => Err(format!("did you mean `{close}`?")),
        None => Err("expected client, eq, openapi or serde".to_owned()),
    }
}
