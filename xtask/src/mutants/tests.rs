//! Tests of the toggles: the text of a file after changes of each kind.

use std::path::PathBuf;

use super::list::{Genre, Mutant, Position, Span};
use super::syntax::sites;
use super::toggle::{Toggle, Toggled};

/// A change of the first text `old` in a file.
struct Change<'a>(Genre, &'a str, &'a str);

fn mutant(text: &str, Change(genre, old, new): &Change<'_>) -> Mutant {
    let start = text.find(old).expect("the file contains the changed text");
    let position = |offset: usize| Position {
        line: text[..offset].matches('\n').count() + 1,
        column: text[..offset].chars().rev().take_while(|c| *c != '\n').count() + 1,
    };
    Mutant {
        name: format!("{old} becomes {new}"),
        package: String::new(),
        file: PathBuf::new(),
        span: Span { start: position(start), end: position(start + old.len()) },
        replacement: (*new).to_owned(),
        genre: *genre,
    }
}

fn toggles(text: &str, changes: &[Change<'_>]) -> Vec<Toggle> {
    let sites = sites(text).expect("the file is Rust");
    let toggle = |(number, change)| Toggle::new(number, &mutant(text, change), text, &sites);
    changes.iter().enumerate().filter_map(toggle).collect()
}

fn toggled(text: &str, changes: &[Change<'_>]) -> String {
    let toggled = Toggled::new(text, &toggles(text, changes)).text;
    syn::parse_file(&toggled).unwrap_or_else(|error| panic!("{error}: {toggled}"));
    toggled.replace("::writ_mutants::", "")
}

#[test]
fn a_function_returns_each_value_in_its_turn() {
    let changes = [Change(Genre::FnValue, "a()", "true"), Change(Genre::FnValue, "a()", "false")];
    let text = toggled("fn f() -> bool { a() }", &changes);
    assert_eq!(text, "fn f() -> bool { if on(0) { return true; } if on(1) { return false; } a() }");
}

#[test]
fn a_changed_operator_keeps_the_operators_beside_it() {
    let text = toggled("fn f() -> bool { a() && b || c }", &[Change(Genre::BinaryOperator, "&&", "||")]);
    assert_eq!(text, "fn f() -> bool { (if on(0) { a() || b || c } else { a() && b || c }) }");
}

#[test]
fn a_change_within_a_change_is_nested() {
    let changes = [
        Change(Genre::UnaryOperator, "!", ""),
        Change(Genre::BinaryOperator, "==", "!="),
        Change(Genre::FnValue, "!a == b", "true"),
    ];
    let text = toggled("fn f() -> bool { !a == b }", &changes);
    assert_eq!(
        text,
        "fn f() -> bool { if on(2) { return true; } (if on(1) { !a != b } else { (if on(0) { a } else { !a }) == b }) }"
    );
}

#[test]
fn adjacent_changes_do_not_overlap() {
    let changes = [Change(Genre::UnaryOperator, "!", ""), Change(Genre::UnaryOperator, "-", "")];
    let text = toggled("fn f() { g([!a,-b]) }", &changes);
    assert_eq!(text, "fn f() { g([(if on(0) { a } else { !a }),(if on(1) { b } else { -b })]) }");
}

#[test]
fn a_deleted_arm_gets_a_guard() {
    let file = "fn f() -> u8 { match a { 1 | 2 => 3, _ => 4 } }";
    let text = toggled(file, &[Change(Genre::MatchArm, "1 | 2 => 3,", "")]);
    assert_eq!(text, "fn f() -> u8 { match a { 1 | 2 if !on(0) => 3, _ => 4 } }");
}

#[test]
fn a_guard_is_replaced() {
    let file = "fn f() -> u8 { match a { b if c(b) => 3, _ => 4 } }";
    let text = toggled(file, &[Change(Genre::MatchArmGuard, "c(b)", "true")]);
    assert_eq!(text, "fn f() -> u8 { match a { b if (if on(0) { true } else { c(b) }) => 3, _ => 4 } }");
}

#[test]
fn a_deleted_field_takes_the_value_of_the_base() {
    let text = toggled("fn f() -> A { A { b: 1, ..C } }", &[Change(Genre::StructField, "b: 1,", "")]);
    assert_eq!(text, "fn f() -> A { (if on(0) { A {  ..C } } else { A { b: 1, ..C } }) }");
}

#[test]
fn the_operands_around_a_let_are_toggled_without_it() {
    let file = "fn f() { if a < b && let Some(c) = d && c > e {} }";
    let changes = [Change(Genre::BinaryOperator, "<", ">"), Change(Genre::BinaryOperator, "&&", "||")];
    let text = toggled(file, &changes);
    assert_eq!(text, "fn f() { if (if on(0) { a > b } else { a < b }) && let Some(c) = d && c > e {} }");
}

#[test]
fn constants_opaque_types_and_code_of_missing_features_have_no_toggles() {
    for (file, genre, old) in [
        ("const A: u8 = 2 * 3;", Genre::BinaryOperator, "*"),
        ("static A: u8 = 2 * 3;", Genre::BinaryOperator, "*"),
        ("const fn f() -> u8 { a * 3 }", Genre::BinaryOperator, "*"),
        ("fn f() { let a = [0; 2 * 3]; }", Genre::BinaryOperator, "*"),
        ("fn f() { g::<{ 2 * 3 }>(); }", Genre::BinaryOperator, "*"),
        ("fn f() -> impl A { b }", Genre::FnValue, "b"),
        ("#[cfg(not(feature = \"a\"))] fn f() -> bool { b() }", Genre::FnValue, "b()"),
        ("fn f() { match a { -1 => {} _ => {} } }", Genre::UnaryOperator, "-"),
    ] {
        assert!(toggles(file, &[Change(genre, old, "x")]).is_empty(), "{file}");
    }
}

#[test]
fn an_error_of_the_compiler_is_about_the_nearest_change() {
    let file = "fn f() -> u8 { a + g(b / c) }";
    let changes = [Change(Genre::BinaryOperator, "+", "*"), Change(Genre::BinaryOperator, "/", "%")];
    let toggled = Toggled::new(file, &toggles(file, &changes));
    let blamed = |text: &str| toggled.blamed(toggled.text.find(text).expect("the text is there"));
    assert_eq!(blamed("a * g"), [0]);
    assert_eq!(blamed("b % c"), [1]);
    assert_eq!(blamed("b / c })"), [1]);
    assert!(blamed("fn f").is_empty());
}
