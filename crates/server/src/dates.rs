//! Business days: the civil date of an instant in an organization's time zone.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// The civil date at `now` in an IANA zone; an unknown zone counts as UTC (settings refuse unknown names).
pub fn business_date(now: DateTime<Utc>, zone: &str) -> NaiveDate {
    now.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC))
        .date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_turns_with_the_zone() {
        let now = "2026-03-01T23:30:00Z".parse().unwrap();
        assert_eq!(
            business_date(now, "Europe/Berlin").to_string(),
            "2026-03-02"
        );
        assert_eq!(
            business_date(now, "America/New_York").to_string(),
            "2026-03-01"
        );
    }
}
