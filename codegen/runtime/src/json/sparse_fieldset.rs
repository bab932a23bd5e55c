//! Sparse fieldsets: responses with only the fields that the caller requested.

/// The fields to keep, and the objects that they belong to.
#[derive(Debug)]
pub(crate) struct SparseFieldset {
    keep: Vec<String>,
    objects: SparseObjects,
    /// True while the array of a page is being written.
    in_list: bool,
    /// The length of the output before a field that is removed, and true if a comma was pending there.
    before: Option<(usize, bool)>,
}

/// The objects of a response that a sparse fieldset limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SparseObjects {
    /// The response body, which is an object.
    Outermost,
    /// The elements of the response body, which is an array.
    List,
    /// The elements of the array in this field of the response body.
    Page(&'static str),
}

impl SparseFieldset {
    pub(crate) fn new(keep: &[String]) -> SparseFieldset {
        SparseFieldset { keep: keep.to_vec(), objects: SparseObjects::Outermost, in_list: false, before: None }
    }

    /// Limits the elements of the outermost array from now on.
    pub(crate) fn limit_list(&mut self) {
        self.objects = SparseObjects::List;
    }

    /// Limits the elements of the array in the field `list` from now on.
    pub(crate) fn limit_page(&mut self, list: &'static str) {
        self.objects = SparseObjects::Page(list);
    }

    /// Returns true if a field at this depth is kept.
    pub(crate) fn keeps(&self, key: &str, depth: usize) -> bool {
        let limited = match self.objects {
            SparseObjects::Outermost => depth == 1,
            SparseObjects::List => depth == 2,
            SparseObjects::Page(_) => depth == 3 && self.in_list,
        };
        !limited || self.keep.iter().any(|kept| kept == key)
    }

    /// Stores the position at which a field that is not kept begins.
    pub(crate) fn begin_field(&mut self, key: &str, depth: usize, length: usize, comma: bool) {
        if !self.keeps(key, depth) {
            self.before = Some((length, comma));
        } else if depth == 1 {
            self.in_list = matches!(self.objects, SparseObjects::Page(list) if list == key);
        }
    }

    /// Returns the position to return to if the last field at this depth is not kept.
    pub(crate) fn end_field(&mut self, depth: usize) -> Option<(usize, bool)> {
        let ended = match self.objects {
            SparseObjects::Outermost => depth == 1,
            SparseObjects::List => depth == 2,
            SparseObjects::Page(_) => depth == 3,
        };
        if ended { self.before.take() } else { None }
    }
}
