//! Sparse fieldsets: responses that contain only the fields that the caller requested.

/// The sparse fieldset of a response while it is written: the fields to keep, and the objects that they belong
/// to.
#[derive(Debug)]
pub(crate) struct SparseFieldset {
    keep: Vec<String>,
    objects: SparseObjects,
    /// True while the JSON writer is in the array that contains the elements of a page.
    in_list: bool,
    /// The state of the JSON writer before a field that the sparse fieldset removes: the length of the output, and
    /// true if a comma was pending.
    before: Option<(usize, bool)>,
}

/// The objects of a response whose fields a sparse fieldset limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SparseObjects {
    /// The sparse fieldset limits the response body itself, which is an object.
    Outermost,
    /// The sparse fieldset limits each element of the response body, which is an array of objects.
    List,
    /// The sparse fieldset limits each element of the array in the field of this name, since the response body is
    /// a page.
    Page(&'static str),
}

impl SparseFieldset {
    pub(crate) fn new(keep: &[String]) -> SparseFieldset {
        SparseFieldset { keep: keep.to_vec(), objects: SparseObjects::Outermost, in_list: false, before: None }
    }

    /// Applies the sparse fieldset to the elements of the response body, which is an array.
    pub(crate) fn limit_list(&mut self) {
        self.objects = SparseObjects::List;
    }

    /// Applies the sparse fieldset to the elements of the array in the field `list`, since the response is a
    /// page.
    pub(crate) fn limit_page(&mut self, list: &'static str) {
        self.objects = SparseObjects::Page(list);
    }

    /// Returns true if the sparse fieldset keeps the field `key` of an object at nesting depth `depth` of the
    /// response.
    pub(crate) fn keeps(&self, key: &str, depth: usize) -> bool {
        let limited = match self.objects {
            SparseObjects::Outermost => depth == 1,
            SparseObjects::List => depth == 2,
            SparseObjects::Page(_) => depth == 3 && self.in_list,
        };
        !limited || self.keep.iter().any(|kept| kept == key)
    }

    /// Stores the state of the JSON writer before a field, if the sparse fieldset removes the field.
    pub(crate) fn begin_field(&mut self, key: &str, depth: usize, length: usize, comma: bool) {
        if !self.keeps(key, depth) {
            self.before = Some((length, comma));
        } else if depth == 1 {
            self.in_list = matches!(self.objects, SparseObjects::Page(list) if list == key);
        }
    }

    /// Returns the state of the JSON writer before the last field at nesting depth `depth`, or `None` if the
    /// sparse fieldset keeps that field.
    pub(crate) fn end_field(&mut self, depth: usize) -> Option<(usize, bool)> {
        let ended = match self.objects {
            SparseObjects::Outermost => depth == 1,
            SparseObjects::List => depth == 2,
            SparseObjects::Page(_) => depth == 3,
        };
        if ended { self.before.take() } else { None }
    }
}
