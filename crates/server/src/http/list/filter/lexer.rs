//! Words, quoted texts and symbols of a `filter` expression, with their positions.

use super::FilterError;

/// A piece of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, keyword or unquoted value.
    Word(String),
    /// A quoted value.
    Quoted(String),
    /// `( ) , = != < <= > >= : *`
    Symbol(&'static str),
}

/// A token and where it begins, in characters from 1.
pub(super) type Placed = (Token, usize);

const SYMBOLS: &[&str] = &["!=", "<=", ">=", "(", ")", ",", "=", "<", ">", ":", "*"];

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '+')
}

/// Splits a filter into tokens. Errors: an open quotation mark, a character that means nothing.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, FilterError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        if c.is_whitespace() {
            at += 1;
        } else if c == '"' || c == '\'' {
            let (quoted, next) = quoted(&chars, at)?;
            tokens.push((Token::Quoted(quoted), start + 1));
            at = next;
        } else if is_word(c) {
            while chars.get(at).copied().is_some_and(is_word) {
                at += 1;
            }
            tokens.push((
                Token::Word(chars.iter().take(at).skip(start).collect()),
                start + 1,
            ));
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| {
                symbol
                    .chars()
                    .enumerate()
                    .all(|(i, c)| chars.get(at + i) == Some(&c))
            });
            let symbol = symbol.ok_or_else(|| FilterError::new("invalid_filter", format!("“{c}” means nothing here; put values with such characters in quotation marks.")).at(start + 1))?;
            tokens.push((Token::Symbol(symbol), start + 1));
            at += symbol.len();
        }
    }
    Ok(tokens)
}

fn quoted(chars: &[char], start: usize) -> Result<(String, usize), FilterError> {
    let quote = chars.get(start).copied();
    let mut text = String::new();
    let mut at = start + 1;
    loop {
        match chars.get(at) {
            None => {
                return Err(FilterError::new(
                    "invalid_filter",
                    "The quotation mark is never closed.",
                )
                .at(start + 1));
            }
            Some('\\') => {
                if let Some(c) = chars.get(at + 1) {
                    text.push(*c);
                }
                at += 2;
            }
            Some(c) if Some(*c) == quote => return Ok((text, at + 1)),
            Some(c) => {
                text.push(*c);
                at += 1;
            }
        }
    }
}
