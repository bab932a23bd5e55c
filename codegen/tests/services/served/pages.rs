//! The service of lists, which returns five users page by page.

use pages::*;
use writ_runtime::{Context, Page, PageAt, PageLinks, PageRequest, Pagination};

struct Service;

/// The number of users on all pages.
const USERS: usize = 5;

/// Returns the requested page of the users. A cursor is the number of users before the page.
fn page(request: &PageRequest) -> Page<User> {
    let start = match &request.at {
        PageAt::Cursor(cursor) => cursor.parse().unwrap_or(USERS),
        _ => usize::try_from(request.offset()).unwrap_or(USERS),
    };
    let users: Vec<User> =
        (start..USERS).take(request.limit as usize).map(|index| User { id: index as i64 + 1 }).collect();
    let end = start + users.len();
    let mut page = request.page(users, USERS as u64);
    page.pagination.has_more = end < USERS;
    page.pagination.next_cursor = (end < USERS).then(|| end.to_string());
    page
}

impl DefaultApi for Service {
    async fn tokens(&self, _: &Context<()>, request: TokensRequest) -> Result<TokensResponse, TokensError> {
        crate::record(&request.page_request());
        Ok(TokenPage::of_page(page(&request.page_request())).into())
    }

    async fn urls(&self, cx: &Context<()>, request: UrlsRequest) -> Result<UrlsResponse, UrlsError> {
        crate::record(&request.page_request());
        let page = page(&request.page_request());
        let links = request.page_links(cx, &page.pagination);
        Ok(UrlPage::of_page(page, links, USERS as i32).into())
    }

    async fn meta(&self, cx: &Context<()>, request: MetaRequest) -> Result<MetaResponse, MetaError> {
        crate::record(&request.page_request());
        assert!(!cx.request_id().is_empty());
        Ok(MetaPage::of_page(page(&request.page_request()), USERS as i64, "r1".to_owned()).into())
    }

    async fn more(&self, _: &Context<()>, request: MoreRequest) -> Result<MoreResponse, MoreError> {
        crate::record(&request.page_request());
        Ok(MorePage::of_page(page(&request.page_request()), "list".to_owned()).into())
    }

    async fn odata(&self, cx: &Context<()>, request: OdataRequest) -> Result<OdataResponse, OdataError> {
        crate::record(&request.page_request());
        let page = page(&request.page_request());
        let links = request.page_links(cx, &page.pagination);
        Ok(ODataPage::of_page(page, links).into())
    }

    async fn numbered(&self, _: &Context<()>, request: NumberedRequest) -> Result<NumberedResponse, NumberedError> {
        crate::record(&request.page_request());
        let page = page(&request.page_request());
        let pages = page.pagination.pages().unwrap_or_default() as i32;
        Ok(NumberedPage::of_page(page, USERS as i64, pages).into())
    }

    async fn hal(&self, cx: &Context<()>, request: HalRequest) -> Result<HalResponse, HalError> {
        crate::record(&request.page_request());
        let page = page(&request.page_request());
        let links = request.page_links(cx, &page.pagination);
        let pages = page.pagination.pages().unwrap_or_default() as i64;
        Ok(HalPage::of_page(page, links, USERS as i64, pages, HalLink { href: format!("?{}", cx.query()) }).into())
    }

    async fn named(&self, _: &Context<()>, request: NamedRequest) -> Result<NamedResponse, NamedError> {
        crate::record(&request.page_request());
        Ok(NamedPage::of_page(page(&request.page_request()), USERS as f64).into())
    }

    async fn links(&self, cx: &Context<()>, request: LinksRequest) -> Result<LinksResponse, LinksError> {
        crate::record(&request.page_request());
        let page = page(&request.page_request());
        let link = request.page_links(cx, &page.pagination).header();
        Ok(LinksResponse { link, x_total_count: USERS as i64, body: page.data })
    }

    async fn mapped(&self, _: &Context<()>, request: MappedRequest) -> Result<MappedResponse, MappedError> {
        crate::record(&request.page_request());
        Ok(MappedPage::of_page(page(&request.page_request()), vec![9]).into())
    }

    async fn elsewhere(&self, _: &Context<()>, _: ElsewhereRequest) -> Result<ElsewhereResponse, ElsewhereError> {
        let links = PageLinks { next: Some("http://localhost:1/elsewhere".to_owned()), previous: None };
        Ok(UrlPage::of_page(page(&PageRequest { limit: 2, at: PageAt::Number(1) }), links, USERS as i32).into())
    }

    async fn repeated(&self, _: &Context<()>, _: RepeatedRequest) -> Result<RepeatedResponse, RepeatedError> {
        let pagination = Pagination { next_cursor: Some("again".to_owned()), ..Pagination::default() };
        Ok(TokenPage::of_page(Page { data: vec![User { id: 1 }], pagination }).into())
    }

    async fn scim(&self, _: &Context<()>, request: ScimRequest) -> Result<ScimResponse, ScimError> {
        let selected = request.page_request();
        crate::record(&selected);
        let start = request.start_index.unwrap_or(1);
        Ok(ScimPage::of_page(page(&selected), vec!["list".to_owned()], USERS as i64, start).into())
    }

    async fn enveloped(&self, _: &Context<()>, request: EnvelopedRequest) -> Result<EnvelopedResponse, EnvelopedError> {
        crate::record(&request.page_request());
        Ok(Envelope::of_page(page(&request.page_request()), "ok".to_owned(), USERS as i64).into())
    }

    async fn following(&self, _: &Context<()>, request: FollowingRequest) -> Result<FollowingResponse, FollowingError> {
        crate::record(&request.page_request());
        Ok(FollowingPage::of_page(page(&request.page_request())).into())
    }

    async fn counted(&self, _: &Context<()>, request: CountedRequest) -> Result<CountedResponse, CountedError> {
        crate::record(&request.page_request());
        let page = page(&request.page_request());
        let count = page.data.len() as i64;
        Ok(CountedPage::of_page(page, count).into())
    }

    async fn interval(&self, _: &Context<()>, request: IntervalRequest) -> Result<IntervalResponse, IntervalError> {
        crate::record(&request);
        Ok(NamedPage { users: Vec::new(), total_count: 0.0 }.into())
    }

    async fn off(&self, _: &Context<()>, request: OffRequest) -> Result<OffResponse, OffError> {
        crate::record(&request);
        Ok(NamedPage { users: Vec::new(), total_count: 0.0 }.into())
    }

    async fn unseen(&self, _: &Context<()>, request: UnseenRequest) -> Result<UnseenResponse, UnseenError> {
        crate::record(&request);
        Ok(UnseenResponse { body: Default::default() })
    }
}

pub fn router() -> writ_runtime::Router {
    crate::open!(pages, Service).router()
}
