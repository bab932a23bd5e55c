//! Tests that the folders of the runtime import in one direction only.

mod imports;

use std::path::Path;

/// The folders of the runtime from the lowest layer to the highest.
const LAYERS: &[&str] = &[
    "version",
    "operation",
    "http",
    "validate",
    "json",
    "style",
    "values",
    "event",
    "response",
    "request",
    "serve",
    "client",
    "serde",
    "openapi",
];

#[test]
fn each_folder_imports_only_from_lower_layers() {
    let src = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    if let Err(faults) = imports::check(src, LAYERS, &[]) {
        panic!("{faults}");
    }
}

mod broken {
    use std::fs;
    use std::path::PathBuf;

    use super::imports::check;

    /// Writes these files to a separate folder, as the sources of a crate.
    fn sources(name: &str, files: &[(&str, &str)]) -> PathBuf {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("layers").join(name);
        let _ = fs::remove_dir_all(&root);
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn an_import_from_a_higher_layer_is_reported_with_its_file_and_line() {
        let files = [
            ("lib.rs", "mod low;\nmod high;\npub use high::High;\n"),
            ("low.rs", "//! Low.\n\nuse crate::{High};\n"),
            ("high.rs", "pub struct High;\n"),
        ];
        let faults = check(&sources("above", &files), &["low", "high"], &[]).unwrap_err();
        assert!(
            faults.ends_with("low.rs:3: `High`: `low` is a lower layer than `high` and must not import from it"),
            "{faults}"
        );
    }

    #[test]
    fn a_cycle_of_modules_is_reported_unless_it_is_allowed() {
        let files = [
            ("lib.rs", "mod a;\n"),
            ("a/mod.rs", "mod b;\nmod c;\npub use self::c::C;\n"),
            ("a/b.rs", "use super::C;\n#[cfg(test)]\nmod tests {\n    use crate::a;\n}\n"),
            ("a/c.rs", "pub struct C;\nfn f() { super::b::g() }\n"),
        ];
        let root = sources("cycle", &files);
        let faults = check(&root, &["a"], &[]).unwrap_err();
        assert!(faults.contains("b.rs:1: `a::C`: is part of a cycle"), "{faults}");
        assert!(faults.contains("c.rs:2: `a::b::g`: is part of a cycle"), "{faults}");
        assert_eq!(check(&root, &["a"], &[("a::b", "a::c")]), Ok(()));
    }

    #[test]
    fn a_module_without_a_layer_is_reported() {
        let faults = check(&sources("unknown", &[("lib.rs", "mod new;\n"), ("new.rs", "")]), &[], &[]).unwrap_err();
        assert!(faults.contains("`new` has no layer"), "{faults}");
    }
}
