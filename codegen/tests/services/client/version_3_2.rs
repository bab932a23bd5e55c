//! The scenario with the features of OpenAPI 3.2: other methods, complete query strings and streams in requests.

use futures_util::stream;
use version_3_2::client::Client;
use version_3_2::*;
use writ_runtime::{EventStream, FileStream, JsonLines, Parts};

use crate::Served;

pub async fn the_features_of_3_2_survive_a_round_trip(served: &Served) {
    let notes = Client::new(served.at("version_3_2")).notes;
    let criteria = Criteria { text: "a&b=c%+é".to_owned(), limit: Some(3) };

    let found = notes.search_notes(&SearchNotesRequest { body: criteria.clone() }).await.unwrap();
    assert_eq!(found.body, criteria);
    let copy = CopyNotesRequest { destination: "/other".to_owned() };
    notes.copy_notes(&copy).await.unwrap();
    assert_eq!(served.received(), format!("{copy:?}"));
    notes.m_search_notes().await.unwrap();
    assert_eq!(served.received(), "\"m_search_notes\"");

    let form = FindByFormRequest {
        criteria: FindByFormCriteria {
            text: "a&b=c%+d".to_owned(),
            limit: Some(7),
            words: Some(vec!["one".to_owned(), "two words".to_owned()]),
            colours: Some(vec!["red".to_owned(), "sky blue".to_owned()]),
            place: Some(FindByFormCriteriaPlace { lat: 1.5, name: Some("x y".to_owned()) }),
        },
    };
    notes.find_by_form(&form).await.unwrap();
    assert_eq!(served.received(), format!("{form:?}"));
    for json in [None, Some(criteria)] {
        let json = FindByJsonRequest { criteria: json };
        notes.find_by_json(&json).await.unwrap();
        assert_eq!(served.received().replace("\\u{e9}", "é"), format!("{json:?}"));
    }
    let text = FindByTextRequest { selector: "$.a[?(@.b)]".to_owned() };
    notes.find_by_text(&text).await.unwrap();
    assert_eq!(served.received(), format!("{text:?}"));

    let cookies = ReadCookiesRequest {
        plain: Some("a%20b".to_owned()),
        list: Some(vec!["x".to_owned(), "y".to_owned()]),
        colour: Some(ReadCookiesColour { red: Some(1), green: None }),
    };
    notes.read_cookies(&cookies).await.unwrap();
    assert_eq!(served.received(), format!("{cookies:?}"));
    let spaced = ReadCookiesRequest { plain: Some("a b;c".to_owned()), ..ReadCookiesRequest::default() };
    let failure = notes.read_cookies(&spaced).await.unwrap_err().to_string();
    assert!(failure.contains("cannot contain it without an encoding"), "{failure}");

    let all = [Note { number: 1, text: Some("first".to_owned()) }, Note { number: 2, text: None }];
    let lines = JsonLines::new(stream::iter(all.clone().map(Ok::<_, std::io::Error>)));
    let mut returned = notes.import_notes(ImportNotesRequest { body: lines }).await.unwrap().body;
    let mut read = Vec::new();
    while let Some(note) = returned.next().await {
        read.push(note.unwrap());
    }
    assert_eq!(read, all);

    let events = [
        NoteEvent::Added(NoteEventAdded::new(NoteEventAddedEvent::Added, all[0].clone())),
        NoteEvent::Counted(NoteEventCounted { id: Some("7".to_owned()), ..NoteEventCounted::new(NoteEventCountedEvent::Counted, 4) }),
        NoteEvent::Said(NoteEventSaid::new(NoteEventSaidEvent::Said, "{\"is\": text}\nof two lines".to_owned())),
    ];
    let body = EventStream::new(stream::iter(events.clone().map(Ok::<_, std::io::Error>)));
    let mut returned = notes.relay_events(RelayEventsRequest { body }).await.unwrap().body;
    let mut read = Vec::new();
    while let Some(event) = returned.next().await {
        read.push(event.unwrap().data);
    }
    assert_eq!(read, events);

    let image = || FileStream::of("PNG").typed("image/png");
    let body = Parts::of([AddPartsPart::Part1(all[0].clone()), AddPartsPart::Item(image()), AddPartsPart::Item(image())]);
    notes.add_parts(AddPartsRequest { body }).await.unwrap();
    assert_eq!(served.received().matches("image/png").count(), 2, "{}", served.received());

    let other = Shape::OtherShape(OtherShape { kind: None, name: "blob".to_owned() });
    let shape = notes.add_shape(&AddShapeRequest { body: other.clone() }).await.unwrap().body;
    assert_eq!(shape, other);
}
