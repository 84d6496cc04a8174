//! Cells for CSV and spreadsheets that no program takes for a formula (ASVS 1.2.10).

use std::borrow::Cow;

/// Puts an apostrophe before a cell that a spreadsheet would evaluate; plain numbers stay numbers.
pub fn neutralize(cell: &str) -> Cow<'_, str> {
    let risky = cell.chars().next().is_some_and(starts_formula);
    if risky && !is_plain_number(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

fn starts_formula(first: char) -> bool {
    matches!(
        first,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠'
    )
}

fn is_plain_number(cell: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = cell.strip_prefix('-').unwrap_or(cell);
    unsigned.split_once('.').map_or_else(
        || digits(unsigned),
        |(whole, fraction)| digits(whole) && digits(fraction),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_kept() {
        for cell in [
            "=1+1",
            "+49 30",
            "-cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "\0x",
            "-1-1",
            "-",
            "--1",
            "＝1",
        ] {
            assert_eq!(neutralize(cell), format!("'{cell}"));
        }
        for cell in ["", "-12.50", "-3", "7", "plain", "a=b", "'quoted"] {
            assert_eq!(neutralize(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn nothing_risky_is_left(cell: String) {
            let safe = neutralize(&cell);
            prop_assert!(!safe.chars().next().is_some_and(starts_formula) || is_plain_number(&safe));
            prop_assert!(safe.ends_with(&cell));
        }
    }
}
