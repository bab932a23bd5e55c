//! Reads the imports of a crate from its sources and checks that its modules form layers.
//!
//! The file depends on no other one, since the tests of other crates include it by `#[path]`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The names of the modules on the path from the root of the crate to a module. Empty for the root.
type Module = Vec<String>;

/// A source file.
struct Source {
    file: PathBuf,
    /// The text without comments, literals and tests, with unchanged line numbers.
    text: String,
    uses: Vec<Use>,
    /// The names of the items that the module defines.
    items: BTreeSet<String>,
}

/// A path in a `use` declaration or an expression, from the root of the crate.
struct Use {
    path: Module,
    /// The name that the import binds, or `*` for a glob.
    name: String,
    line: usize,
    is_public: bool,
}

/// An import of one module by another one.
struct Import {
    from: Module,
    to: Module,
    /// The location for messages, `file:line: path`.
    location: String,
}

/// Checks that modules import in one direction only.
///
/// `layers` are the paths of modules (`json`, `rust::names`), the lowest first. A module may import from
/// its own layer and from lower ones. Modules of one layer may not form cycles, except for the pairs in
/// `allowed`.
///
/// # Errors
/// Returns a line for each import from a higher layer and for each import of a cycle.
pub fn check(src: &Path, layers: &[&str], allowed: &[(&str, &str)]) -> Result<(), String> {
    let sources = read(src);
    let imports = imports(&sources);
    let mut faults = Vec::new();
    for module in sources.keys().filter(|module| !module.is_empty() && layer(module, layers).is_none()) {
        faults.push(format!("`{}` has no layer: add it to the list of layers", module.join("::")));
    }
    for import in imports.iter().filter(|import| !import.from.is_empty()) {
        if let (Some(from), Some(to)) = (layer(&import.from, layers), layer(&import.to, layers))
            && to > from
        {
            let (from, to) = (layers[from], layers[to]);
            faults.push(format!(
                "{}: `{from}` is a lower layer than `{to}` and must not import from it",
                import.location
            ));
        }
    }
    faults.extend(cycles(&imports, allowed));
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!("these imports break the order of layers:\n{}", faults.join("\n")))
    }
}

/// Returns the index of the layer of a module: the longest path in the list that is a prefix of the module.
fn layer(module: &Module, layers: &[&str]) -> Option<usize> {
    let begins = |layer: &&str| {
        let steps: Vec<&str> = layer.split("::").collect();
        module.len() >= steps.len() && module.iter().zip(&steps).all(|(name, step)| name == step)
    };
    let found = layers.iter().enumerate().filter(|(_, layer)| begins(layer));
    found.max_by_key(|(_, layer)| layer.split("::").count()).map(|(index, _)| index)
}

/// Returns a line for each import between two modules that depend on each other.
fn cycles(imports: &[Import], allowed: &[(&str, &str)]) -> Vec<String> {
    let is_allowed = |import: &Import| {
        let (from, to) = (import.from.join("::"), import.to.join("::"));
        allowed.iter().any(|(one, other)| (*one == from && *other == to) || (*one == to && *other == from))
    };
    let counted: Vec<&Import> =
        imports.iter().filter(|import| !import.from.is_empty() && !is_allowed(import)).collect();
    let mut targets: BTreeMap<&Module, BTreeSet<&Module>> = BTreeMap::new();
    for import in &counted {
        targets.entry(&import.from).or_default().insert(&import.to);
    }
    let reaches = |from: &Module, to: &Module| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(module) = open.pop() {
            if module == to {
                return true;
            }
            if seen.insert(module) {
                open.extend(targets.get(module).into_iter().flatten());
            }
        }
        false
    };
    let circular = counted.iter().filter(|import| reaches(&import.to, &import.from));
    circular.map(|import| format!("{}: is part of a cycle of modules", import.location)).collect()
}

/// Returns the imports between modules. Each is resolved to the module that defines the item.
fn imports(sources: &BTreeMap<Module, Source>) -> Vec<Import> {
    let mut imports = Vec::new();
    for (from, source) in sources {
        for used in &source.uses {
            let to = resolve(sources, from, &used.path, 0);
            // A re-export of a child module is not a dependency.
            let re_exports = used.is_public && to.starts_with(from);
            if to != *from && !re_exports {
                let location = format!("{}:{}: `{}`", source.file.display(), used.line, used.path.join("::"));
                imports.push(Import { from: from.clone(), to, location });
            }
        }
    }
    imports
}

