//! Reading the streams of a consumer group.

use std::time::Duration;

use redis::streams::{StreamId, StreamReadReply};
use redis::{FromRedisValue, Value};

use super::dispatch::Request;
use crate::events::PARTITIONS;
use crate::events::relay::stream_key;
use crate::redis::Redis;

/// The largest number of entries of a partition in one response.
const COUNT: usize = 32;

/// The longest time that a read waits for new entries.
const WAIT: Duration = Duration::from_millis(500);

/// The longest wait of a read that leaves out a partition, which can be read as soon as some of its entries are handled.
const SHORT_WAIT: Duration = Duration::from_millis(20);

/// The time limit of the response to a read, beyond its wait.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The name of the consumer within its group. The lease decides which process it is, so all processes share the name, and
/// with it the list of the entries that are not acknowledged.
const CONSUMER: &str = "leased";

/// The result of a read.
#[derive(Debug)]
pub(super) enum Batch {
    /// The entries of each partition that was read. `recovers` is that of the request.
    Entries { entries: Vec<(i16, Vec<StreamId>)>, recovers: bool },
    /// Redis did not respond, or had lost the group.
    Failed,
}

/// The reader of a consumer group. Its connection is its own, because reads wait.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    redis: Redis,
    group: String,
}

impl Reader {
    pub(super) fn new(redis: Redis, group: &str) -> Reader {
        Reader { redis, group: group.to_owned() }
    }

    /// Reads the requested streams. New entries are waited for.
    pub(super) async fn read(self, request: Request) -> Batch {
        let mut command = redis::pipe();
        command.cmd("XREADGROUP").arg("GROUP").arg(&self.group).arg(CONSUMER).arg("COUNT").arg(COUNT);
        if !request.recovers {
            let wait = if request.is_partial { SHORT_WAIT } else { WAIT };
            command.arg("BLOCK").arg(wait.as_millis() as u64);
        }
        command.arg("STREAMS");
        for (partition, _) in &request.after {
            command.arg(stream_key(&self.redis, *partition));
        }
        for (_, after) in &request.after {
            command.arg(after);
        }
        command.ignore_errors();
        let responses: Result<Vec<Value>, _> = self.redis.run_with_timeout(&command, WAIT + TIMEOUT).await;
        match responses.ok().and_then(|responses| responses.into_iter().next()) {
            None => {
                // While Redis is unavailable, commands fail at once.
                tokio::time::sleep(WAIT).await;
                Batch::Failed
            }
            Some(Value::ServerError(error)) => {
                match error.code() {
                    "NOGROUP" => self.create().await,
                    _ => tracing::warn!(group = self.group, %error, "redis does not let a consumer read"),
                }
                Batch::Failed
            }
            Some(response) => self.entries(response, &request),
        }
    }

    /// Returns the entries of a response, in the order of the request. A partition without entries has an empty list.
    fn entries(&self, response: Value, request: &Request) -> Batch {
        let mut found = match response {
            Value::Nil => Vec::new(),
            response => match StreamReadReply::from_redis_value(response) {
                Ok(reply) => reply.keys,
                Err(error) => {
                    tracing::error!(group = self.group, %error, "redis responded to a read as no stream does");
                    return Batch::Failed;
                }
            },
        };
        let entries = request.after.iter().map(|(partition, _)| {
            let key = stream_key(&self.redis, *partition);
            let read = found.iter_mut().find(|stream| stream.key == key);
            (*partition, read.map(|stream| std::mem::take(&mut stream.ids)).unwrap_or_default())
        });
        Batch::Entries { entries: entries.collect(), recovers: request.recovers }
    }

    /// Creates the group in every stream that lacks it. It begins with the first entry, because the inbox knows the
    /// entries that were handled before Redis lost the group.
    async fn create(&self) {
        let mut commands = redis::pipe();
        for partition in 0..PARTITIONS {
            let stream = stream_key(&self.redis, partition);
            commands.cmd("XGROUP").arg("CREATE").arg(stream).arg(&self.group).arg("0").arg("MKSTREAM").ignore();
        }
        commands.ignore_errors();
        let _ = self.redis.run_with_timeout::<Value>(&commands, TIMEOUT).await;
    }
}
