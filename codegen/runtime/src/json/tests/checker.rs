//! The check of values before they leave, with and without a sparse fieldset.

use crate::json::checker::{Checker, Conform, Items, OwnRules};
use crate::json::{Write, Writer};
use crate::validate::rules::ArrayRule;

struct Order(Vec<String>);

struct Orders(Vec<Order>);

const ITEMS: ArrayRule = ArrayRule { min: 1, ..ArrayRule::NONE };
const NONE: ArrayRule = ArrayRule::NONE;

impl Conform<OwnRules> for Order {
    fn conform(&self, _: &OwnRules, c: &mut Checker<'_>) {
        c.field("items", &self.0, &ITEMS);
    }
}

impl Write for Order {
    fn write(&self, writer: &mut Writer) {
        writer.begin_object();
        writer.field("items", &self.0);
        writer.end_object();
    }
}

impl Conform<OwnRules> for Orders {
    fn conform(&self, _: &OwnRules, c: &mut Checker<'_>) {
        c.begin_page("data");
        c.field("data", &self.0, &Items { rule: NONE, items: OwnRules });
    }
}

fn faults<T: Conform<R>, R>(fields: Option<&[String]>, value: &T, rule: &R) -> usize {
    let mut checker = Checker::new().keep_fields(fields);
    checker.check(value, rule);
    checker.into_violations().list.len()
}

#[test]
fn only_the_fields_of_a_sparse_fieldset_are_checked() {
    let (id, items) = (["id".to_owned()], ["items".to_owned()]);
    let list = || vec![Order(Vec::new())];
    let rule = Items { rule: NONE, items: OwnRules };
    for (fields, expected) in [(None, 1), (Some(&items[..]), 1), (Some(&id[..]), 0)] {
        assert_eq!(faults(fields, &Order(Vec::new()), &OwnRules), expected);
        assert_eq!(faults(fields, &list(), &rule), expected);
        assert_eq!(faults(fields, &Orders(list()), &OwnRules), expected);
    }
}

#[test]
fn a_sparse_fieldset_does_not_apply_to_headers() {
    let mut checker = Checker::new().keep_fields(Some(&[]));
    checker.header("x-tags", &Vec::<String>::new(), &ITEMS);
    assert_eq!(checker.into_violations().list.len(), 1);
}