/// Resolves a path to the module that defines the item, through the imports of the modules on the way.
fn resolve(sources: &BTreeMap<Module, Source>, from: &Module, path: &[String], depth: usize) -> Module {
    let length = (0..=path.len()).rev().find(|length| sources.contains_key(&path[..*length])).unwrap_or(0);
    let module = path[..length].to_vec();
    let (Some(source), Some(name)) = (sources.get(&module), path.get(length)) else { return module };
    if depth > 8 || source.items.contains(name) {
        return module;
    }
    // A module sees the private imports of the modules that contain it.
    let seen = || source.uses.iter().filter(|used| used.is_public || from.starts_with(&module));
    if let Some(used) = seen().find(|used| used.name == *name) {
        return resolve(sources, from, &[used.path.as_slice(), &path[length + 1..]].concat(), depth + 1);
    }
    for used in seen().filter(|used| used.name == "*") {
        let found = resolve(sources, from, &[used.path.as_slice(), &path[length..]].concat(), depth + 1);
        if sources.get(&found).is_some_and(|source| source.items.contains(name)) {
            return found;
        }
    }
    module
}

/// Reads all modules below a folder, without modules of tests.
fn read(src: &Path) -> BTreeMap<Module, Source> {
    let mut sources = BTreeMap::new();
    read_folder(src, &Vec::new(), &mut sources);
    for source in sources.values_mut() {
        source.file = source.file.strip_prefix(src).map(Path::to_path_buf).unwrap_or_default();
    }
    let tests: Vec<Module> = sources.iter().flat_map(|(module, source)| test_modules(module, &source.text)).collect();
    sources.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
    let modules: BTreeSet<Module> = sources.keys().cloned().collect();
    for (module, source) in &mut sources {
        source.text = without_tests(&source.text);
        source.uses = uses(module, &source.text, &modules);
        source.items = items(&source.text);
    }
    sources
}

fn read_folder(folder: &Path, module: &Module, sources: &mut BTreeMap<Module, Source>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        let inner: Module = module.iter().cloned().chain([name.clone()]).collect();
        if path.is_dir() {
            read_folder(&path, &inner, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = without_comments(&fs::read_to_string(&path).unwrap());
            let is_folder = matches!(&*name, "lib" | "main" | "mod");
            let module = if is_folder { module.clone() } else { inner };
            sources.insert(module, Source { file: path, text, uses: Vec::new(), items: BTreeSet::new() });
        }
    }
}

/// Replaces comments and literals by spaces.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|behind| behind.len() - behind.trim_start_matches('#').len());
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw.filter(|hashes| rest[1 + hashes..].starts_with('"'))
            && !out.ends_with(|last: char| last.is_alphanumeric() || last == '_' || last == 'b')
        {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = 2 + hashes;
            rest[start..].find(&end).map_or(rest.len(), |at| start + at + end.len())
        } else if first == '"' {
            closing_quote(rest)
        } else if rest.starts_with("'\\") {
            rest[3..].find('\'').map_or(rest.len(), |at| at + 4)
        } else if first == '\'' && rest.chars().nth(2) == Some('\'') {
            rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        out.extend(rest[..length].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    out
}

/// Returns the length of a string literal with its quotes.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            _ => escaped = letter == '\\' && !escaped,
        }
    }
    text.len()
}

/// Returns the modules that a module declares under `#[cfg(test)]` in separate files.
fn test_modules(module: &Module, text: &str) -> Vec<Module> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("#[cfg(") {
        let Some((attribute, behind)) = text[at..].split_once(']') else { continue };
        let declared = behind.trim_start().strip_prefix("mod ").and_then(|behind| behind.split_once([';', '{']));
        if let Some((name, _)) = declared.filter(|_| is_test(attribute)) {
            found.push(module.iter().cloned().chain([name.trim().to_owned()]).collect());
        }
    }
    found
}

fn is_test(attribute: &str) -> bool {
    attribute.contains("(test") || attribute.contains(" test")
}

