//! Arithmetic over columns, in decimals: `[Sales] / [Quantity]`, `Price * (1 - Discount)`.

use rust_decimal::Decimal;

/// Deepest nesting of an expression.
const DEPTH_MAX: usize = 20;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    Number(Decimal),
    Column(String),
    Negative(Box<Expression>),
    Both(Operator, Box<Expression>, Box<Expression>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Divide,
}

impl Expression {
    /// Reads an expression. Errors say what was expected.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser {
            chars: text.chars().collect(),
            at: 0,
            depth: 0,
        };
        let expression = parser.sum()?;
        parser.blanks();
        if parser.at < parser.chars.len() {
            Err(parser.expected("an operator or the end"))
        } else {
            Ok(expression)
        }
    }

    /// The columns it needs.
    pub(super) fn columns(&self) -> Vec<&str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Column(name) => vec![name],
            Self::Negative(inner) => inner.columns(),
            Self::Both(_, left, right) => {
                let mut columns = left.columns();
                columns.extend(right.columns());
                columns
            }
        }
    }

    /// Its value; `None` when a needed column is empty. Errors: a cell that is no number, division by zero, overflow.
    pub(super) fn value(
        &self,
        cell: &dyn Fn(&str) -> Result<Option<Decimal>, String>,
    ) -> Result<Option<Decimal>, String> {
        Ok(match self {
            Self::Number(number) => Some(*number),
            Self::Column(name) => cell(name)?,
            Self::Negative(inner) => inner.value(cell)?.map(|value| -value),
            Self::Both(operator, left, right) => match (left.value(cell)?, right.value(cell)?) {
                (Some(left), Some(right)) => Some(operator.apply(left, right)?),
                _ => None,
            },
        })
    }
}

impl Operator {
    fn apply(self, left: Decimal, right: Decimal) -> Result<Decimal, String> {
        let result = match self {
            Self::Plus => left.checked_add(right),
            Self::Minus => left.checked_sub(right),
            Self::Times => left.checked_mul(right),
            Self::Divide if right.is_zero() => {
                return Err("The expression divides by zero.".to_owned());
            }
            Self::Divide => left.checked_div(right),
        };
        result.ok_or_else(|| "The result of the expression is too large.".to_owned())
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn blanks(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn expected(&self, what: &str) -> String {
        match self.chars.get(self.at) {
            Some(c) => format!("expected {what} at character {}, found “{c}”", self.at + 1),
            None => format!("expected {what} at the end"),
        }
    }

    fn operator(&mut self, known: &[(char, Operator)]) -> Option<Operator> {
        self.blanks();
        let c = self.chars.get(self.at)?;
        let found = known
            .iter()
            .find(|(symbol, _)| symbol == c)
            .map(|(_, operator)| *operator);
        self.at += usize::from(found.is_some());
        found
    }

    fn sum(&mut self) -> Result<Expression, String> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&[
            ('+', Operator::Plus),
            ('-', Operator::Minus),
            ('−', Operator::Minus),
        ]) {
            left = Expression::Both(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, String> {
        let mut left = self.factor()?;
        while let Some(operator) = self.operator(&[
            ('*', Operator::Times),
            ('×', Operator::Times),
            ('/', Operator::Divide),
            ('÷', Operator::Divide),
        ]) {
            left = Expression::Both(operator, Box::new(left), Box::new(self.factor()?));
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Expression, String> {
        self.blanks();
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("an expression nests at most {DEPTH_MAX} levels"));
        }
        let factor = match self.chars.get(self.at).copied() {
            Some('-') => {
                self.at += 1;
                Expression::Negative(Box::new(self.factor()?))
            }
            Some('(') => {
                self.at += 1;
                let inner = self.sum()?;
                self.closing(')')?;
                inner
            }
            Some('[') => {
                self.at += 1;
                let name = self.take(|c| c != ']');
                self.closing(']')?;
                Expression::Column(name.trim().to_owned())
            }
            Some(c) if c.is_ascii_digit() => {
                let digits = self.take(|c| c.is_ascii_digit() || c == '.');
                Expression::Number(
                    digits
                        .parse()
                        .map_err(|_| format!("“{digits}” is no number"))?,
                )
            }
            Some(c) if c.is_alphabetic() || c == '_' => {
                Expression::Column(self.take(|c| c.is_alphanumeric() || c == '_'))
            }
            _ => return Err(self.expected("a column, a number or “(”")),
        };
        self.depth -= 1;
        Ok(factor)
    }

    fn closing(&mut self, closing: char) -> Result<(), String> {
        self.blanks();
        if self.chars.get(self.at) != Some(&closing) {
            return Err(self.expected(&format!("“{closing}”")));
        }
        self.at += 1;
        Ok(())
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.chars.get(self.at).copied().is_some_and(&belongs) {
            self.at += 1;
        }
        self.chars
            .get(start..self.at)
            .unwrap_or_default()
            .iter()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Result<Option<String>, String> {
        let cell = |name: &str| match name {
            "Sales" => Ok(Some(Decimal::new(26_196, 2))),
            "Quantity" => Ok(Some(Decimal::from(2))),
            "Unit Price" => Ok(Some(Decimal::new(5, 1))),
            "Nothing" => Ok(Some(Decimal::ZERO)),
            "Empty" => Ok(None),
            other => Err(format!("no {other}")),
        };
        Ok(Expression::parse(text)?
            .value(&cell)?
            .map(|value| value.normalize().to_string()))
    }

    #[test]
    fn computes() {
        assert_eq!(value("[Sales] / [Quantity]").unwrap().unwrap(), "130.98");
        assert_eq!(value("Sales ÷ Quantity × 2").unwrap().unwrap(), "261.96");
        assert_eq!(value("-(1 + 2) * [Unit Price]").unwrap().unwrap(), "-1.5");
        assert_eq!(value("10 - 2 - 3").unwrap().unwrap(), "5");
        assert_eq!(value("Sales * Empty").unwrap(), None);
        assert!(value("Sales / Nothing").is_err());
        assert!(value("79228162514264337593543950335 * 2").is_err());
        assert!(value("Missing").is_err());
    }

    #[test]
    fn refuses_nonsense() {
        for text in [
            "",
            "1 +",
            "(1",
            "[Sales",
            "1 2",
            "1.2.3",
            ")",
            "a; drop",
            &"(".repeat(1000),
            &"-".repeat(1000),
        ] {
            assert!(Expression::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+*/()\\[\\]0-9a-z. ×÷]{0,40}") {
            let _ = value(&text);
        }
    }
}
