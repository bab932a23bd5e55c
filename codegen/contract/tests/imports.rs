//! Imports of this crate go one way: its modules form no cycle, and its four rooms stand on each other in order.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The modules of a crate by their path, `document::walk`, each with its source text without comments.
type Modules = BTreeMap<String, String>;

/// The modules that each module imports from.
type Imports = BTreeMap<String, BTreeSet<String>>;

/// The rooms of the crate; each may import from those before it.
const ROOMS: [&str; 4] = ["source", "diagnostic", "document", "model"];

#[test]
fn imports_between_modules_form_no_cycle() {
    let imports = imports(&modules());
    assert!(imports.len() > 50, "the sources were found");
    // A module that imports nothing of what is left, or that nothing left imports, is part of no cycle.
    let mut left = imports;
    loop {
        let before = left.len();
        let names: BTreeSet<String> = left.keys().cloned().collect();
        let targets: BTreeSet<String> = left.values().flatten().cloned().collect();
        left.retain(|module, imported| targets.contains(module) && !imported.is_disjoint(&names));
        left.values_mut().for_each(|imported| imported.retain(|target| names.contains(target)));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "modules that import from each other in a cycle: {left:#?}");
}

#[test]
fn each_room_imports_only_from_those_below_it() {
    let room = |module: &str| ROOMS.iter().position(|room| module.split("::").next() == Some(room));
    for (module, targets) in imports(&modules()) {
        for target in targets {
            assert!(room(&target) <= room(&module), "{module} imports from {target}");
        }
    }
}

fn modules() -> Modules {
    let mut modules = Modules::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut modules);
    modules
}

fn collect(folder: &Path, prefix: &str, modules: &mut Modules) {
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let module = if prefix.is_empty() { name.clone() } else { format!("{prefix}::{name}") };
        match name.as_str() {
            // Tests may use anything.
            "tests" => {}
            _ if path.is_dir() => collect(&path, &module, modules),
            "mod" => drop(modules.insert(prefix.to_owned(), code(&path))),
            _ => drop(modules.insert(module, code(&path))),
        }
    }
}

/// The source text of a file without its comments, and without tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn imports(modules: &Modules) -> Imports {
    let mut imports = Imports::new();
    for (module, text) in modules {
        let targets = imports.entry(module.clone()).or_default();
        for path in paths(text, module) {
            let target = defined_in(&path, modules);
            targets.extend(target.filter(|target| target != module));
        }
    }
    imports
}

/// Every path of a text that begins at the crate, at a parent, or at a child that is not only re-exported.
fn paths(text: &str, module: &str) -> Vec<String> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let Some((before, tree)) = statement.rsplit_once("use ") else {
            found.extend(inline(statement, module));
            continue;
        };
        found.extend(inline(before, module));
        let is_public = before.trim_end().ends_with(')') || before.trim_end().ends_with("pub");
        let tree: String = tree.split_whitespace().collect::<Vec<_>>().join(" ");
        let expanded = expand(&tree).into_iter().filter_map(|path| absolute(&path, module, !is_public));
        found.extend(expanded);
    }
    found
}

/// The paths that stand in code, in place of imports.
fn inline(code: &str, module: &str) -> Vec<String> {
    let part = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '_' | ':');
    let paths = code.split(part).filter(|word| word.contains("::"));
    paths.filter_map(|path| absolute(path, module, true)).collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expand(tree: &str) -> Vec<String> {
    let Some((prefix, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let inside = rest.rsplit_once('}').map_or(rest, |(inside, _)| inside);
    let (mut depth, mut branch, mut branches) = (0, String::new(), Vec::new());
    for letter in inside.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match letter {
            ',' if depth == 0 => branches.push(std::mem::take(&mut branch)),
            letter => branch.push(letter),
        }
    }
    branches.push(branch);
    let branches = branches.iter().map(|branch| branch.trim()).filter(|branch| !branch.is_empty());
    branches.flat_map(|branch| expand(&format!("{}{branch}", prefix.trim()))).collect()
}

/// The path from the root of the crate, as if one that begins otherwise began at a child: one of another crate
/// leads to the module itself then, which is no import. `None` for a path to a child that does not count.
fn absolute(path: &str, module: &str, children_count: bool) -> Option<String> {
    let mut base: Vec<&str> = module.split("::").collect();
    let mut rest = path;
    if let Some(path) = path.strip_prefix("crate::") {
        return Some(path.to_owned());
    }
    while let Some(path) = rest.strip_prefix("super::") {
        base.pop();
        rest = path;
    }
    let is_relative = rest.len() < path.len() || children_count;
    is_relative.then(|| base.into_iter().chain([rest]).collect::<Vec<_>>().join("::"))
}

/// The module that defines what a path names, behind the re-exports of the modules on the way.
fn defined_in(path: &str, modules: &Modules) -> Option<String> {
    let steps: Vec<&str> = path.split("::").collect();
    let depth = (1..=steps.len()).rev().find(|depth| modules.contains_key(&steps[..*depth].join("::")))?;
    let module = steps[..depth].join("::");
    let Some(item) = steps.get(depth) else { return Some(module) };
    let text = &modules[&module];
    for statement in text.split(';').filter(|statement| statement.contains("pub")) {
        let Some((_, tree)) = statement.rsplit_once("use ") else { continue };
        let exported = expand(tree).into_iter().find(|path| path.rsplit("::").next() == Some(item));
        let Some(exported) = exported.filter(|path| !path.starts_with("crate::") && path != item) else { continue };
        return defined_in(&format!("{module}::{exported}"), modules);
    }
    Some(module)
}