/// Replaces inline modules of tests by spaces.
fn without_tests(text: &str) -> String {
    let mut out = text.to_owned();
    for (at, _) in text.match_indices("#[cfg(") {
        let Some((attribute, behind)) = text[at..].split_once(']') else { continue };
        let inline = behind.trim_start().starts_with("mod ")
            && behind.find('{').is_some_and(|open| behind.find(';').is_none_or(|semicolon| open < semicolon));
        if is_test(attribute) && inline {
            let start = text.len() - behind.len();
            let end = closing_brace(text, start);
            let blank: String = text[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
            out.replace_range(start..end, &blank);
        }
    }
    out
}

fn closing_brace(text: &str, from: usize) -> usize {
    let mut depth = 0;
    for (at, letter) in text[from..].char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 1 => return from + at + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the paths in a file that are within the crate: in `use` declarations, and in expressions that
/// begin with `crate`, `super`, `self` or a child module.
fn uses(module: &Module, text: &str, modules: &BTreeSet<Module>) -> Vec<Use> {
    let mut found = Vec::new();
    let mut expressions = text.to_owned();
    for (at, _) in text.match_indices("use ") {
        let before = text[..at].trim_end();
        if text[..at].ends_with(|last: char| last.is_alphanumeric() || last == '_') {
            continue;
        }
        let Some(length) = text[at..].find(';') else { continue };
        let is_public = before.ends_with("pub")
            || before.ends_with(')') && before.rfind("pub(").is_some_and(|open| !before[open..].contains('\n'));
        let line = text[..at].matches('\n').count() + 1;
        for (path, name) in expand(&text[at + 4..at + length]) {
            if let Some(path) = from_root(module, &path, modules) {
                found.push(Use { path, name, line, is_public });
            }
        }
        let blank: String = text[at..at + length].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        expressions.replace_range(at..at + length, &blank);
    }
    for (at, _) in expressions.match_indices("::") {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let first = expressions[..at].rsplit(|letter| !is_name(letter)).next().unwrap_or_default();
        let before = &expressions[..at - first.len()];
        if first.is_empty() || before.ends_with("::") || before.ends_with('$') {
            continue;
        }
        let path = expressions[at - first.len()..].split(|letter| !is_name(letter) && letter != ':').next();
        let path: Vec<String> = path.unwrap_or_default().split("::").map(str::to_owned).collect();
        let starts = matches!(first, "crate" | "super" | "self") || is_child(module, first, modules);
        if let Some(path) = starts.then(|| from_root(module, &path, modules)).flatten() {
            let line = expressions[..at].matches('\n').count() + 1;
            found.push(Use { path, name: String::new(), line, is_public: false });
        }
    }
    found
}

fn is_child(module: &Module, name: &str, modules: &BTreeSet<Module>) -> bool {
    modules.contains(&[module.as_slice(), &[name.to_owned()]].concat())
}

/// Returns the paths of a tree such as `a::{b, c as d}`, each with the name that it binds.
fn expand(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let mut path: Vec<String> = path.split("::").map(|step| step.trim().to_owned()).collect();
        if path.len() > 1 && path.last().is_some_and(|last| last == "self" || last == "*") {
            let last = path.pop().unwrap_or_default();
            let name = if last == "*" { last } else { path.last().cloned().unwrap_or_default() };
            return vec![(path, if alias.is_empty() { name } else { alias.trim().to_owned() })];
        }
        let name = if alias.is_empty() { path.last().cloned().unwrap_or_default() } else { alias.trim().to_owned() };
        return vec![(path, name)];
    };
    let close = tree.rfind('}').unwrap_or(tree.len());
    let (mut parts, mut depth) = (vec![String::new()], 0);
    for letter in tree[open + 1..close].chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expand(&format!("{}{}", &tree[..open], part.trim()))).collect()
}

/// Returns a path from the root of the crate, or `None` if it leads to another crate.
fn from_root(module: &Module, path: &[String], modules: &BTreeSet<Module>) -> Option<Module> {
    let mut base = module.clone();
    let mut path = path;
    match path.first().map(String::as_str)? {
        "crate" => {
            base.clear();
            path = &path[1..];
        }
        "self" => path = &path[1..],
        "super" => {
            while path.first().is_some_and(|step| step == "super") {
                base.pop();
                path = &path[1..];
            }
        }
        first if is_child(module, first, modules) => {}
        _ => return None,
    }
    Some(base.into_iter().chain(path.iter().cloned()).collect())
}

/// Returns the names of the items that a file defines.
fn items(text: &str) -> BTreeSet<String> {
    let mut items = BTreeSet::new();
    let words = text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')).filter(|word| !word.is_empty());
    let mut before = "";
    for word in words {
        if matches!(before, "struct" | "enum" | "union" | "trait" | "type" | "fn" | "const" | "static" | "macro_rules")
        {
            items.insert(word.to_owned());
        }
        before = word;
    }
    items
}
