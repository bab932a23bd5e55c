//! Tests of the machines that webhooks reach: no private address, and only those with a trusted certificate.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::receiver::{self, Receiver, Reply};
use super::{ORDER_CREATED, start_with};
use crate::testing::SOON;
use crate::webhooks::NewEndpoint;
use crate::webhooks::request::{Resolve, Sender};

/// A resolver that knows one name for each address of a test.
struct Names(&'static [(&'static str, [u8; 4])]);

impl Resolve for Names {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let found = self.0.iter().filter(|(name, _)| *name == host);
        let found = found.map(|(_, address)| SocketAddr::from((*address, port))).collect();
        Box::pin(async move { Ok(found) })
    }
}

#[tokio::test]
async fn nothing_private_is_reached_by_a_redirect_or_a_host_name() {
    const NAMES: &[(&str, [u8; 4])] =
        &[("hooks.example", [127, 0, 0, 2]), ("both.example", [127, 0, 0, 2]), ("both.example", [127, 0, 0, 1])];
    let delivery = start_with(2, |sender| Sender { resolver: Arc::new(Names(NAMES)), ..sender }).await;
    let public = Receiver::start([Reply::status(200)]).await;
    let port = public.address.port();
    let private = Receiver::start_at(([127, 0, 0, 2], port), [Reply::status(200)]).await;
    let redirecting = Receiver::start([Reply::redirect(&private.url("/secret"))]).await;

    // A literal address is refused at registration.
    let literal = NewEndpoint { url: private.url("/"), ..NewEndpoint::default() };
    let refused = delivery.webhooks.register(&literal).await.unwrap_err();
    assert_eq!(refused.to_string(), "the URL must lead to a public address");
    // A host name is resolved for each attempt, and a redirect is not followed.
    for url in [format!("http://hooks.example:{port}/"), format!("https://hooks.example:{port}/")] {
        delivery.register(&url).await;
    }
    let redirect = format!("http://both.example:{}/", redirecting.address.port());
    delivery.register(&redirect).await;
    delivery.register(&format!("http://both.example:{port}/")).await;
    delivery.publish(&ORDER_CREATED).await;
    delivery.until("delivered_at IS NOT NULL").await;
    delivery.until("failure LIKE '%status 307%' AND disabled_at IS NOT NULL").await;
    delivery.until("url LIKE 'http:%' AND failure LIKE 'the URL does not lead%' AND disabled_at IS NOT NULL").await;
    delivery.until("url LIKE 'https:%' AND failure LIKE 'the URL does not lead%' AND disabled_at IS NOT NULL").await;
    assert_eq!((private.connections(), private.requests().len()), (0, 0));
    assert_eq!((redirecting.requests().len(), public.requests().len()), (3, 1));
}

#[tokio::test]
async fn an_endpoint_by_tls_needs_the_certificate_of_a_trusted_authority() {
    let certificate = receiver::certificate("hooks.example");
    let (roots, resolver) = (certificate.roots.clone(), Arc::new(Names(&[("hooks.example", [127, 0, 0, 1])])));
    let resolve = resolver.clone();
    let trusting = start_with(0, move |sender| {
        let sender = Sender::with_roots(sender.policy, roots);
        Sender { resolver: resolve, timeout: SOON, ..sender }
    });
    let trusting = trusting.await;
    let receiver = Receiver::start_with_tls(&certificate, [Reply::status(200)]).await;
    let url = format!("https://hooks.example:{}/", receiver.address.port());
    trusting.register(&url).await;
    let id = trusting.publish(&ORDER_CREATED).await;
    trusting.until("delivered_at IS NOT NULL").await;
    assert_eq!(receiver.requests()[0].id, id);
    let distrusting = start_with(0, |sender| Sender { resolver, timeout: SOON, ..sender }).await;
    distrusting.register(&url).await;
    distrusting.publish(&ORDER_CREATED).await;
    distrusting.until("failure LIKE '%certificate%'").await;
    assert_eq!(receiver.requests().len(), 1);
}
