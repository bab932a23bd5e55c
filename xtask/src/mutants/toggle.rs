//! A source file with many changes, each behind a toggle that is read at run time.

use std::ops::Range;

use super::list::{Genre, Mutant};
use super::syntax::Site;

/// A change behind a toggle.
#[derive(Debug, Clone)]
pub struct Toggle {
    /// The number of the mutant.
    number: usize,
    genre: Genre,
    /// The text that the toggle surrounds.
    range: Range<usize>,
    /// The text that takes the place of the range while the toggle is on.
    changed: String,
}

/// A source file with its toggles.
#[derive(Debug, Default)]
pub struct Toggled {
    /// The text of the file.
    pub text: String,
    /// The inserted parts of the text and the numbers of their mutants.
    inserted: Vec<(Range<usize>, usize)>,
    /// The surrounded parts of the text and the numbers of their mutants.
    surrounded: Vec<(Range<usize>, usize)>,
}

impl Toggle {
    /// Returns the toggle of a mutant, or `None` if a place that can only be changed by the compiler contains it.
    pub fn new(number: usize, mutant: &Mutant, text: &str, sites: &[Site]) -> Option<Self> {
        let changed = mutant.span.start.offset(text)?..mutant.span.end.offset(text)?;
        let site = sites.iter().find(|site| site.genre == mutant.genre && site.changed == changed)?;
        let range = site.toggled.clone();
        let changed = match mutant.genre {
            Genre::FnValue | Genre::MatchArm | Genre::MatchArmGuard => mutant.replacement.clone(),
            Genre::BinaryOperator | Genre::UnaryOperator | Genre::StructField => {
                let (before, after) = (text.get(range.start..changed.start)?, text.get(changed.end..range.end)?);
                format!("{before}{}{after}", mutant.replacement)
            }
        };
        Some(Self { number, genre: mutant.genre, range, changed })
    }

    /// Returns the number of the mutant.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Returns the texts to insert, with their offsets. A change of a function must come before one of its first
    /// expression.
    fn insertions(&self) -> Vec<(usize, String)> {
        let Self { number, range, changed, .. } = self;
        let on = format!("::writ_mutants::on({number})");
        match self.genre {
            Genre::FnValue => vec![(range.start, format!("if {on} {{ return {changed}; }} "))],
            Genre::MatchArm => vec![(range.end, format!(" if !{on}"))],
            _ => vec![(range.start, format!("(if {on} {{ {changed} }} else {{ ")), (range.end, " })".to_owned())],
        }
    }
}

impl Toggled {
    /// Writes the toggles into a text.
    pub fn new(text: &str, toggles: &[Toggle]) -> Self {
        let mut toggles: Vec<_> = toggles.iter().collect();
        // Of two expressions that begin at one place, the longer one surrounds the shorter one.
        toggles.sort_by_key(|toggle| (toggle.genre != Genre::FnValue, std::cmp::Reverse(toggle.range.len())));
        let numbered = |toggle: &Toggle| {
            let number = toggle.number;
            toggle.insertions().into_iter().map(move |(at, text)| (at, text, number)).collect::<Vec<_>>()
        };
        let mut insertions: Vec<_> = toggles.iter().flat_map(|toggle| numbered(toggle)).collect();
        // The sort is stable, and all texts that end an expression are equal.
        insertions.sort_by_key(|(at, text, _)| (*at, !text.starts_with(" }")));
        let mut toggled = Self::default();
        let mut offsets = Vec::new();
        let mut copied = 0;
        for (at, inserted, number) in insertions {
            toggled.text.push_str(&text[copied..at]);
            copied = at;
            let start = toggled.text.len();
            toggled.text.push_str(&inserted);
            toggled.inserted.push((start..toggled.text.len(), number));
            offsets.push((at, toggled.text.len()));
        }
        toggled.text.push_str(&text[copied..]);
        // Returns the offset in the new text of an offset in the old text.
        let moved = |old: usize| {
            let before = offsets.partition_point(|(at, _)| *at <= old);
            before.checked_sub(1).map_or(old, |last| offsets[last].1 + old - offsets[last].0)
        };
        toggled.surrounded =
            toggles.iter().map(|toggle| (moved(toggle.range.start)..moved(toggle.range.end), toggle.number)).collect();
        toggled
    }

    /// Returns the numbers of the mutants that an error of the compiler at `offset` is about: the one whose text is
    /// there, or those of the smallest range around it.
    pub fn blamed(&self, offset: usize) -> Vec<usize> {
        if let Some((_, number)) = self.inserted.iter().find(|(range, _)| range.contains(&offset)) {
            return vec![*number];
        }
        let around = || self.surrounded.iter().filter(|(range, _)| range.contains(&offset));
        let smallest = around().map(|(range, _)| range.len()).min();
        around().filter(|(range, _)| Some(range.len()) == smallest).map(|(_, number)| *number).collect()
    }
}
