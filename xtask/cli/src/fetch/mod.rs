//! The command `fetch`: stores copies of the remote documents that a contract refers to, so that generating code needs
//! no network.

mod download;
mod file_name;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use writ_codegen::output::{self, Conflicts, Output};
use writ_codegen::settings::{self, Settings};
use writ_contract::diagnostic::{Diagnostic, Diagnostics, plural};
use writ_contract::document::{
    LOCK, LoadOptions, Lock, LockedDocument, REMOTE_FOLDER, RemoteDocuments, STDIN, hash, remote_references,
};
use writ_contract::source::Span;

use crate::codegen::{Display, show, write};
use crate::terminal::step;
use download::Downloader;

/// The largest number of remote documents of a contract.
const MOST_DOCUMENTS: usize = 500;

/// The largest size of all documents that one run fetches, in bytes.
const MOST_BYTES: usize = 64 << 20;

/// The longest time of one run.
const LONGEST: Duration = Duration::from_secs(300);

/// The selection of diagnostics that the command prints: errors and warnings.
const DISPLAY: Display = Display { notes: false, all: false };

/// The arguments of `fetch`: the contract, and the extent of the work.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(version, long_about = None)]
pub struct Args {
    /// The entry file of the contract.
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// The folder that must contain every file that the contract refers to [default: the folder of the contract].
    #[arg(long, value_name = "DIR", requires = "spec")]
    pub root: Option<PathBuf>,
    /// The settings file [default: `codegen.toml` beside the contract].
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub config: Option<PathBuf>,
    /// Apply this overlay to the contract, after those of the settings; repeat the option for several.
    #[arg(long, value_name = "FILE", requires = "spec")]
    pub overlay: Vec<PathBuf>,
    /// Allow URLs that begin with this one, in addition to `[remote] allow` of the settings; repeat the option for several.
    #[arg(long, value_name = "URL")]
    pub allow: Vec<String>,
    /// Write nothing and access no network; fail if a copy is missing, was edited, or is not needed.
    #[arg(long)]
    pub check: bool,
    /// Fetch every document again, not only those without a copy.
    #[arg(long, conflicts_with = "check")]
    pub update: bool,
    /// Overwrite copies that were edited by hand.
    #[arg(long)]
    pub force: bool,
}

/// Runs the command `fetch`. `root` is the folder that must contain every file that the contract refers to, if
/// neither the command line nor the settings name one.
///
/// # Errors
///
/// Returns an error if an argument, the settings or the contract has errors, if a document cannot be fetched, or if a
/// copy cannot be written. The copies are unchanged then.
pub fn run(args: &Args, root: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(spec) = args.spec.as_deref() else {
        bail!("the contract is missing: pass `--spec FILE`");
    };
    if spec == Path::new(STDIN) {
        bail!("`fetch` needs a file, since the copies are stored beside it: pass `--spec FILE`");
    }
    let mut found = Diagnostics::new();
    let settings = match &args.config {
        Some(config) => settings::read(config, None, &mut found),
        None => Settings::beside(spec, None, &mut found),
    };
    let problems = show(&found, DISPLAY);
    if problems > 0 {
        bail!("{} in {}", plural(problems, "problem"), settings::FILE);
    }
    let mut allowed = settings.allow;
    for written in &args.allow {
        allowed.push(settings::check_allowed(written).map_err(|advice| anyhow!("`--allow {written}`: {advice}"))?);
    }
    let folder = settings.options.remote.unwrap_or_else(|| spec.with_file_name(REMOTE_FOLDER));
    let mut overlays = settings.options.overlays;
    overlays.extend(args.overlay.iter().cloned());
    if overlays.iter().any(|path| path == Path::new(STDIN)) {
        bail!("`fetch` reads overlays more than once: pass a file instead of standard input");
    }
    let options = LoadOptions {
        root: args.root.clone().or(settings.root).or(root),
        strict: false,
        overlays,
        remote: Some(folder.clone()),
    };
    let stored = RemoteDocuments::read(&folder).map_err(|(error, text)| {
        let line = text[..error.line.start].matches('\n').count() + 1;
        anyhow!("{}:{line}: {error}\ndelete the file to fetch every document again", folder.join(LOCK).display())
    })?;
    let mut documents = if args.update { RemoteDocuments::default() } else { stored.clone() };
    let downloader = (!args.check).then(|| Downloader::new(allowed));
    let references = complete(spec, &options, downloader.as_ref(), &mut documents)?;
    let files = files(&references, &documents);
    let nothing = references.is_empty() && stored.urls().next().is_none();
    if nothing {
        step("Fresh", format_args!("{} refers to no remote document", spec.display()));
        return Ok(());
    }
    if args.check {
        return compare(&folder, &files);
    }
    let conflicts = if args.force { Conflicts::Overwrite } else { Conflicts::Refuse };
    let changes = write(&folder, &files, conflicts)?;
    for (verb, files) in [
        ("Added", &changes.added),
        ("Changed", &changes.changed),
        ("Overwritten", &changes.overwritten),
        ("Removed", &changes.removed),
    ] {
        files.iter().for_each(|file| step(verb, folder.join(file).display()));
    }
    step("Finished", format_args!("{} in {}", plural(references.len(), "remote document"), folder.display()));
    Ok(())
}

