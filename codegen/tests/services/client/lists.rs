//! Clients of lists, which request one page after the other.

use pages::client::Client;
use pages::*;
use writ_runtime::client::{Call, Failure, FromResponse, Listed};

use crate::Served;

/// Returns the ids of all users of a list, and the number of its pages.
async fn walk<R, E>(call: Call<R, E>) -> (Vec<i64>, usize)
where
    R: Listed<Item = User> + 'static,
    E: FromResponse + std::fmt::Debug + 'static,
{
    let mut pages = call.pages();
    let (mut ids, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await {
        ids.extend(page.unwrap().into_items().into_iter().map(|user| user.id));
        count += 1;
    }
    assert!(pages.next().await.is_none());
    (ids, count)
}

pub async fn the_pages_of_every_list_are_requested_in_turn(served: &Served) {
    let client = Client::new(served.at("pages")).default;
    let expected = (vec![1, 2, 3, 4, 5], 3);
    assert_eq!(walk(client.tokens(&TokensRequest { page_size: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.urls(&UrlsRequest { limit: Some(2), offset: 0 })).await, expected);
    assert_eq!(walk(client.meta(&MetaRequest { per_page: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.more(&MoreRequest { limit: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.odata(&OdataRequest { dollar_top: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.numbered(&NumberedRequest { page: 0, size: Some(2) })).await, expected);
    assert_eq!(walk(client.hal(&HalRequest { size: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.named(&NamedRequest { per_page: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.links(&LinksRequest { per_page: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.mapped(&MappedRequest { most: Some(2), ..Default::default() })).await, expected);

    assert_eq!(walk(client.scim(&ScimRequest { count: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.enveloped(&EnvelopedRequest { page_size: Some(2), ..Default::default() })).await, expected);
    assert_eq!(walk(client.following(&FollowingRequest { page: 1, limit: 2 })).await, expected);
    assert_eq!(walk(client.counted(&CountedRequest { limit: Some(2), ..Default::default() })).await, expected);

    let second = MetaRequest { page: Some(2), per_page: Some(2) };
    assert_eq!(walk(client.meta(&second)).await, (vec![3, 4, 5], 2));

    let mut items = client.tokens(&TokensRequest { page_size: Some(2), ..Default::default() }).items();
    for id in 1..=5 {
        assert_eq!(items.next().await.unwrap().unwrap().id, id);
    }
    assert!(items.next().await.is_none());
}

pub async fn a_list_that_does_not_end_is_a_failure(served: &Served) {
    let client = Client::new(served.at("pages").bearer("secret")).default;
    let mut pages = client.elsewhere(&ElsewhereRequest::default()).pages();
    assert!(pages.next().await.unwrap().is_ok());
    let failure = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(&failure, Failure::Unsent(message) if message.contains("another origin")), "{failure:?}");
    assert!(pages.next().await.is_none());

    let mut pages = client.repeated(&RepeatedRequest::default()).pages();
    assert!(pages.next().await.unwrap().is_ok() && pages.next().await.unwrap().is_ok());
    let failure = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(&failure, Failure::Unsent(message) if message.contains("already requested")), "{failure:?}");
    assert!(pages.next().await.is_none());

    let two_pages = TokensRequest { page_size: Some(2), ..Default::default() };
    let mut pages = client.tokens(&two_pages).pages().limit(1);
    assert!(pages.next().await.unwrap().is_ok());
    assert!(matches!(pages.next().await.unwrap(), Err(Failure::Unsent(message)) if message.contains("more than 1")));
}
