//! Responses whose values the request chooses, so that they can break the contract.

use std::sync::Arc;

use futures_util::stream;
use outbound::*;
use writ_runtime::{Breach, CheckMode, Context, JsonLines, ResponseChecks, Router, ServeOptions};

struct Service;

/// Returns the value of a request as the type of a response, whose schema is stricter.
fn strict(loose: Loose) -> Strict {
    Strict {
        name: loose.name,
        price: loose.price,
        share: loose.share,
        count: loose.count,
        tags: loose.tags,
        scores: loose.scores,
        day: loose.day,
        note: loose.note,
        pair: loose.pair,
        child: loose.child.map(|child| Box::new(strict(*child))),
    }
}

impl DefaultApi for Service {
    async fn send_object(
        &self,
        _: &Context<()>,
        request: SendObjectRequest,
    ) -> Result<SendObjectResponse, SendObjectError> {
        let loose = request.body;
        if loose.error == Some(true) {
            return Err(SendObjectError::Conflict(strict(loose)));
        }
        let (x_name, x_note, x_share) = (loose.header.clone(), loose.note.clone().value(), loose.share);
        // A value that JSON cannot represent, which no request can contain.
        let price = if loose.name.as_deref() == Some("nan") { Some(f64::NAN) } else { loose.price };
        Ok(SendObjectResponse { x_name, x_note, x_share, body: strict(Loose { price, ..loose }) })
    }

    async fn send_choice(
        &self,
        _: &Context<()>,
        request: SendChoiceRequest,
    ) -> Result<SendChoiceResponse, SendChoiceError> {
        let loose = request.body;
        let item = match loose.count {
            Some(count) => SendChoiceResultItem::Count(count),
            None => SendChoiceResultItem::Strict(strict(loose)),
        };
        Ok(vec![item].into())
    }

    async fn send_lines(
        &self,
        _: &Context<()>,
        request: SendLinesRequest,
    ) -> Result<SendLinesResponse, SendLinesError> {
        let values = [Strict::default(), strict(request.body)].map(Ok::<_, std::io::Error>);
        Ok(JsonLines::new(stream::iter(values)).into())
    }

    async fn send_text(&self, _: &Context<()>, request: SendTextRequest) -> Result<SendTextResponse, SendTextError> {
        Ok(request.body.into())
    }
}

/// Returns the router of the service. Every breach appears in the header `x-received`.
pub fn router() -> Router {
    let responses = ResponseChecks {
        mode: CheckMode::Refuse,
        rate: 1.0,
        observer: Some(Arc::new(|breach: &Breach| crate::record(&format_args!("{breach}")))),
    };
    crate::open!(outbound, Service).router_with(ServeOptions { responses, ..ServeOptions::default() })
}