/// Fetches documents until every reference of the contract has a copy. Returns the references by absolute URL. Without a
/// downloader, a reference without a copy is an error.
fn complete(
    spec: &Path,
    options: &LoadOptions,
    downloader: Option<&Downloader>,
    documents: &mut RemoteDocuments,
) -> anyhow::Result<BTreeMap<String, Span>> {
    let (begun, mut fetched) = (Instant::now(), 0);
    loop {
        let mut found = Diagnostics::new();
        let references = remote_references(spec, options, documents.clone(), &mut found).unwrap_or_default();
        let missing: Vec<_> = references.iter().filter(|(url, _)| documents.get(url).is_err()).collect();
        if !found.has_errors() && references.len() <= MOST_DOCUMENTS {
            for (url, span) in &missing {
                match fetch(url, **span, downloader, documents) {
                    Ok(size) => fetched += size,
                    Err(problem) => found.push(*problem),
                }
                if fetched > MOST_BYTES || begun.elapsed() > LONGEST {
                    let (size, time) = (MOST_BYTES >> 20, LONGEST.as_secs());
                    bail!("the remote documents need more than {size} MiB or {time} seconds; the copies are unchanged");
                }
            }
        }
        // The warnings of the last round contain those of the rounds before.
        let problems = if found.has_errors() || missing.is_empty() { show(&found, DISPLAY) } else { 0 };
        if problems > 0 {
            bail!("{} in {}; the copies are unchanged", plural(problems, "problem"), spec.display());
        }
        if references.len() > MOST_DOCUMENTS {
            bail!("{} refers to more than {MOST_DOCUMENTS} remote documents", spec.display());
        }
        if missing.is_empty() {
            return Ok(references);
        }
    }
}

/// Fetches one document and returns its size in bytes.
///
/// # Errors
///
/// Returns a diagnostic at the reference if the document cannot be fetched.
fn fetch(
    url: &str,
    span: Span,
    downloader: Option<&Downloader>,
    documents: &mut RemoteDocuments,
) -> Result<usize, Box<Diagnostic>> {
    let Some(downloader) = downloader else {
        let error = documents.get(url).err().map(|error| error.to_string()).unwrap_or_default();
        let problem = Diagnostic::error("remote-ref", span, error).label("has no valid copy");
        return Err(Box::new(problem.help("run the command without `--check`")));
    };
    // Another URL may have redirected to this document already.
    if let Some(known) = documents.with_base(url).cloned() {
        documents.insert(url.to_owned(), known);
        return Ok(0);
    }
    let document = downloader.download(url).map_err(|failure| {
        let problem = Diagnostic::error(failure.code, span, failure.message).label("not fetched");
        Box::new(failure.help.into_iter().fold(problem, Diagnostic::help))
    })?;
    step("Fetched", &document.base);
    let document = documents.with_base(&document.base).cloned().unwrap_or(document);
    let size = document.text.len();
    documents.insert(url.to_owned(), document);
    Ok(size)
}

/// Compares the folder of the copies with the files that the command would write.
///
/// # Errors
///
/// Returns an error if a file differs or is not needed. These files are printed.
fn compare(folder: &Path, files: &Output) -> anyhow::Result<()> {
    let stale = output::check(folder, files)?;
    if stale.is_empty() {
        step("Fresh", format_args!("{} ({})", folder.display(), plural(files.files.len(), "file")));
        return Ok(());
    }
    for (path, state) in &stale {
        eprintln!("{}/{path} {state}", folder.display());
    }
    bail!(
        "{} in {} not as `fetch` would write it; run the command without `--check`",
        plural(stale.len(), "file"),
        folder.display()
    );
}

/// Returns the files of the folder: the copies of all referenced documents, and their list.
fn files(references: &BTreeMap<String, Span>, documents: &RemoteDocuments) -> Output {
    let mut output = Output::default();
    let mut lock = Lock::default();
    for url in references.keys() {
        let Ok(document) = documents.get(url) else { continue };
        let entry = LockedDocument {
            sha256: hash(&document.text),
            file: document.file.clone(),
            media_type: document.media_type.clone(),
            base: (document.base != *url).then(|| document.base.clone()),
        };
        lock.documents.insert(url.clone(), entry);
        output.files.insert(document.file.clone(), document.text.clone());
    }
    output.files.insert(LOCK.to_owned(), lock.to_string());
    output
}
