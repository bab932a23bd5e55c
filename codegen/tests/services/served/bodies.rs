//! The service of request bodies of every media type.

use bodies::*;
use writ_runtime::{Bytes, Context};

struct Service;

impl DefaultApi for Service {
    async fn add_note(&self, cx: &Context<()>, request: AddNoteRequest) -> Result<AddNoteResponse, AddNoteError> {
        crate::record(&request);
        let note = match request.body {
            AddNoteBody::Json(note) => note,
            AddNoteBody::Text(text) => Note { title: "text".to_owned(), text: Some(text) },
            AddNoteBody::Binary(bytes) => Note { title: format!("{} bytes", bytes.len()), text: None },
        };
        Ok(match cx.preferred() {
            AddNoteResponseMedia::Json => AddNoteResponseBody::Json(note),
            AddNoteResponseMedia::Text => AddNoteResponseBody::Text(note.title),
            AddNoteResponseMedia::Png => AddNoteResponseBody::Png(Bytes::from_static(b"\x89PNG")),
        }
        .into())
    }

    async fn maybe(&self, _: &Context<()>, request: MaybeRequest) -> Result<MaybeResponse, MaybeError> {
        crate::record(&request);
        Ok(MaybeResponse)
    }

    async fn fill(&self, _: &Context<()>, request: FillRequest) -> Result<FillResponse, FillError> {
        crate::record(&request);
        Ok(FillResponse)
    }

    async fn write(&self, _: &Context<()>, request: WriteRequest) -> Result<WriteResponse, WriteError> {
        Ok(request.body.into())
    }

    async fn double(&self, _: &Context<()>, request: DoubleRequest) -> Result<DoubleResponse, DoubleError> {
        Ok((request.body * 2).into())
    }

    async fn set_day(&self, _: &Context<()>, request: SetDayRequest) -> Result<SetDayResponse, SetDayError> {
        crate::record(&request);
        Ok(request.body.is_some().into())
    }

    async fn set_level(&self, _: &Context<()>, request: SetLevelRequest) -> Result<SetLevelResponse, SetLevelError> {
        crate::record(&request);
        Ok(SetLevelResponse)
    }

    async fn upload(&self, _: &Context<()>, request: UploadRequest) -> Result<UploadResponse, UploadError> {
        Ok(request.body.into())
    }

    async fn count(&self, _: &Context<()>, request: CountRequest) -> Result<CountResponse, CountError> {
        Ok((request.body + 1).into())
    }

    async fn echo(&self, _: &Context<()>, request: EchoRequest) -> Result<EchoResponse, EchoError> {
        Ok(request.body.into())
    }
}

pub fn router() -> writ_runtime::Router {
    crate::open!(bodies, Service).router()
}
