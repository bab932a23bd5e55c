//! Sparse answers: which fields of what is written are kept.

/// The fields to keep and where they stand.
#[derive(Debug)]
pub(crate) struct Trim {
    keep: Vec<String>,
    within: Within,
    /// Whether the page's list is being written.
    in_list: bool,
    /// The length of the text before a field that is not kept, and whether a comma was due there.
    before: Option<(usize, bool)>,
}

/// The objects whose fields are trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// The answer itself.
    Outermost,
    /// Each of its elements.
    List,
    /// Each element of this field.
    Page(&'static str),
}

impl Trim {
    pub(crate) fn new(keep: &[String]) -> Trim {
        Trim { keep: keep.to_vec(), within: Within::Outermost, in_list: false, before: None }
    }

    /// From here on each element of the outermost array is meant.
    pub(crate) fn of_list(&mut self) {
        self.within = Within::List;
    }

    /// From here on each element of this field is meant.
    pub(crate) fn of_page(&mut self, list: &'static str) {
        self.within = Within::Page(list);
    }

    /// Whether a field at that depth is kept.
    pub(crate) fn keeps(&self, key: &str, depth: usize) -> bool {
        let meant = match self.within {
            Within::Outermost => depth == 1,
            Within::List => depth == 2,
            Within::Page(_) => depth == 3 && self.in_list,
        };
        !meant || self.keep.iter().any(|kept| kept == key)
    }

    /// Remembers where a field begins that is not kept.
    pub(crate) fn begin_field(&mut self, key: &str, depth: usize, length: usize, comma: bool) {
        if !self.keeps(key, depth) {
            self.before = Some((length, comma));
        } else if depth == 1 {
            self.in_list = matches!(self.within, Within::Page(list) if list == key);
        }
    }

    /// What to go back to when the field that was written last at that depth is not kept.
    pub(crate) fn end_field(&mut self, depth: usize) -> Option<(usize, bool)> {
        let ended = match self.within {
            Within::Outermost => depth == 1,
            Within::List => depth == 2,
            Within::Page(_) => depth == 3,
        };
        if ended { self.before.take() } else { None }
    }
}
