//! The service of request and response bodies that are streams.

use streams::*;
use writ_runtime::{Bytes, Context, EventStream};

struct Service;

impl DefaultApi for Service {
    async fn add_picture(
        &self,
        _: &Context<()>,
        mut request: AddPictureRequest,
    ) -> Result<AddPictureResponse, AddPictureError> {
        let mut lat = 0.0;
        let mut seen = Vec::new();
        while let Some(part) = request.body.next().await? {
            seen.push(match part {
                AddPicturePart::Picture(file) => {
                    lat = file.bytes().await?.len() as f64;
                    "a picture".to_owned()
                }
                other => format!("{other:?}"),
            });
        }
        crate::record(&seen);
        Ok(Place { lat, lon: 0.0 }.into())
    }

    async fn get_picture(
        &self,
        _: &Context<()>,
        request: GetPictureRequest,
    ) -> Result<GetPictureResponse, GetPictureError> {
        crate::record(&request);
        Ok(Bytes::from_static(b"\x89PNG").into())
    }

    async fn watch(&self, _: &Context<()>) -> Result<WatchResponse, WatchError> {
        let places = [1.0, 2.0].map(|lat| Ok::<_, std::io::Error>(Place { lat, lon: 0.5 }));
        Ok(EventStream::new(futures_util::stream::iter(places)).into())
    }
}

pub fn router() -> writ_runtime::Router {
    crate::open!(streams, Service).router()
}
