//! Scenarios with responses: every status, every media type, streams, and responses that violate the contract.

use media::client::Client;
use responses::*;
use writ_runtime::client::{Connection, Failure};
use writ_runtime::exports::axum::Router;
use writ_runtime::exports::axum::body::Body;
use writ_runtime::exports::http::{Request, Response};
use writ_runtime::{ETag, Event};

use crate::Served;

pub async fn every_response_is_the_variant_of_its_status(served: &Served) {
    let default = responses::client::Client::new(served.at("responses")).default;
    let job = |state| Job { state };
    assert_eq!(default.start_job().await.unwrap(), StartJobResponse::Ok { body: job(JobState::Done) });
    for (retry_after, state) in [(Some(5), JobState::Queued), (None, JobState::Running)] {
        let accepted = StartJobResponse::Accepted { location: "/jobs/1".to_owned(), retry_after, body: job(state) };
        assert_eq!(default.start_job().await.unwrap(), accepted);
    }
    assert_eq!(default.start_job().await.unwrap(), StartJobResponse::NoContent);
    match default.start_job().await {
        Err(Failure::Refused(StartJobError::Conflict(conflict), received)) => {
            assert_eq!((&*conflict.problem().message, received.status.as_u16()), ("the job already runs", 409));
            assert!(conflict.problem().header("x-request-id").is_some());
        }
        other => panic!("{other:?}"),
    }
    match default.start_job().await {
        Err(Failure::Refused(StartJobError::ClientError(refusal), _)) => {
            let problem = refusal.problem();
            assert_eq!((problem.status.as_u16(), &*problem.code, &*problem.message), (418, "TEAPOT", "the job cannot start"));
        }
        other => panic!("{other:?}"),
    }
    let failure = default.start_job().await.unwrap_err();
    assert!(matches!(failure.refusal(), Some(StartJobError::Unexpected(_))), "{failure}");
    assert!(failure.to_string().starts_with("the service refused with 503"), "{failure}");

    let get = |id| GetJobRequest { id };
    let tags = Some(vec!["a".to_owned(), "b".to_owned()]);
    let one = GetJobResponse::Ok { etag: ETag::strong("one"), x_tags: tags, body: job(JobState::Done) };
    assert_eq!(default.get_job(&get(1)).await.unwrap(), one);
    let see = GetJobResponse::SeeOther { location: "/jobs/1".to_owned() };
    assert_eq!(default.get_job(&get(303)).await.unwrap(), see);
    let gone = default.get_job(&get(410)).await.unwrap_err().into_refusal();
    assert!(matches!(gone, Ok(GetJobError::Gone(GetJobGoneBody { .. }))), "{gone:?}");
    let full = default.get_job(&get(503)).await.unwrap_err();
    assert!(matches!(full.refusal(), Some(GetJobError::ServerError(_))), "{full}");
    default.delete_job(&DeleteJobRequest { id: 1 }).await.unwrap();
    default.head_job(&HeadJobRequest { id: 1 }).await.unwrap();
    let any = default.any_status().await.unwrap();
    assert_eq!((any.status.get().as_u16(), any.body.as_str()), (203, "some"));
    assert_eq!(default.only_default().await.unwrap().body, job(JobState::Running));
}

