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

pub async fn files_and_styles_of_forms_survive_a_round_trip(served: &Served) {
    use uploads::*;

    let default = uploads::client::Client::new(served.at("uploads")).default;
    let file = |text: &'static str| FileStream::of(text).named("a\\b\"c.bin");
    let parts = vec![
        AddFilesPart::Any(file("1")),
        AddFilesPart::Png(file("2").typed("image/gif")),
        AddFilesPart::List(FileStream::of("3")),
        AddFilesPart::Encoded(Bytes::from_static(b"\x00\xff")),
        AddFilesPart::Picture(Bytes::from_static(b"png")),
        AddFilesPart::Note("é".to_owned()),
        AddFilesPart::Typed(file("{}")),
        AddFilesPart::List(FileStream::of("4")),
    ];
    default.add_files(AddFilesRequest { body: Parts::of(parts) }).await.unwrap();
    let received = served.received();
    for expected in [
        r#"any: Some(FilePart { file_name: Some("a\\b\"c.bin"), content_type: Some("application/octet-stream"), bytes: b"1" })"#,
        r#"content_type: Some("image/gif"), bytes: b"2""#,
        r#"list: [FilePart { file_name: Some("list"), content_type: Some("application/octet-stream"), bytes: b"3" }, "#,
        r#"content_type: Some("application/json"), bytes: b"{}""#,
        r#"encoded: Some(b"\0\xff"), picture: Some(b"png"), note: Some("é")"#,
    ] {
        assert!(received.contains(expected), "{expected}\n{received}");
    }

    let text = |text: &str| text.to_owned();
    let place = |lat: f64, names: &[&str]| Place { lat, names: Some(names.iter().map(|name| text(name)).collect()) };
    let deep = place(1.5, &["x,y", "%2C", ""]);
    let form = AddStyledForm {
        commas: vec![1, -2],
        pipes: vec![text("a,b"), text(""), text("c d%")],
        spaces: vec![text("a|b"), text("c")],
        each: vec![text("a,b"), text("")],
        scalar: Some(text("a%20b")),
        deep: Some(deep.clone()),
        flat: Some(Place { lat: 2.5, names: None }),
        spread: Some(AddStyledSpread { width: 3, height: Some(4) }),
        plain: Some(place(0.0, &["z"])),
    };
    let parts = vec![
        AddStyledPart::Commas(1),
        AddStyledPart::Pipes(text("a,b")),
        AddStyledPart::Commas(-2),
        AddStyledPart::Pipes(text("")),
        AddStyledPart::Pipes(text("c d%")),
        AddStyledPart::Spaces(text("a|b")),
        AddStyledPart::Spaces(text("c")),
        AddStyledPart::Each(text("a,b")),
        AddStyledPart::Each(text("")),
        AddStyledPart::Scalar(text("a%20b")),
        AddStyledPart::Deep(deep),
        AddStyledPart::Flat(Place { lat: 2.5, names: None }),
        AddStyledPart::Spread(AddStyledSpread { width: 3, height: Some(4) }),
        AddStyledPart::Plain(place(0.0, &["z"])),
    ];
    default.add_styled(AddStyledRequest { body: Parts::of(parts) }).await.unwrap();
    assert_eq!(served.received(), format!("{form:?}"));
    for (part, reason) in [
        (AddStyledPart::Pipes(text("a|b")), "an element with `|` would be read as two elements"),
        (AddStyledPart::Flat(place(1.0, &["z"])), "its style cannot express a list"),
        (AddStyledPart::Pipes(text("")), "one empty string would be read as an empty list"),
    ] {
        let unsent = default.add_styled(AddStyledRequest { body: Parts::of(vec![part]) }).await.unwrap_err();
        assert!(unsent.to_string().contains(reason), "{unsent}");
    }
}
