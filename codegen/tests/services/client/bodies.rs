//! Scenarios with request bodies of every media type.

use bodies::*;
use writ_runtime::exports::serde_json::json;
use writ_runtime::{AnyMedia, Bytes, FileStream, Multipart, Parts};

use crate::Served;

pub async fn every_body_survives_a_round_trip(served: &Served) {
    let default = client::Client::new(served.at("bodies")).default;
    for body in [
        AddNoteBody::Json(Note { title: "a".to_owned(), text: Some("é\n".to_owned()) }),
        AddNoteBody::Text("some é".to_owned()),
        AddNoteBody::Binary(Bytes::from_static(b"\xff\x00")),
    ] {
        let request = AddNoteRequest { body };
        default.add_note(&request).await.unwrap();
        assert_eq!(served.received(), format!("{request:?}"));
    }
    let form = |media| default.add_note(media).header("content-type", "application/x-www-form-urlencoded");
    let response = form(&AddNoteRequest { body: AddNoteBody::Text("title=a+b".to_owned()) }).await;
    assert!(response.is_ok(), "{response:?}");
    for request in [MaybeRequest { body: None }, MaybeRequest { body: Some(Note { title: "t".to_owned(), text: None }) }] {
        default.maybe(&request).await.unwrap();
        assert_eq!(served.received(), format!("{request:?}"));
    }
    let tags = Some(vec!["a,b".to_owned(), "c&d=e".to_owned()]);
    let request = FillRequest { body: FillBody { name: "n m".to_owned(), age: Some(7), tags } };
    default.fill(&request).await.unwrap();
    assert_eq!(served.received(), format!("{request:?}"));
    assert_eq!(default.write(&WriteRequest { body: "é".to_owned() }).await.unwrap().body, "é");
    let bytes = Bytes::from(vec![7; 3 << 20]);
    assert_eq!(default.upload(&UploadRequest { body: bytes.clone() }).await.unwrap().body, bytes);
    assert_eq!(default.count(&CountRequest { body: 41 }).await.unwrap().body, 42);
    let value = json!({"a": [1, 2.5, "x", null, {"b": true}]});
    assert_eq!(default.echo(&EchoRequest { body: value.clone() }).await.unwrap().body, value);
}

pub async fn forms_and_files_survive_a_round_trip(served: &Served) {
    use media::*;

    let default = media::client::Client::new(served.at("media")).default;
    let note = |title: &str| Note { title: title.to_owned(), text: Some("a&b".to_owned()) };
    let order = Order {
        tags: Some(vec!["a b".to_owned(), "c".to_owned()]),
        sizes: Some(vec![1, 2]),
        words: Some(vec!["one".to_owned(), "two".to_owned()]),
        plain: Some(vec![3, 4]),
        limits: Some(vec![5, 6]),
        place: Some(Place { lat: 1.5, names: Some(vec!["x".to_owned(), "y".to_owned()]) }),
        note: Some(note("n")),
        notes: Some(vec![note("one"), note("two")]),
    };
    // The operation declares two media types, and the form is the first one.
    assert_eq!(default.order(&OrderRequest { body: order.clone() }).await.unwrap().body, order);

    let picture = FileStream::of("12345").named("a\"b.png").typed("image/png").with_header("X-Taken-At", "2024-02-29");
    let parts = vec![
        AddPicturePart::Title("sunset".to_owned()),
        AddPicturePart::Tags(AddPictureTagsItem::Red),
        AddPicturePart::Lines(note("a")),
        AddPicturePart::Picture(picture),
        AddPicturePart::Lines(note("b")),
        AddPicturePart::Colours(255),
        AddPicturePart::Place(AddPicturePlace { lat: 1.5 }),
        AddPicturePart::Size(4),
        AddPicturePart::Others(FileStream::of("12")),
    ];
    let seen = default.add_picture(AddPictureRequest { body: Parts::of(parts) }).await.unwrap().body;
    let expected = r#"5 Some("a\"b.png") Some("image/png") sunset [Red] a+b [255] Some(1.5) 4 [2]"#;
    assert_eq!(seen.replace("a%22b", "a\\\"b"), expected);
    let bare = AddPicturePart::Picture(FileStream::of("1").typed("image/png"));
    let unsent = default.add_picture(AddPictureRequest { body: Parts::of(vec![bare]) }).await.unwrap_err();
    assert!(unsent.to_string().contains("needs the header `x-taken-at`"), "{unsent}");
    let missing = AddPicturePart::Title("sunset".to_owned());
    let refused = default.add_picture(AddPictureRequest { body: Parts::of(vec![missing]) }).await.unwrap_err();
    let Some(AddPictureError::UnprocessableEntity(refusal)) = refused.refusal() else { panic!("{refused}") };
    let fields: Vec<&str> = refusal.problem().violations.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["picture", "lines"]);

    let files = ["a", "b"].map(|name| UploadPart::Additional(name.to_owned(), FileStream::of(name.repeat(3))));
    for (body, seen) in [
        (None, "nothing"),
        (Some(UploadBody::Json(note("json"))), "json"),
        (Some(UploadBody::Multipart(Parts::of(files))), "a=3 b=3"),
    ] {
        assert_eq!(default.upload(UploadRequest { body }).await.unwrap().body, seen);
    }
    let mixed = Multipart::of([("x".to_owned(), FileStream::of("hello").typed("text/plain"))]);
    assert_eq!(default.mixed(MixedRequest { body: mixed }).await.unwrap().body, "text/plain=5");

    for (body, seen) in [
        (PutReportBody::JsonVersion1(note("v1")), "note v1"),
        (PutReportBody::JsonVersion2(Report { lines: vec!["a".to_owned()] }), "report of 1"),
        (PutReportBody::Csv("a,b".to_owned()), "csv a,b"),
        (PutReportBody::Html("<p>".to_owned()), "html <p>"),
    ] {
        let report = default.put_report(&PutReportRequest { id: 1, body }).await.unwrap().body;
        assert_eq!((&*report.media_type, &*report.body), ("text/plain", seen.as_bytes()));
    }
    let image = AnyMedia::new("image/svg+xml", Bytes::from_static(b"<svg/>"));
    let request = PutReportRequest { id: 1, body: PutReportBody::Image(image.clone()) };
    assert_eq!(default.put_report(&request).await.unwrap().body, image);
    let wrong = PutReportBody::Image(AnyMedia::new("text/plain", Bytes::new()));
    let unsent = default.put_report(&PutReportRequest { id: 1, body: wrong }).await.unwrap_err();
    assert_eq!(unsent.to_string(), "the request cannot be sent: `text/plain` is not a media type within `image/*`");
    for (body, made) in [
        (None, AddNoteResponse::Ok { body: Note { title: "none".to_owned(), text: None } }),
        (
            Some(AnyMedia::new("text/plain", Bytes::from_static(b"x"))),
            AddNoteResponse::Created { body: AnyMedia::new("application/json", Note { title: "text".to_owned(), text: None }).body },
        ),
    ] {
        assert_eq!(default.add_note(&AddNoteRequest { body }).await.unwrap(), made);
    }
}
