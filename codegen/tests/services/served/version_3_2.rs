//! The service of the features of OpenAPI 3.2: other methods, complete query strings and streams in requests.

use version_3_2::*;
use writ_runtime::{Context, EventStream, JsonLines};

struct Service;

/// Implements operations that record their request and have no response body.
macro_rules! silent {
    ($($method:ident $request:ident $response:ident $error:ident,)*) => {
        $(async fn $method(&self, _: &Context<()>, request: $request) -> Result<$response, $error> {
            crate::record(&request);
            Ok($response)
        })*
    };
}

impl Notes for Service {
    silent! {
        copy_notes CopyNotesRequest CopyNotesResponse CopyNotesError,
        find_by_form FindByFormRequest FindByFormResponse FindByFormError,
        find_by_json FindByJsonRequest FindByJsonResponse FindByJsonError,
        find_by_text FindByTextRequest FindByTextResponse FindByTextError,
        read_cookies ReadCookiesRequest ReadCookiesResponse ReadCookiesError,
    }

    async fn search_notes(
        &self,
        _: &Context<()>,
        request: SearchNotesRequest,
    ) -> Result<SearchNotesResponse, SearchNotesError> {
        crate::record(&request);
        Ok(request.body.into())
    }

    async fn m_search_notes(&self, _: &Context<()>) -> Result<MSearchNotesResponse, MSearchNotesError> {
        crate::record(&"m_search_notes");
        Ok(MSearchNotesResponse)
    }

    async fn import_notes(
        &self,
        _: &Context<()>,
        mut request: ImportNotesRequest,
    ) -> Result<ImportNotesResponse, ImportNotesError> {
        let mut notes = Vec::new();
        while let Some(note) = request.body.next().await {
            notes.push(note?);
        }
        crate::record(&notes);
        Ok(JsonLines::new(futures_util::stream::iter(notes.into_iter().map(Ok::<_, std::io::Error>))).into())
    }

    async fn relay_events(
        &self,
        _: &Context<()>,
        mut request: RelayEventsRequest,
    ) -> Result<RelayEventsResponse, RelayEventsError> {
        let mut events = Vec::new();
        while let Some(event) = request.body.next().await {
            events.push(event?.data);
        }
        crate::record(&events);
        Ok(EventStream::new(futures_util::stream::iter(events.into_iter().map(Ok::<_, std::io::Error>))).into())
    }

    async fn add_parts(
        &self,
        _: &Context<()>,
        mut request: AddPartsRequest,
    ) -> Result<AddPartsResponse, AddPartsError> {
        let mut parts = Vec::new();
        while let Some(part) = request.body.next().await? {
            parts.push(match part {
                AddPartsPart::Part1(note) => format!("{note:?}"),
                AddPartsPart::Item(file) => format!("{:?}", file.collect().await?),
            });
        }
        crate::record(&parts);
        Ok(AddPartsResponse)
    }

    async fn add_shape(&self, _: &Context<()>, request: AddShapeRequest) -> Result<AddShapeResponse, AddShapeError> {
        crate::record(&request);
        Ok(request.body.into())
    }
}

pub fn router() -> writ_runtime::Router {
    let authenticator = writ_runtime::NoAuthentication;
    Api { authenticator, gate: writ_runtime::OpenGate, notes: Service }.router()
}
