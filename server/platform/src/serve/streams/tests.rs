//! Tests of the streams of an HTTP/2 connection, without a connection.

use std::future::pending;

use futures_util::stream;
use http_body_util::BodyExt;
use tokio::time::sleep;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn streams(write_timeout: Duration) -> Streams {
    Streams::new(write_timeout, TaskTracker::new(), CancellationToken::new())
}

/// Runs the task of a stream with a write timeout of ten seconds, and returns the seconds until it ends.
async fn seconds_of(stream: impl Future<Output = ()> + Send + 'static) -> u64 {
    let streams = streams(10 * SECOND);
    let start = Instant::now();
    streams.execute(stream);
    streams.tasks.close();
    streams.tasks.wait().await;
    start.elapsed().as_secs()
}

#[tokio::test]
async fn a_large_part_of_a_body_is_sent_in_pieces() {
    let mut rest = MIN_TAKEN * 2 + UNTIMED + 5;
    let mut body = PacedBody::new(Body::from(vec![7; rest]));
    for piece in [MIN_TAKEN, MIN_TAKEN, 5, UNTIMED] {
        assert_eq!(body.size_hint().exact(), Some(rest as u64));
        assert!(!body.is_end_stream());
        let data = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(data, vec![7; piece]);
        rest -= piece;
    }
    assert_eq!(body.size_hint().exact(), Some(0));
    assert!(body.is_end_stream() && body.frame().await.is_none());
}

#[tokio::test]
async fn the_size_of_a_streamed_body_stays_unknown() {
    let parts = [vec![7; MIN_TAKEN + 5], vec![8; 3]].map(|part| Ok::<_, std::io::Error>(Bytes::from(part)));
    let mut body = PacedBody::new(Body::from_stream(stream::iter(parts)));
    let mut sizes = Vec::new();
    while let Some(frame) = body.frame().await {
        sizes.push((frame.unwrap().into_data().unwrap().len(), body.size_hint().lower()));
        assert_eq!(body.size_hint().upper(), None);
    }
    assert_eq!(sizes, [(MIN_TAKEN + 5 - UNTIMED, UNTIMED as u64), (UNTIMED, 0), (3, 0)]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_idle_once_its_last_stream_has_ended() {
    let streams = streams(SECOND);
    let start = Instant::now();
    let (first, second) = (streams.open(), streams.open());
    let waiting = tokio::spawn({
        let streams = streams.clone();
        async move {
            streams.idle_for(5 * SECOND).await;
            Instant::now()
        }
    });
    sleep(10 * SECOND).await;
    drop(first);
    sleep(7 * SECOND).await;
    drop(second);
    assert_eq!((waiting.await.unwrap() - start).as_secs(), 22);
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_when_its_client_takes_no_data_for_the_write_timeout() {
    let blocked = async {
        set_unsent(Some(Instant::now()));
        pending().await
    };
    assert_eq!(seconds_of(blocked).await, 10);
}

#[tokio::test(start_paused = true)]
async fn a_stream_whose_client_takes_data_or_that_has_none_is_not_limited() {
    let slow = async {
        for _ in 0..5 {
            set_unsent(Some(Instant::now()));
            sleep(9 * SECOND).await;
        }
        set_unsent(None);
        sleep(100 * SECOND).await;
    };
    assert_eq!(seconds_of(slow).await, 145);
}

#[tokio::test(start_paused = true)]
async fn a_closing_connection_ends_its_streams() {
    let streams = streams(10 * SECOND);
    streams.execute(pending::<()>());
    streams.tasks.close();
    streams.closing.cancel();
    streams.tasks.wait().await;
    assert_eq!(streams.lock().count, 0);
}
