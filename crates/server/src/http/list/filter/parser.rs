//! `filter=`: a subset of AIP-160. `status = "open" AND (total > 500 OR NOT customer_name:"acme")`
//!
//! AND and OR may not be mixed without parentheses: people read `a AND b OR c` in two ways, so neither is guessed.
//! Operators without a symbol are written as in query parameters: `number.prefix = "SO-2026"`, `status.in = ("open", "held")`.

use super::lexer::{Placed, Token, tokens};
use super::{
    COMPARISONS_MAX, Compare, Expr, FILTER_CHARS_MAX, FilterError, NESTING_MAX, Op, resolve,
    unknown_operator,
};
use crate::http::list::spec::{FieldKind, ListSpec};

/// Reads a filter expression. Errors carry the position.
pub fn parse(spec: &'static ListSpec, text: &str) -> Result<Expr, FilterError> {
    if text.chars().count() > FILTER_CHARS_MAX {
        return Err(FilterError::new(
            "filter_too_complex",
            format!("A filter has at most {FILTER_CHARS_MAX} characters."),
        ));
    }
    let tokens = tokens(text)?;
    let end = text.chars().count() + 1;
    let mut parser = Parser {
        spec,
        tokens,
        at: 0,
        end,
        depth: 0,
        comparisons: 0,
    };
    let expr = parser.expression()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.expected("AND, OR or the end")),
    }
}

struct Parser {
    spec: &'static ListSpec,
    tokens: Vec<Placed>,
    at: usize,
    end: usize,
    depth: usize,
    comparisons: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, _)| token)
    }

    fn position(&self) -> usize {
        self.tokens
            .get(self.at)
            .map_or(self.end, |(_, position)| *position)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(s)) if *s == symbol);
        self.at += usize::from(found);
        found
    }

    fn keyword(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(w)) if w == word);
        self.at += usize::from(found);
        found
    }

    fn expected(&self, what: &str) -> FilterError {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(Token::Word(word)) => format!("`{word}`"),
            Some(Token::Quoted(text)) => format!("\"{text}\""),
            Some(Token::Symbol(symbol)) => format!("`{symbol}`"),
        };
        FilterError::new(
            "invalid_filter",
            format!(
                "Expected {what} at position {}, found {found}.",
                self.position()
            ),
        )
        .at(self.position())
    }

    fn expression(&mut self) -> Result<Expr, FilterError> {
        let first = self.term()?;
        let mut parts = vec![first];
        let mut joined_by = None;
        loop {
            let position = self.position();
            let word = if self.keyword("AND") {
                "AND"
            } else if self.keyword("OR") {
                "OR"
            } else {
                break;
            };
            if *joined_by.get_or_insert(word) != word {
                return Err(FilterError::new("invalid_filter", format!("AND and OR are mixed at position {position}; say with parentheses which belongs together.")).at(position));
            }
            parts.push(self.term()?);
        }
        Ok(match (joined_by, parts.len()) {
            (Some("OR"), _) => Expr::Or(parts),
            (Some(_), _) => Expr::And(parts),
            (None, _) => parts.swap_remove(0),
        })
    }

    fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, FilterError>,
    ) -> Result<T, FilterError> {
        if self.depth >= NESTING_MAX {
            return Err(FilterError::new(
                "filter_too_complex",
                format!("A filter nests at most {NESTING_MAX} levels."),
            )
            .at(self.position()));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn term(&mut self) -> Result<Expr, FilterError> {
        if self.keyword("NOT") {
            return self.deeper(|parser| parser.term().map(|term| Expr::Not(Box::new(term))));
        }
        if self.take("(") {
            let inner = self.deeper(Self::expression)?;
            return if self.take(")") {
                Ok(inner)
            } else {
                Err(self.expected("`)`"))
            };
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expr, FilterError> {
        let position = self.position();
        let Some(Token::Word(name)) = self.peek().cloned() else {
            return Err(self.expected("a field's name"));
        };
        self.at += 1;
        self.comparisons += 1;
        if self.comparisons > COMPARISONS_MAX {
            return Err(too_many().at(position));
        }
        let (field, suffix) = resolve(self.spec, &name).map_err(|e| e.at(position))?;
        let at_symbol = self.position();
        let symbol = match self.next() {
            Some(Token::Symbol(symbol)) => symbol,
            _ => {
                self.at = self.at.saturating_sub(1);
                return Err(self.expected("an operator (= != < <= > >= :)"));
            }
        };
        if symbol == ":" && suffix.is_none() && self.take("*") {
            return Compare::new(field, Op::Null, &["false".to_owned()])
                .map_err(|e| e.at(position))
                .and_then(|c| allowed(c, "null", position));
        }
        let op = match (symbol, suffix) {
            ("=", Some(op)) => op,
            ("=", None) => Op::Eq,
            ("!=", None) => Op::Ne,
            ("<", None) => Op::Lt,
            ("<=", None) => Op::Lte,
            (">", None) => Op::Gt,
            (">=", None) => Op::Gte,
            (":", None) => match field.kind {
                FieldKind::Text | FieldKind::Upper => Op::Contains,
                FieldKind::Tags => Op::Has,
                _ => Op::Eq,
            },
            _ => {
                self.at = self.at.saturating_sub(1);
                return Err(self.expected("an operator (= != < <= > >= :)"));
            }
        };
        if !op.applies_to(field) {
            return Err(unknown_operator(field, symbol).at(at_symbol));
        }
        let at_value = self.position();
        let values = self.values()?;
        Compare::new(field, op, &values)
            .map(Expr::Compare)
            .map_err(|e| e.at(at_value))
    }

    fn values(&mut self) -> Result<Vec<String>, FilterError> {
        if !self.take("(") {
            return Ok(vec![self.value()?]);
        }
        let mut values = vec![self.value()?];
        while self.take(",") {
            values.push(self.value()?);
        }
        if self.take(")") {
            Ok(values)
        } else {
            Err(self.expected("`,` or `)`"))
        }
    }

    fn value(&mut self) -> Result<String, FilterError> {
        match self.peek().cloned() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.expected("a value")),
        }
    }
}

fn allowed(compare: Compare, operator: &str, position: usize) -> Result<Expr, FilterError> {
    if compare.op.applies_to(compare.field) {
        Ok(Expr::Compare(compare))
    } else {
        Err(unknown_operator(compare.field, operator).at(position))
    }
}

/// More comparisons than a request may have.
pub(super) fn too_many() -> FilterError {
    FilterError::new(
        "filter_too_complex",
        format!("A request has at most {COMPARISONS_MAX} comparisons."),
    )
}
