//! Dates and instants as they travel in JSON. What day it is comes from outside.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};

use crate::scalar::{Invalid, Scalar, scalar_traits};

/// Years a document may carry: a typing mistake such as 0202 or 20262 is refused.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A calendar date, `2026-02-28`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(NaiveDate);

impl Date {
    /// Wraps a date of the years 1900 to 2199.
    pub fn new(date: NaiveDate) -> Option<Self> {
        YEARS.contains(&date.year()).then_some(Date(date))
    }

    /// The date for arithmetic and SQL.
    pub fn naive(self) -> NaiveDate {
        self.0
    }
}

impl FromStr for Date {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("invalid_date", "is not a date such as 2026-02-28");
        let shape = text.bytes().enumerate().all(|(i, b)| {
            if i == 4 || i == 7 {
                b == b'-'
            } else {
                b.is_ascii_digit()
            }
        });
        if text.len() != 10 || !shape {
            return Err(invalid());
        }
        let date = text.parse::<NaiveDate>().map_err(|_| invalid())?;
        Date::new(date).ok_or_else(|| {
            Invalid::new(
                "date_out_of_range",
                "is not between the years 1900 and 2199",
            )
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl Scalar for Date {
    const DESCRIPTION: &'static str = "Calendar date, ISO 8601";
    const EXAMPLE: &'static str = "2026-11-24";
    const FORMAT: Option<&'static str> = Some("date");
}
scalar_traits!(Date);

/// An instant, RFC 3339 with an offset; written in UTC to the microsecond as the database keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// Wraps an instant.
    pub fn new(at: DateTime<Utc>) -> Self {
        Timestamp(at)
    }

    /// The instant for arithmetic and SQL.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl FromStr for Timestamp {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let at = DateTime::parse_from_rfc3339(text)
            .map_err(|_| {
                Invalid::new(
                    "invalid_timestamp",
                    "is not a time such as 2026-11-24T09:30:00Z",
                )
            })?
            .with_timezone(&Utc);
        if !YEARS.contains(&at.year()) {
            return Err(Invalid::new(
                "date_out_of_range",
                "is not between the years 1900 and 2199",
            ));
        }
        Ok(Timestamp(at))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl Scalar for Timestamp {
    const DESCRIPTION: &'static str = "Instant, RFC 3339";
    const EXAMPLE: &'static str = "2026-11-24T09:30:00.000000Z";
    const FORMAT: Option<&'static str> = Some("date-time");
}
scalar_traits!(Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(
            "2024-02-29"
                .parse::<Date>()
                .map(|d| d.to_string())
                .as_deref(),
            Ok("2024-02-29")
        );
        for text in [
            "2026-02-30",
            "2026-2-3",
            "20260203",
            "2026-13-01",
            "",
            "2026-02-03T00:00:00Z",
            "+026-02-03",
            "２026-02-0",
        ] {
            assert_eq!(text.parse::<Date>().expect_err(text).code(), "invalid_date");
        }
        assert_eq!(
            "0202-01-01".parse::<Date>().expect_err("year").code(),
            "date_out_of_range"
        );
    }

    #[test]
    fn timestamps() {
        let at: Timestamp = "2026-11-24T10:30:00+01:00".parse().expect("valid");
        assert_eq!(at.to_string(), "2026-11-24T09:30:00.000000Z");
        assert_eq!(at.to_string().parse(), Ok(at));
        assert!("2026-11-24T10:30:00".parse::<Timestamp>().is_err());
    }
}