pub async fn the_variant_of_a_body_selects_its_media_type(served: &Served) {
    use media::*;

    let default = Client::new(served.at("media")).default;
    let report = GetReportRequest { id: 1 };
    for media in [
        GetReportResponseMedia::VndAcmeReportJsonVersion1,
        GetReportResponseMedia::VndAcmeReportJsonVersion2,
        GetReportResponseMedia::Csv,
        GetReportResponseMedia::Html,
        GetReportResponseMedia::Image,
    ] {
        let body = default.get_report(&report).prefer(media).await.unwrap().body;
        let variant = match body {
            GetReportResponseBody::VndAcmeReportJsonVersion1(_) => GetReportResponseMedia::VndAcmeReportJsonVersion1,
            GetReportResponseBody::VndAcmeReportJsonVersion2(_) => GetReportResponseMedia::VndAcmeReportJsonVersion2,
            GetReportResponseBody::Csv(_) => GetReportResponseMedia::Csv,
            GetReportResponseBody::Html(_) => GetReportResponseMedia::Html,
            GetReportResponseBody::Image(image) => {
                assert_eq!((&*image.media_type, &*image.body), ("image/png", &b"drawn"[..]));
                GetReportResponseMedia::Image
            }
        };
        assert_eq!(variant, media);
    }
    let gone = GetReportRequest { id: 410 };
    match default.get_report(&gone).header("accept", "text/plain, text/csv;q=0.5").await {
        Err(Failure::Refused(GetReportError::Gone(GetReportGoneBody::Text(text)), _)) => assert_eq!(text, "since 1970"),
        other => panic!("{other:?}"),
    }
    let headers = default.headers().await.unwrap();
    assert_eq!(headers.x_tags, Some(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!((headers.x_place.lat, headers.x_kind), (1.5, HeadersXKind::Small));
    assert_eq!(headers.x_note.map(|note| note.title).as_deref(), Some("head"));
    assert_eq!(headers.set_cookie, ["a=1; Path=/", "b=2, 3"]);
}

pub async fn streams_arrive_as_streams(served: &Served) {
    use media::*;

    let default = Client::new(served.at("media")).default;
    let watch = WatchRequest { last_event_id: Some(7) };
    let WatchResponseBody::Events(mut events) =
        default.watch(&watch).prefer(WatchResponseMedia::Events).await.unwrap().body
    else {
        panic!("no events")
    };
    let mut ids = Vec::new();
    while let Some(event) = events.next().await {
        let Event { id, data, .. } = event.unwrap();
        ids.push((id.unwrap(), data.title));
    }
    assert_eq!(ids, [("8".to_owned(), "8".to_owned()), ("9".to_owned(), "9".to_owned())]);
    for media in ["application/jsonl", "application/json-seq"] {
        let body = default.watch(&watch).header("accept", media).await.unwrap().body;
        let WatchResponseBody::Jsonl(mut lines) = body else { panic!("{body:?}") };
        let mut titles = Vec::new();
        while let Some(line) = lines.next().await {
            titles.push(line.unwrap().title);
        }
        assert_eq!(titles, ["8", "9"], "{media}");
    }
    let list = default.watch(&watch).prefer(WatchResponseMedia::Json).await.unwrap().body;
    assert!(matches!(&list, WatchResponseBody::Json(notes) if notes.len() == 2), "{list:?}");
    let mut progress = default.progress().await.unwrap().body;
    let step = progress.next().await.unwrap().unwrap().data;
    assert!(matches!(&step, ProgressResult::Step(step) if step.data.title == "begun"), "{step:?}");
    let done = progress.next().await.unwrap().unwrap().data;
    assert!(matches!(done, ProgressResult::Done(_)), "{done:?}");
    assert!(progress.next().await.is_none());
}

/// Returns a connection to a service that always sends this response.
fn always(status: u16, media: &'static str, body: &'static str) -> Connection {
    Connection::in_process(Router::new().fallback(move |_: Request<Body>| async move {
        Response::builder().status(status).header("content-type", media).body(Body::from(body)).unwrap()
    }))
}

pub async fn a_response_that_violates_the_contract_is_an_error(_: &Served) {
    let call = |status, media, body| responses::client::Client::new(always(status, media, body)).default;
    let get = GetJobRequest { id: 1 };
    match call(200, "application/json", r#"{"state": "asleep"}"#).get_job(&get).await {
        Err(Failure::Invalid(received, violations)) => {
            let fields: Vec<&str> = violations.iter().map(|one| one.field.as_str()).collect();
            assert_eq!(fields, ["etag", "state"]);
            assert_eq!(received.text(), r#"{"state": "asleep"}"#);
        }
        other => panic!("{other:?}"),
    }
    // A sparse fieldset is validated too, except for missing fields.
    let sparse = |body| {
        let orders = policies::client::Client::new(always(200, "application/json", body)).orders;
        let list = policies::ListOrdersRequest { page: 1, limit: 1, cursor: None, sort: Vec::new(), fields: None };
        async move { orders.list_orders(&list).sparse_fieldset().await.map(|page| page.json()) }
    };
    let pagination = r#""pagination":{"total":1,"page":1,"limit":1,"hasMore":false,"nextCursor":null}"#;
    let body: &'static str = format!(r#"{{"data":[{{}},{{"note":"n"}}],{pagination}}}"#).leak();
    assert_eq!(sparse(body).await.unwrap()["data"][1]["note"], "n");
    match sparse(r#"{"data": [{"id": "7"}, {"total": true}]}"#).await {
        Err(Failure::Invalid(_, violations)) => {
            let fields: Vec<&str> = violations.iter().map(|one| one.field.as_str()).collect();
            assert_eq!(fields, ["data[0].id", "data[1].total", "pagination"]);
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(sparse("[]").await, Err(Failure::Invalid(..))));
    let failure = call(200, "text/html", "<p>").only_default().await.unwrap_err();
    let text = "the response 200 OK does not match the contract: content-type must be application/json, not text/html";
    assert_eq!(failure.to_string(), text);
    match call(304, "text/html", "<p>").get_job(&get).await {
        Err(Failure::Unexpected(received)) => assert_eq!(received.to_string(), "304 Not Modified: <p>"),
        other => panic!("{other:?}"),
    }
    // A proxy may respond with a body outside of the contract, so the status decides about the error.
    match call(404, "text/html", "<p>").get_job(&get).await {
        Err(Failure::Refused(GetJobError::NotFound(refusal), _)) => {
            assert_eq!((&*refusal.problem().code, &*refusal.problem().message), ("NOT_FOUND", "Not Found"));
        }
        other => panic!("{other:?}"),
    }
    let long = always(200, "application/json", r#"{"state": "done"}"#).limit(5);
    let failure = responses::client::Client::new(long).default.only_default().await.unwrap_err();
    assert!(matches!(&failure, Failure::Transport(cause) if cause.to_string() == "the response has more than 5 bytes"));
    let closed = Connection::new("http://127.0.0.1:9").unwrap();
    let failure = responses::client::Client::new(closed).default.only_default().await.unwrap_err();
    assert!(matches!(failure, Failure::Transport(_)), "{failure}");
    let slow = Router::new().fallback(|_: Request<Body>| std::future::pending::<()>());
    let slow = Connection::in_process(slow).timeout(std::time::Duration::from_millis(20));
    let failure = responses::client::Client::new(slow).default.only_default().await.unwrap_err();
    assert!(matches!(&failure, Failure::Transport(cause) if cause.to_string() == "no response was received in time"));
    for url in ["", "example.com", "/v1", "http://", "http://a/?b"] {
        assert!(Connection::new(url).is_err(), "{url}");
    }
}

pub fn generated_types_implement_serde() {
    use writ_runtime::exports::serde_json::{from_str, to_string};

    // `Job` occurs only in responses, and the server needs no codec to read it.
    let text = r#"{"state":"queued"}"#;
    assert_eq!(to_string(&from_str::<Job>(text).unwrap()).unwrap(), text);
    assert!(from_str::<Job>(r#"{"state":"asleep"}"#).unwrap_err().to_string().contains("state must be one of"));
    let picture: media::Place = from_str(r#"{"lat": 1}"#).unwrap();
    assert_eq!(to_string(&picture).unwrap(), r#"{"lat":1.0}"#);
    // Interpreted schemas are validated alone, within other types, and within types of the caller.
    let text = r#"[{"from":1,"to":2}]"#;
    assert_eq!(to_string(&from_str::<Vec<outgoing::Window>>(text).unwrap()).unwrap(), text);
    let error = from_str::<Vec<outgoing::Window>>(r#"[{"to": 2}]"#).unwrap_err().to_string();
    assert!(error.contains("from is required"), "{error}");
    assert!(from_str::<rare::Rule>(r#"{"kind": "fixed", "value": 1, "tags": ["main"]}"#).is_ok());
    let error = from_str::<rare::Rule>(r#"{"kind": "fixed", "name": "a"}"#).unwrap_err().to_string();
    assert!(error.contains("value is required") && error.contains("tags is required"), "{error}");
}
