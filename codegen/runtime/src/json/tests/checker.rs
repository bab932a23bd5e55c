//! The check of values before they leave, with and without a sparse fieldset.

use crate::json::checker::{Checker, Conform, Items, OwnRules, Properties};
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

#[test]
fn the_number_of_written_fields_is_within_its_limits() {
    const NAMES: [&str; 4] = ["a", "b", "c", "d"];

    /// An object with this number of fields, each with a nested value.
    struct Fields(usize);

    impl Write for Fields {
        fn write(&self, writer: &mut Writer) {
            writer.begin_object();
            NAMES[..self.0].iter().for_each(|name| writer.field(name, &vec![r#"{"a":1"#.to_owned()]));
            writer.end_object();
        }
    }

    let messages = |count: usize, min: usize, max: Option<usize>| {
        let mut checker = Checker::new();
        checker.check(&Fields(count), &Properties { min, max });
        let messages = checker.into_violations().list.into_iter().map(|violation| violation.message.into_owned());
        messages.collect::<Vec<_>>()
    };
    for count in 0..=NAMES.len() {
        assert!(messages(count, count, Some(count)).is_empty(), "{count}");
        assert!(messages(count, 0, None).is_empty(), "{count}");
        assert_eq!(messages(count, count + 1, None).len(), 1, "{count}");
    }
    assert_eq!(messages(3, 0, Some(2)), ["must have at most 2 fields"]);
    assert_eq!(messages(0, 1, None), ["must have at least 1 field"]);
    let mut sparse = Checker::new().keep_fields(Some(&[]));
    sparse.check(&Fields(0), &Properties { min: 1, max: None });
    assert!(sparse.into_violations().list.is_empty());
}
