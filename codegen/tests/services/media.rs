//! The service of the contract for media types. It runs until its standard input ends.

use contract::*;
use writ_runtime::exports::axum;
use futures_util::stream;
use writ_runtime::{AnyMedia, Bytes, Context, Event, EventStream, JsonLines, NoAuthentication, OpenGate};

struct Media;

fn note(title: &str) -> Note {
    Note { title: title.to_owned(), text: None }
}

impl DefaultApi for Media {
    async fn get_report(
        &self,
        cx: &Context<()>,
        request: GetReportRequest,
    ) -> Result<GetReportResponse, GetReportError> {
        if request.id == 410 {
            return Err(GetReportError::Gone(match cx.preferred() {
                GetReportGoneMedia::Json => GetReportGoneBody::Json(GetReportGoneJson { since: Default::default() }),
                GetReportGoneMedia::Text => GetReportGoneBody::Text("since 1970".to_owned()),
            }));
        }
        let report = || Report { lines: vec!["one".to_owned()] };
        if request.id == 7 {
            // This report is always a table, even if the caller prefers another media type.
            return Ok(GetReportResponseBody::Csv("one\n".to_owned()).into());
        }
        let body = match cx.preferred() {
            GetReportResponseMedia::VndAcmeReportJsonVersion1 => {
                GetReportResponseBody::VndAcmeReportJsonVersion1(note("report"))
            }
            GetReportResponseMedia::VndAcmeReportJsonVersion2 => {
                GetReportResponseBody::VndAcmeReportJsonVersion2(report())
            }
            GetReportResponseMedia::Csv => GetReportResponseBody::Csv("one\n".to_owned()),
            GetReportResponseMedia::Html => GetReportResponseBody::Html("<p>one".to_owned()),
            GetReportResponseMedia::Image => {
                let drawn = ["image/png", "image/webp"];
                let wrong = request.id == 500;
                let chosen = cx.accept().best(&drawn).map_or("image/png", |index| drawn[index]);
                let chosen = if wrong { "text/plain" } else { chosen };
                GetReportResponseBody::Image(AnyMedia::new(chosen, Bytes::from_static(b"drawn")))
            }
        };
        Ok(body.into())
    }

    async fn put_report(&self, _: &Context<()>, request: PutReportRequest) -> Result<PutReportResponse, PutReportError> {
        let seen = match request.body {
            PutReportBody::JsonVersion1(note) => format!("note {}", note.title),
            PutReportBody::JsonVersion2(report) => format!("report of {}", report.lines.len()),
            PutReportBody::Csv(text) => format!("csv {text}"),
            PutReportBody::Html(text) => format!("html {text}"),
            PutReportBody::Image(image) => return Ok(image.into()),
        };
        Ok(AnyMedia::new("text/plain", Bytes::from(seen)).into())
    }

    async fn add_note(&self, _: &Context<()>, request: AddNoteRequest) -> Result<AddNoteResponse, AddNoteError> {
        Ok(match request.body {
            None => AddNoteResponse::Ok { body: note("none") },
            Some(body) if body.media_type.starts_with("text/") => AddNoteResponse::Created { body: note("text") },
            Some(_) => AddNoteResponse::Accepted { body: note("other") },
        })
    }

    async fn add_picture(
        &self,
        _: &Context<()>,
        request: AddPictureRequest,
    ) -> Result<AddPictureResponse, AddPictureError> {
        let form: AddPictureForm = request.body.collect().await?;
        let others: Vec<usize> = form.others.iter().map(|file| file.bytes.len()).collect();
        let seen = format!(
            "{} {:?} {:?} {} {:?} {} {:?} {:?} {} {others:?}",
            form.picture.bytes.len(),
            form.picture.file_name,
            form.picture.content_type,
            form.title,
            form.tags,
            form.lines.iter().map(|note| note.title.as_str()).collect::<Vec<_>>().join("+"),
            form.colours,
            form.place.map(|place| place.lat),
            form.size,
        );
        Ok(seen.into())
    }

