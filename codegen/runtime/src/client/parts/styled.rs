//! Writing the values of form parts that have a style of query parameters (OpenAPI 3.1.2 § 4.8.15.1.2).

use crate::json::TextValue;
use crate::request::multipart::PartStyle;
use crate::style::write::NULL;

const NESTED: &str = "its style cannot express a list or an object within another one";
const BRACKETS: &str = "its style cannot express a key that is empty or contains a bracket";

/// The form parts of styled values: names and texts, in the order in which they are sent.
#[derive(Default)]
pub(super) struct StyledParts(Vec<StyledPart>);

struct StyledPart {
    name: String,
    text: String,
    /// True if the text is a list to which elements can be added.
    list: bool,
}

impl StyledParts {
    /// Adds a value, or an element of a list if `repeated` is true, by the style of its part.
    ///
    /// # Errors
    ///
    /// Returns a message if the style cannot express the value.
    pub(super) fn add(
        &mut self,
        name: &str,
        repeated: bool,
        style: PartStyle,
        value: &TextValue<'_>,
    ) -> Result<(), String> {
        match (style, value) {
            (PartStyle::Scalar, value) => self.push(name, scalar(value)?),
            (PartStyle::Delimited(delimiter), element) if repeated => return self.element(name, delimiter, element),
            (PartStyle::Delimited(delimiter), TextValue::Map(map)) => {
                let mut pieces = Vec::new();
                for (key, value) in map {
                    pieces.extend([undivided(key, delimiter)?, undivided(scalar(value)?, delimiter)?]);
                }
                self.push(name, &pieces.join(delimiter.encode_utf8(&mut [0; 4])));
            }
            (PartStyle::Brackets, TextValue::Map(map)) => {
                for (key, value) in map {
                    self.bracketed(&in_brackets(name, key)?, value)?;
                }
            }
            (PartStyle::Members(_), TextValue::Map(map)) => {
                for (key, value) in map {
                    match value {
                        TextValue::List(list) => {
                            for element in list {
                                self.push(key, scalar(element)?);
                            }
                        }
                        value => self.push(key, scalar(value)?),
                    }
                }
            }
            _ => return Err(NESTED.to_owned()),
        }
        Ok(())
    }

    /// Returns the name and the text of each form part.
    ///
    /// # Errors
    ///
    /// Returns a message if a list would be read as an empty one.
    pub(super) fn finish(self) -> Result<impl Iterator<Item = (String, String)>, String> {
        match self.0.iter().find(|part| part.list && part.text.is_empty()) {
            Some(part) => Err(format!("the list `{}` of one empty string would be read as an empty list", part.name)),
            None => Ok(self.0.into_iter().map(|part| (part.name, part.text))),
        }
    }

    fn push(&mut self, name: &str, text: &str) {
        self.0.push(StyledPart { name: name.to_owned(), text: text.to_owned(), list: false });
    }

    /// Adds an element to the list with this name, which is a single form part.
    fn element(&mut self, name: &str, delimiter: char, element: &TextValue<'_>) -> Result<(), String> {
        let element = undivided(scalar(element)?, delimiter)?;
        match self.0.iter_mut().find(|part| part.list && part.name == name) {
            Some(part) => {
                part.text.push(delimiter);
                part.text.push_str(element);
            }
            None => self.0.push(StyledPart { name: name.to_owned(), text: element.to_owned(), list: true }),
        }
        Ok(())
    }

    /// Adds a value of any nesting depth under a name with brackets. A list of scalars repeats its name.
    fn bracketed(&mut self, name: &str, value: &TextValue<'_>) -> Result<(), String> {
        match value {
            TextValue::Null => return Err(NULL.into_owned()),
            TextValue::Scalar(text) => self.push(name, text),
            TextValue::List(list) if list.iter().all(|element| scalar(element).is_ok()) => {
                for element in list {
                    self.bracketed(name, element)?;
                }
            }
            TextValue::List(list) => {
                for (at, element) in list.iter().enumerate() {
                    self.bracketed(&format!("{name}[{at}]"), element)?;
                }
            }
            TextValue::Map(map) => {
                for (key, value) in map {
                    self.bracketed(&in_brackets(name, key)?, value)?;
                }
            }
        }
        Ok(())
    }
}

fn scalar<'v>(value: &'v TextValue<'_>) -> Result<&'v str, String> {
    match value {
        TextValue::Null => Err(NULL.into_owned()),
        TextValue::Scalar(text) => Ok(text),
        TextValue::List(_) | TextValue::Map(_) => Err(NESTED.to_owned()),
    }
}

/// Returns a string that does not contain the delimiter of its list.
fn undivided(text: &str, delimiter: char) -> Result<&str, String> {
    match text.contains(delimiter) {
        true => Err(format!("an element with `{delimiter}` would be read as two elements")),
        false => Ok(text),
    }
}

fn in_brackets(name: &str, key: &str) -> Result<String, String> {
    match key.is_empty() || key.contains(['[', ']']) {
        true => Err(BRACKETS.to_owned()),
        false => Ok(format!("{name}[{key}]")),
    }
}
