//! The service of multipart forms with files and styled values.

use uploads::*;
use writ_runtime::Context;

struct Service;

impl DefaultApi for Service {
    async fn add_files(&self, _: &Context<()>, request: AddFilesRequest) -> Result<AddFilesResponse, AddFilesError> {
        crate::record(&request.body.collect().await?);
        Ok(AddFilesResponse)
    }

    async fn add_required(
        &self,
        _: &Context<()>,
        request: AddRequiredRequest,
    ) -> Result<AddRequiredResponse, AddRequiredError> {
        crate::record(&request.body.collect().await?);
        Ok(AddRequiredResponse)
    }

    async fn add_styled(
        &self,
        _: &Context<()>,
        request: AddStyledRequest,
    ) -> Result<AddStyledResponse, AddStyledError> {
        crate::record(&request.body.collect().await?);
        Ok(AddStyledResponse)
    }

    async fn add_mixed(&self, _: &Context<()>, request: AddMixedRequest) -> Result<AddMixedResponse, AddMixedError> {
        crate::record(&request.body.collect().await?);
        Ok(AddMixedResponse)
    }

    async fn add_text(&self, _: &Context<()>, request: AddTextRequest) -> Result<AddTextResponse, AddTextError> {
        crate::record(&request);
        Ok(AddTextResponse)
    }
}

pub fn router() -> writ_runtime::Router {
    crate::open!(uploads, Service).router()
}
