//! The one round trip that the policies of a gate share: their commands, and the responses of each.

#[cfg(feature = "redis")]
use redis::{FromRedisValue, Pipeline, ToRedisArgs, Value};

/// The Redis commands of all policies for one request. A service without Redis sends none.
#[derive(Debug, Default)]
pub struct Commands {
    #[cfg(feature = "redis")]
    pub(crate) pipeline: Pipeline,
    acceptance: Acceptance,
}

/// The knowledge about the caller of a request before the round trip: may it act, as far as Redis can tell?
///
/// A caller who may not act must not take anything that belongs to somebody, such as a token of the rate limit of a user
/// whose session has ended. So a policy that takes something within the round trip observes this condition.
#[derive(Debug, Clone, Default)]
pub(crate) enum Acceptance {
    /// No policy refuses the caller.
    #[default]
    Accepted,
    /// The caller may act if the first key is absent in Redis and the second one is present.
    #[cfg(feature = "redis")]
    IfKeys { absent: String, present: String },
    /// The decision follows after the round trip.
    Undecided,
}

/// A Redis command that a policy is adding to [`Commands`].
#[cfg(feature = "redis")]
#[derive(Debug)]
pub struct Command<'a>(&'a mut Pipeline);

/// The responses to the commands of one policy.
#[derive(Debug)]
pub struct Responses {
    /// `None` if Redis is unavailable.
    #[cfg(feature = "redis")]
    values: Option<std::vec::IntoIter<Value>>,
}

impl Commands {
    /// Returns the number of commands.
    pub fn len(&self) -> usize {
        #[cfg(feature = "redis")]
        return self.pipeline.len();
        #[cfg(not(feature = "redis"))]
        0
    }

    /// Returns true if there are no commands.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Records what is known about the caller.
    pub(crate) fn accept_caller(&mut self, acceptance: Acceptance) {
        self.acceptance = acceptance;
    }

    /// Returns what is known about the caller.
    pub(crate) fn acceptance(&self) -> &Acceptance {
        &self.acceptance
    }

    /// Adds a Redis command, such as `GET`. Every command has exactly one response.
    #[cfg(feature = "redis")]
    pub fn command(&mut self, name: &str) -> Command<'_> {
        self.pipeline.cmd(name);
        Command(&mut self.pipeline)
    }
}

#[cfg(feature = "redis")]
impl Command<'_> {
    /// Adds an argument to the command.
    pub fn arg(self, value: impl ToRedisArgs) -> Self {
        self.0.arg(value);
        self
    }
}

impl Responses {
    /// Returns no responses, as for a policy without commands.
    pub(crate) fn empty() -> Responses {
        Responses {
            #[cfg(feature = "redis")]
            values: Some(Vec::new().into_iter()),
        }
    }

    /// Returns true if Redis has responded. Without Redis, or if it is unavailable, no response can be read.
    pub fn is_available(&self) -> bool {
        #[cfg(feature = "redis")]
        return self.values.is_some();
        #[cfg(not(feature = "redis"))]
        false
    }

    /// Splits off the next `count` responses.
    pub(super) fn take(&mut self, count: usize) -> Responses {
        #[cfg(feature = "redis")]
        return Responses {
            values: self.values.as_mut().map(|values| values.take(count).collect::<Vec<_>>().into_iter()),
        };
        #[cfg(not(feature = "redis"))]
        {
            let _ = count;
            Responses::empty()
        }
    }
}

#[cfg(feature = "redis")]
impl Responses {
    /// Returns the responses to a pipeline, or unavailable ones.
    pub(crate) fn of(values: Option<Vec<Value>>) -> Responses {
        Responses { values: values.map(Vec::into_iter) }
    }

    /// Returns the next response in its raw form. Returns `None` if Redis is unavailable.
    pub fn next_raw(&mut self) -> Option<Value> {
        self.values.as_mut()?.next()
    }

    /// Returns the next response as a value of the type. Returns `None` if Redis is unavailable or refused the command.
    pub fn next_as<T: FromRedisValue>(&mut self) -> Option<T> {
        T::from_redis_value(self.next_raw()?).ok()
    }
}

#[cfg(all(test, feature = "redis"))]
mod tests {
    use super::*;

    #[test]
    fn commands_are_counted() {
        let mut commands = Commands::default();
        assert!(commands.is_empty());
        commands.command("PING");
        assert_eq!((commands.len(), commands.is_empty()), (1, false));
    }
}
