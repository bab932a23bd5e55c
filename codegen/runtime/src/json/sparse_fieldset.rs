//! Sparse fieldsets: writing the objects of a response with the fields that the caller asked for.

/// The fields to keep, and the objects that they are fields of.
#[derive(Debug)]
pub(crate) struct SparseFieldset {
    keep: Vec<String>,
    objects: SparseObjects,
    /// Whether the page's list is being written.
    in_list: bool,
    /// The length of the text before a field that is not kept, and whether a comma was due there.
    before: Option<(usize, bool)>,
}

/// The objects of a response that a sparse fieldset limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SparseObjects {
    /// The response body itself.
    Outermost,
    /// Each of its elements.
    List,
    /// Each element of this field.
    Page(&'static str),
}

impl SparseFieldset {
    pub(crate) fn new(keep: &[String]) -> SparseFieldset {
        SparseFieldset { keep: keep.to_vec(), objects: SparseObjects::Outermost, in_list: false, before: None }
    }

    /// From here on each element of the outermost array is meant.
    pub(crate) fn of_list(&mut self) {
        self.objects = SparseObjects::List;
    }

    /// From here on each element of this field is meant.
    pub(crate) fn of_page(&mut self, list: &'static str) {
        self.objects = SparseObjects::Page(list);
    }

    /// Whether a field at that depth is kept.
    pub(crate) fn keeps(&self, key: &str, depth: usize) -> bool {
        let meant = match self.objects {
            SparseObjects::Outermost => depth == 1,
            SparseObjects::List => depth == 2,
            SparseObjects::Page(_) => depth == 3 && self.in_list,
        };
        !meant || self.keep.iter().any(|kept| kept == key)
    }

    /// Remembers where a field begins that is not kept.
    pub(crate) fn begin_field(&mut self, key: &str, depth: usize, length: usize, comma: bool) {
        if !self.keeps(key, depth) {
            self.before = Some((length, comma));
        } else if depth == 1 {
            self.in_list = matches!(self.objects, SparseObjects::Page(list) if list == key);
        }
    }

    /// What to go back to when the field that was written last at that depth is not kept.
    pub(crate) fn end_field(&mut self, depth: usize) -> Option<(usize, bool)> {
        let ended = match self.objects {
            SparseObjects::Outermost => depth == 1,
            SparseObjects::List => depth == 2,
            SparseObjects::Page(_) => depth == 3,
        };
        if ended { self.before.take() } else { None }
    }
}
