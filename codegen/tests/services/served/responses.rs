//! The service of responses with every kind of status. The id of a job selects the response.

use std::sync::atomic::{AtomicU32, Ordering};

use responses::*;
use writ_runtime::{AnyStatus, Context, ETag};

/// The service; its counter selects the response to the next start of a job.
struct Service(AtomicU32);

fn job(state: JobState) -> Job {
    Job { state }
}

impl DefaultApi for Service {
    async fn start_job(&self, _: &Context<()>) -> Result<StartJobResponse, StartJobError> {
        Ok(match self.0.fetch_add(1, Ordering::Relaxed) % 7 {
            0 => StartJobResponse::Ok { body: job(JobState::Done) },
            1 => StartJobResponse::Accepted { location: "/jobs/1".to_owned(), retry_after: Some(5), body: job(JobState::Queued) },
            2 => StartJobResponse::Accepted { location: "/jobs/1".to_owned(), retry_after: None, body: job(JobState::Running) },
            3 => StartJobResponse::NoContent,
            4 => Err(Conflict::new("the job already runs"))?,
            5 => Err(ClientError::of::<418>("the job cannot start").code("TEAPOT"))?,
            _ => Err(Unexpected::new(503, "try later")?)?,
        })
    }

    async fn get_job(&self, _: &Context<()>, request: GetJobRequest) -> Result<GetJobResponse, GetJobError> {
        Ok(match request.id {
            1 => GetJobResponse::Ok { etag: ETag::strong("one"), x_tags: Some(vec!["a".to_owned(), "b".to_owned()]), body: job(JobState::Done) },
            2 => GetJobResponse::Ok { etag: ETag::weak("two"), x_tags: Some(vec!["\n".to_owned()]), body: job(JobState::Done) },
            303 => GetJobResponse::SeeOther { location: "/jobs/1".to_owned() },
            410 => Err(GetJobError::Gone(GetJobGoneBody { since: Default::default() }))?,
            503 => Err(ServerError::of::<503>("the queue is full"))?,
            500 => Err(std::io::Error::other("the disk is gone"))?,
            501 => panic!("a bug"),
            _ => Err(NotFound::new("job"))?,
        })
    }

    async fn delete_job(&self, _: &Context<()>, request: DeleteJobRequest) -> Result<DeleteJobResponse, DeleteJobError> {
        match request.id {
            1 => Ok(DeleteJobResponse),
            _ => Err(NotFound::new("job"))?,
        }
    }

    async fn head_job(&self, _: &Context<()>, request: HeadJobRequest) -> Result<HeadJobResponse, HeadJobError> {
        crate::record(&request);
        Ok(HeadJobResponse)
    }

    async fn any_status(&self, _: &Context<()>) -> Result<AnyStatusResponse, AnyStatusError> {
        Ok(AnyStatusResponse { status: AnyStatus::of::<203>(), body: "some".to_owned() })
    }

    async fn only_default(&self, _: &Context<()>) -> Result<OnlyDefaultResponse, OnlyDefaultError> {
        Ok(OnlyDefaultResponse { status: AnyStatus::of::<200>(), body: job(JobState::Running) })
    }
}

pub fn router() -> writ_runtime::Router {
    crate::open!(responses, Service(AtomicU32::new(0))).router()
}
