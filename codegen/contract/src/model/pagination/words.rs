//! The names by which contracts call the parts of a page and the parameters that select it, without case and separators.

use crate::model::schema::{PageParameter, PageRole};

/// The names of members that describe a page. A role with several members has the one that is named first here.
pub(super) const MEMBERS: [(PageRole, &[&str]); 9] = [
    (
        PageRole::Next,
        &[
            "odatanextlink",
            "nextlink",
            "nexturl",
            "nexthref",
            "nextpageurl",
            "nextpageuri",
            "nextpagelink",
            "nextpagetoken",
            "nextcursor",
            "nextpagecursor",
            "nexttoken",
            "nextmarker",
            "nextoffset",
            "continuationtoken",
            "endcursor",
            "nextpage",
            "next",
            "after",
            "lastid",
            "cursor",
        ],
    ),
    (
        PageRole::Previous,
        &[
            "odataprevlink",
            "previouslink",
            "prevlink",
            "previousurl",
            "prevurl",
            "previouspageurl",
            "previouspageuri",
            "prevpageurl",
            "previouspagetoken",
            "prevpagetoken",
            "previouscursor",
            "prevcursor",
            "previouspage",
            "prevpage",
            "previous",
            "prev",
            "before",
        ],
    ),
    (PageRole::HasMore, &["hasmore", "hasnext", "hasnextpage", "morepages", "hasmoreitems", "istruncated", "more"]),
    (PageRole::IsLast, &["islast", "islastpage", "last"]),
    (
        PageRole::Total,
        &[
            "total",
            "totalcount",
            "totalitems",
            "totalelements",
            "totalresults",
            "totalrecords",
            "totalrows",
            "itemstotal",
            "odatacount",
            "count",
        ],
    ),
    (PageRole::Pages, &["totalpages", "pagestotal", "pagecount", "numpages", "lastpage", "pages"]),
    (PageRole::Number, &["pagenumber", "currentpage", "pageno", "pageindex", "page", "number"]),
    (PageRole::Offset, &["offset", "startindex", "startat", "skip", "start"]),
    (PageRole::Limit, &["limit", "pagesize", "perpage", "itemsperpage", "maxresults", "size"]),
];

/// The names of members that objects other than pages have as well: the number of an issue, the pages of a book.
pub(super) const COMMON: &[&str] = &["count", "pages", "number", "start", "skip", "last", "more"];

/// The names of query parameters that select a page.
pub(super) const PARAMETERS: [(PageParameter, &[&str]); 4] = [
    (PageParameter::Number, &["page", "pagenumber", "pageno", "pageindex", "currentpage"]),
    (PageParameter::Offset, &["offset", "skip", "startindex", "startat", "pageoffset", "start"]),
    (
        PageParameter::Cursor,
        &[
            "cursor",
            "pagetoken",
            "nextpagetoken",
            "nexttoken",
            "nextcursor",
            "pagecursor",
            "continuationtoken",
            "marker",
            "skiptoken",
            "paginationtoken",
            "startcursor",
            "after",
            "pageafter",
            "startingafter",
            "offset",
            "page",
        ],
    ),
    (
        PageParameter::Limit,
        &[
            "limit",
            "pagesize",
            "perpage",
            "size",
            "maxresults",
            "top",
            "pagelimit",
            "first",
            "take",
            "itemsperpage",
            "count",
        ],
    ),
];

/// The names of query parameters for the end of an interval. Beside them, `start` is no number of elements.
pub(super) const INTERVAL_ENDS: &[&str] = &["end", "stop", "until", "to", "endtime", "enddate", "finish"];

/// The names of objects that contain the complete response beside its status. An object with another name does so if its
/// list has a known name.
pub(super) const ENVELOPES: &[&str] = &["embedded", "data", "result", "results", "response", "payload", "body"];

/// The names of the array of a page. Another single array may have any name.
pub(super) const ITEMS: &[&str] =
    &["items", "data", "results", "content", "value", "values", "entries", "records", "elements", "resources", "rows"];

/// The names of arrays that are never the list.
pub(super) const NEVER: &[&str] = &["errors", "warnings", "links", "included"];

/// The names of arrays that are the list only if there is no other array.
pub(super) const ASIDE: &[&str] =
    &["messages", "facets", "aggregations", "columns", "fields", "sort", "sorting", "filters", "schemas", "context"];

/// The names of members beside a list that say nothing about it: its type, and links to this and to the first page.
pub(super) const NEUTRAL: &[&str] = &[
    "object",
    "kind",
    "type",
    "etag",
    "self",
    "href",
    "first",
    "last",
    "odatacontext",
    "links",
    "meta",
    "success",
    "status",
];

/// The names of objects whose members describe the page.
pub(super) const CONTAINERS: &[&str] = &[
    "pagination",
    "paging",
    "page",
    "pageinfo",
    "meta",
    "metadata",
    "pager",
    "cursors",
    "links",
    "responsemetadata",
    "pagecontext",
    "next",
    "nextpage",
    "previous",
    "prev",
];

/// Returns a name without case and separators: `next_page_token`, `nextPageToken` and `next-page-token` are equal.
pub(super) fn normal(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
