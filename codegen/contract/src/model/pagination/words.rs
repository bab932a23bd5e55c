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

/// The names of the array of a page, the most certain first. Another single array may have any name.
pub(super) const ITEMS: &[&str] =
    &["items", "data", "results", "content", "value", "values", "entries", "records", "elements", "resources", "rows"];

/// The names of arrays beside the list that are never the list itself.
pub(super) const ASIDE: &[&str] = &[
    "errors",
    "warnings",
    "messages",
    "links",
    "included",
    "facets",
    "aggregations",
    "columns",
    "fields",
    "sort",
    "sorting",
    "filters",
    "schemas",
    "context",
];

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