    async fn stream_picture(
        &self,
        _: &Context<()>,
        mut request: StreamPictureRequest,
    ) -> Result<StreamPictureResponse, StreamPictureError> {
        let mut seen = Vec::new();
        while let Some(part) = request.body.next().await? {
            seen.push(match part {
                StreamPicturePart::Picture(mut file) | StreamPicturePart::Others(mut file) => {
                    let mut size = 0;
                    while let Some(chunk) = file.chunk().await? {
                        size += chunk.len();
                    }
                    format!("{:?}={size}", file.file_name())
                }
                StreamPicturePart::Title(title) => title,
                StreamPicturePart::Tags(tag) => tag.to_string(),
                StreamPicturePart::Lines(note) => note.title,
                StreamPicturePart::Colours(colour) => colour.to_string(),
                StreamPicturePart::Place(place) => place.lat.to_string(),
                StreamPicturePart::Size(size) => size.to_string(),
            });
        }
        Ok(seen.join(" ").into())
    }

    async fn upload(&self, _: &Context<()>, request: UploadRequest) -> Result<UploadResponse, UploadError> {
        let seen = match request.body {
            None => "nothing".to_owned(),
            Some(UploadBody::Json(note)) => note.title,
            Some(UploadBody::Multipart(parts)) => {
                let form = parts.collect().await?;
                let sizes = form.additional.iter().map(|(name, file)| format!("{name}={}", file.bytes.len()));
                sizes.collect::<Vec<_>>().join(" ")
            }
        };
        Ok(seen.into())
    }

    async fn mixed(&self, _: &Context<()>, mut request: MixedRequest) -> Result<MixedResponse, MixedError> {
        let mut seen = Vec::new();
        while let Some(part) = request.body.next().await? {
            let kind = part.content_type().unwrap_or("?").to_owned();
            seen.push(format!("{kind}={}", part.bytes().await?.len()));
        }
        Ok(seen.join(" ").into())
    }

    async fn watch(&self, cx: &Context<()>, request: WatchRequest) -> Result<WatchResponse, WatchError> {
        let from = request.last_event_id.unwrap_or(0);
        let notes: Vec<Note> = (from + 1..=from + 2).map(|id| note(&id.to_string())).collect();
        let body = match cx.preferred() {
            WatchResponseMedia::Events => {
                let event = |note: Note| {
                    let id = Some(note.title.clone());
                    Ok::<_, std::io::Error>(Event { id, ..Event::from(note) })
                };
                WatchResponseBody::Events(EventStream::new(stream::iter(notes.into_iter().map(event))))
            }
            WatchResponseMedia::Jsonl => {
                WatchResponseBody::Jsonl(JsonLines::new(stream::iter(notes.into_iter().map(Ok::<_, std::io::Error>))))
            }
            WatchResponseMedia::Json => WatchResponseBody::Json(notes),
        };
        Ok(body.into())
    }

    async fn progress(&self, _: &Context<()>) -> Result<ProgressResponse, ProgressError> {
        let step = ProgressResultStep { event: ProgressResultStepEvent::Step, id: Some("1".to_owned()), data: note("begun") };
        let done = ProgressResultDone { event: ProgressResultDoneEvent::Done, data: ProgressResultDoneData::Done };
        let events = [ProgressResult::Step(step), ProgressResult::Done(done)].map(Ok::<_, std::io::Error>);
        Ok(EventStream::new(stream::iter(events)).into())
    }

    async fn order(&self, _: &Context<()>, request: OrderRequest) -> Result<OrderResponse, OrderError> {
        Ok(request.body.into())
    }

    async fn price(&self, _: &Context<()>, request: PriceRequest) -> Result<PriceResponse, PriceError> {
        Ok(request.body.into())
    }

    async fn headers(&self, _: &Context<()>) -> Result<HeadersResponse, HeadersError> {
        Ok(HeadersResponse {
            x_tags: Some(vec!["a".to_owned(), "b".to_owned()]),
            x_place: HeadersXPlace { lat: 1.5, lon: None },
            x_at: Default::default(),
            x_kind: HeadersXKind::Small,
            x_note: Some(note("head")),
            x_price: None,
            set_cookie: vec!["a=1; Path=/".to_owned(), "b=2, 3".to_owned()],
            link: Some(Vec::new()),
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let router = Api { authenticator: NoAuthentication, gate: OpenGate, default: Media }.router();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_line(&mut String::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await
}
