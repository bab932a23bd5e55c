//! The arguments of a command, and the remarks that every change can have.

/// The maximum length of a reason, in characters.
const MAX_REASON: usize = 500;

/// The maximum length of the name of an operator, in characters.
const MAX_OPERATOR: usize = 100;

/// The remarks of an operator about a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Note {
    /// The name of the operator, or an empty text.
    pub(crate) operator: String,
    /// The reason of the change, or an empty text.
    pub(crate) reason: String,
}

impl Note {
    /// Sets the name of the operator if the command has none.
    pub(crate) fn name_operator(&mut self, name: &str) {
        if self.operator.is_empty() {
            self.operator = name.chars().filter(|letter| !letter.is_control()).take(MAX_OPERATOR).collect();
        }
    }
}

/// The arguments of a command that are not yet parsed.
pub(crate) struct Words<'a> {
    arguments: &'a [String],
    /// The description of the subcommand, for error messages.
    usage: &'static str,
}

impl<'a> Words<'a> {
    pub(crate) fn new(arguments: &'a [String], usage: &'static str) -> Words<'a> {
        Words { arguments, usage }
    }

    pub(crate) fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.arguments.split_first()?;
        self.arguments = rest;
        Some(first)
    }

    /// Returns the next argument. `subject` begins the error message if there is none.
    pub(crate) fn required(&mut self, subject: &str) -> Result<&'a str, String> {
        self.next().ok_or_else(|| format!("{subject} is missing; the commands are:\n\n{}", self.usage))
    }

    /// Checks that no argument is left.
    pub(crate) fn end(&mut self) -> Result<(), String> {
        match self.next() {
            None => Ok(()),
            Some(word) => Err(format!("`{word}` is not expected here; the commands are:\n\n{}", self.usage)),
        }
    }

    /// Parses `by NAME` or `reason TEXT`. Returns false if `word` begins neither.
    pub(crate) fn remark(&mut self, word: &str, note: &mut Note) -> Result<bool, String> {
        match word {
            "by" => note.operator = line("the name after `by`", self.required("the name after `by`")?, MAX_OPERATOR)?,
            "reason" => note.reason = line("the reason", self.required("the text after `reason`")?, MAX_REASON)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Checks the length of a text, and that it has no control characters. `subject` begins the error message.
fn line(subject: &str, text: &str, max: usize) -> Result<String, String> {
    if text.chars().count() > max {
        return Err(format!("{subject} must have at most {max} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{subject} must be one line without control characters"));
    }
    Ok(text.to_owned())
}
