//! Document numbers from templates such as `SO-{YYYY}-{NNNNNN}`.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::scalar::{Invalid, Scalar, scalar_traits};

/// Longest template and longest number.
pub const NUMBER_LENGTH_MAX: usize = 40;
const COUNTER_DIGITS_MAX: usize = 12;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Literal(String),
    Year4,
    Year2,
    Month,
    Day,
    Counter(usize),
}

/// A checked template: literals, `{YYYY}`, `{YY}`, `{MM}`, `{DD}` and exactly one counter `{N…}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NumberTemplate(Vec<Part>);

impl NumberTemplate {
    /// The number of a document. A counter that outgrows its digits simply gets longer.
    pub fn render(&self, number: u64, date: NaiveDate) -> String {
        self.0
            .iter()
            .map(|part| part.render(number, date))
            .collect()
    }

    /// What the counter restarts with: `2026`, `2026-11`, `2026-11-24`, or nothing for one that never does.
    pub fn period(&self, date: NaiveDate) -> String {
        let has = |part: &Part| self.0.contains(part);
        match (
            has(&Part::Day),
            has(&Part::Month),
            has(&Part::Year4) || has(&Part::Year2),
        ) {
            (true, _, _) => date.format("%Y-%m-%d").to_string(),
            (false, true, _) => date.format("%Y-%m").to_string(),
            (false, false, true) => date.format("%Y").to_string(),
            (false, false, false) => String::new(),
        }
    }
}

impl Part {
    fn parse(token: &str) -> Option<Part> {
        match token {
            "YYYY" => Some(Part::Year4),
            "YY" => Some(Part::Year2),
            "MM" => Some(Part::Month),
            "DD" => Some(Part::Day),
            _ => {
                let counter = (1..=COUNTER_DIGITS_MAX).contains(&token.len())
                    && token.bytes().all(|b| b == b'N');
                counter.then_some(Part::Counter(token.len()))
            }
        }
    }

    fn render(&self, number: u64, date: NaiveDate) -> String {
        match self {
            Part::Literal(text) => text.clone(),
            Part::Year4 => format!("{:04}", date.year()),
            Part::Year2 => format!("{:02}", date.year().rem_euclid(100)),
            Part::Month => format!("{:02}", date.month()),
            Part::Day => format!("{:02}", date.day()),
            Part::Counter(width) => format!("{number:0width$}"),
        }
    }
}

impl FromStr for NumberTemplate {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.len() > NUMBER_LENGTH_MAX {
            return Err(Invalid::new(
                "too_long",
                format!("is longer than {NUMBER_LENGTH_MAX} characters"),
            ));
        }
        let parts = parts(text)?;
        let count = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count();
        if count(|part| matches!(part, Part::Counter(_))) != 1 {
            return Err(Invalid::new(
                "counter_missing",
                "needs exactly one counter such as {NNNNNN}",
            ));
        }
        let year = count(|part| matches!(part, Part::Year4 | Part::Year2)) > 0;
        let month = count(|part| *part == Part::Month) > 0;
        let day = count(|part| *part == Part::Day) > 0;
        // A counter that restarts must not repeat a number later.
        if (month && !year) || (day && !month) {
            return Err(Invalid::new(
                "ambiguous_period",
                "would repeat numbers: a month needs its year, a day its month",
            ));
        }
        Ok(NumberTemplate(parts))
    }
}

fn parts(text: &str) -> Result<Vec<Part>, Invalid> {
    let invalid = || {
        let message =
            "may contain letters, digits, - _ / . # and {YYYY}, {YY}, {MM}, {DD}, {NNNNNN}";
        Invalid::new("invalid_template", message)
    };
    let literal = |c: char| c.is_ascii_alphanumeric() || "-_/.#".contains(c);
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (before, after) = rest
            .split_once('{')
            .map_or((rest, None), |(before, after)| (before, Some(after)));
        if !before.chars().all(literal) {
            return Err(invalid());
        }
        if !before.is_empty() {
            parts.push(Part::Literal(before.to_owned()));
        }
        let Some(after) = after else { break };
        let (token, next) = after.split_once('}').ok_or_else(invalid)?;
        parts.push(Part::parse(token).ok_or_else(invalid)?);
        rest = next;
    }
    Ok(parts)
}

impl fmt::Display for NumberTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Literal(text) => f.write_str(text),
            Part::Year4 => f.write_str("{YYYY}"),
            Part::Year2 => f.write_str("{YY}"),
            Part::Month => f.write_str("{MM}"),
            Part::Day => f.write_str("{DD}"),
            Part::Counter(width) => write!(f, "{{{}}}", "N".repeat(*width)),
        })
    }
}

impl Scalar for NumberTemplate {
    const DESCRIPTION: &'static str =
        "Number template with {YYYY}, {YY}, {MM}, {DD} and one counter {NNNNNN}";
    const EXAMPLE: &'static str = "SO-{YYYY}-{NNNNNN}";
    const MAX_LENGTH: Option<usize> = Some(NUMBER_LENGTH_MAX);
}
scalar_traits!(NumberTemplate);

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> NumberTemplate {
        text.parse().expect(text)
    }

    #[test]
    fn renders() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 9).expect("date");
        assert_eq!(
            template("SO-{YYYY}-{NNNNNN}").render(42, date),
            "SO-2026-000042"
        );
        assert_eq!(
            template("{YY}{MM}{DD}/{NNN}").render(1234, date),
            "260309/1234"
        );
        assert_eq!(template("{N}").render(u64::MAX, date), u64::MAX.to_string());
    }

    #[test]
    fn periods() {
        let date = NaiveDate::from_ymd_opt(2026, 3, 9).expect("date");
        for (text, period) in [
            ("SO-{NNN}", ""),
            ("SO-{YY}-{NNN}", "2026"),
            ("{YYYY}{MM}-{N}", "2026-03"),
            ("{YY}{MM}{DD}{NN}", "2026-03-09"),
        ] {
            assert_eq!(template(text).period(date), period);
            assert_eq!(template(text).to_string(), text);
        }
    }

    #[test]
    fn refuses() {
        for (text, code) in [
            ("SO-{YYYY}", "counter_missing"),
            ("{N}{N}", "counter_missing"),
            ("", "counter_missing"),
            ("{MM}-{NN}", "ambiguous_period"),
            ("{YYYY}{DD}{N}", "ambiguous_period"),
            ("{N", "invalid_template"),
            ("{X}{N}", "invalid_template"),
            ("{}{N}", "invalid_template"),
            ("a b{N}", "invalid_template"),
            ("N}{N}", "invalid_template"),
            ("{NNNNNNNNNNNNN}", "invalid_template"),
        ] {
            assert_eq!(
                text.parse::<NumberTemplate>().expect_err(text).code(),
                code,
                "{text}"
            );
        }
        assert_eq!(
            "x".repeat(41)
                .parse::<NumberTemplate>()
                .expect_err("long")
                .code(),
            "too_long"
        );
    }
}
