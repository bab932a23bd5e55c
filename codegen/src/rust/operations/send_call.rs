//! The call on a reply that sends the body of a response.

/// A call on the runtime's `Reply`.
#[derive(Debug, Clone)]
pub struct SendCall {
    /// The method.
    pub method: &'static str,
    /// The expression of the media type; none where the body brings it along.
    pub media: Option<String>,
    /// How the body is passed.
    pub argument: Argument,
    /// True if the method takes the responder.
    pub takes_responder: bool,
    /// True if an argument uses the responder.
    pub uses_responder: bool,
}

/// How a body is passed to the call that sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument {
    /// As it is.
    Owned,
    /// By reference.
    Borrowed,
    /// As the text that it displays.
    Text,
}

impl SendCall {
    /// The call for a body of several media types, whose enum chooses.
    pub const CONTENT: SendCall = SendCall {
        method: "content",
        media: None,
        argument: Argument::Owned,
        takes_responder: true,
        uses_responder: true,
    };

    /// Returns the call with a value.
    pub fn with(&self, value: &str) -> String {
        let mut arguments: Vec<String> = self.media.iter().cloned().collect();
        arguments.push(match self.argument {
            Argument::Owned => value.to_owned(),
            Argument::Borrowed => format!("&{value}"),
            Argument::Text => format!("{value}.to_string()"),
        });
        arguments.extend(self.takes_responder.then(|| "responder".to_owned()));
        format!("{}({})", self.method, arguments.join(", "))
    }
}
