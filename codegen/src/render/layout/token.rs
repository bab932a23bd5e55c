//! The tokens of one line of generated Rust, in the detail that line breaking needs.

/// A token of Rust and its position in a line of generated code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The kind of the Rust token.
    pub kind: Kind,
    /// The offset of the token's first byte in the line.
    pub start: usize,
    /// The offset after the token's last byte in the line.
    pub end: usize,
    /// The column of the token's first character in the line.
    pub column: usize,
    /// The index of the matching bracket in the list of tokens. For a token that is not a paired bracket, its
    /// own index.
    pub partner: usize,
}

/// The kind of a token of Rust, as far as line breaking distinguishes kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identifier, a keyword or a number.
    Word,
    /// A string, a character, a lifetime or a block comment. No line break is possible inside.
    Atom,
    /// A `//` comment up to the end of the line.
    Remark,
    /// A character of punctuation, including `<` and `>` as comparison signs.
    Mark(u8),
    /// An opening bracket whose closing bracket is on the line.
    Open(u8),
    /// A closing bracket whose opening bracket, a [`Kind::Open`], is on the line.
    Close(u8),
    /// A bracket whose matching bracket is on another line.
    Lone(u8),
}

/// The tokens of a line of generated code, or the reason why the line has no complete tokens.
#[derive(Debug, PartialEq, Eq)]
pub enum Lexed {
    /// All tokens of the line of generated code, with matching brackets.
    Tokens(Vec<Token>),
    /// A raw string begins on the line and ends on a later one. Holds the text that ends the raw string, such
    /// as `"#`.
    OpenString(String),
    /// A string or comment begins on the line and ends on a later one.
    Unclear,
}

/// Splits a line of generated code into tokens and matches its brackets.
pub fn lex(line: &str) -> Lexed {
    let bytes = line.as_bytes();
    let ascii = line.is_ascii();
    let mut tokens: Vec<Token> = Vec::with_capacity(line.len() / 3);
    let mut open: Vec<usize> = Vec::new();
    let (mut at, mut column, mut counted) = (0, 0, 0);
    while at < bytes.len() {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        column += if ascii { at - counted } else { line[counted..at].chars().count() };
        counted = at;
        let (kind, end) = match one(line, at) {
            Ok(found) => found,
            Err(other) => return other,
        };
        let mut token = Token { kind, start: at, end, column, partner: tokens.len() };
        if let Kind::Mark(mark) = kind {
            let index = tokens.len();
            match mark {
                b'(' | b'[' | b'{' => {
                    token.kind = Kind::Lone(mark);
                    open.push(index);
                }
                b'<' if opens_generics(bytes, at) => open.push(index),
                b')' | b']' | b'}' => {
                    token.kind = Kind::Lone(mark);
                    // An open `<` before a closing bracket was a comparison.
                    while open.last().is_some_and(|top| bytes[tokens[*top].start] == b'<') {
                        open.pop();
                    }
                    if let Some(partner) = open.pop() {
                        pair(&mut tokens, partner, &mut token, index);
                    }
                }
                b'>' if !matches!(before(bytes, at), b'-' | b'=') => {
                    if let Some(partner) = open.pop_if(|top| bytes[tokens[*top].start] == b'<') {
                        pair(&mut tokens, partner, &mut token, index);
                    }
                }
                _ => {}
            }
        }
        tokens.push(token);
        at = end;
    }
    Lexed::Tokens(tokens)
}

/// Marks two tokens as an opening bracket and its closing bracket.
fn pair(tokens: &mut [Token], partner: usize, token: &mut Token, index: usize) {
    if let (Kind::Mark(opening) | Kind::Lone(opening), Kind::Mark(closing) | Kind::Lone(closing)) =
        (tokens[partner].kind, token.kind)
    {
        tokens[partner].kind = Kind::Open(opening);
        tokens[partner].partner = index;
        token.kind = Kind::Close(closing);
        token.partner = partner;
    }
}

/// Returns the byte before a position in the line of generated code, or a space at the start of the line.
fn before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(b' ', |place| bytes[place])
}

/// Returns true if the `<` at a position begins generics. A comparison in generated code has a space after its sign.
fn opens_generics(bytes: &[u8], at: usize) -> bool {
    !matches!(bytes.get(at + 1), None | Some(b' ' | b'=' | b'<'))
}

/// Returns the kind and the end of the Rust token that begins at a position in the line of generated code.
fn one(line: &str, at: usize) -> Result<(Kind, usize), Lexed> {
    let bytes = line.as_bytes();
    let rest = &line[at..];
    match bytes[at] {
        b'"' => quoted(bytes, at + 1, b'"'),
        b'\'' => {
            let second = rest[1..].chars().next().map_or(1, char::len_utf8);
            match (bytes.get(at + 1), bytes.get(at + 1 + second)) {
                (Some(b'\\'), _) => quoted(bytes, at + 1, b'\''),
                (_, Some(b'\'')) => Ok((Kind::Atom, at + 2 + second)),
                _ => Ok((Kind::Atom, at + 1 + word(&rest[1..]))),
            }
        }
        b'/' if rest.starts_with("//") => Ok((Kind::Remark, bytes.len())),
        b'/' if rest.starts_with("/*") => match rest.find("*/") {
            Some(end) => Ok((Kind::Atom, at + end + 2)),
            None => Err(Lexed::Unclear),
        },
        _ => match word(rest) {
            0 => Ok((Kind::Mark(bytes[at]), at + rest.chars().next().map_or(1, char::len_utf8))),
            length => word_or_string(line, at, length),
        },
    }
}

/// Returns the kind and the end of a token that begins with a word: the word itself, or a string literal with
/// the word as its prefix, such as `b"…"`.
fn word_or_string(line: &str, at: usize, length: usize) -> Result<(Kind, usize), Lexed> {
    let bytes = line.as_bytes();
    let end = at + length;
    let plain = Ok((Kind::Word, end));
    match (&line[at..end], bytes.get(end)) {
        ("b" | "c", Some(b'"')) => quoted(bytes, end + 1, b'"'),
        ("r" | "br" | "cr", Some(b'"' | b'#')) => {
            let hashes = line[end..].bytes().take_while(|byte| *byte == b'#').count();
            let start = end + hashes + 1;
            if bytes.get(end + hashes) != Some(&b'"') {
                // The token is a raw identifier.
                return Ok((Kind::Word, end + hashes + word(&line[end + hashes..])));
            }
            let close = format!("\"{}", "#".repeat(hashes));
            match line[start..].find(&close) {
                Some(place) => Ok((Kind::Atom, start + place + close.len())),
                None => Err(Lexed::OpenString(close)),
            }
        }
        _ => plain,
    }
}

/// Returns the kind and the end of a string or character literal whose content begins at a position in the line.
fn quoted(bytes: &[u8], mut at: usize, quote: u8) -> Result<(Kind, usize), Lexed> {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            _ if *byte == quote => return Ok((Kind::Atom, at + 1)),
            _ => at += 1,
        }
    }
    Err(Lexed::Unclear)
}

/// Returns the number of bytes of the identifier or number at the start of a text, which may be 0.
fn word(text: &str) -> usize {
    text.find(|letter: char| !(letter.is_alphanumeric() || letter == '_')).unwrap_or(text.len())
}
