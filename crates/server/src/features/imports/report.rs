//! What an import did or would do: counts per kind of object, every error and warning with its row, column, value, rule and fix.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::mapping::Entity;
use super::table::Table;

/// Most errors and most warnings that are listed; the totals count all.
const LISTED_MAX: usize = 1000;
/// Longest failed-rows file that is part of the report.
const FAILED_ROWS_MAX: usize = 1_000_000;

/// One error or warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Issue {
    /// Kind of object.
    pub entity: Entity,
    /// Row, as a spreadsheet counts; the header is 1.
    pub row: u64,
    /// Column or columns of the file.
    pub column: Option<String>,
    /// Field of the API.
    pub field: Option<String>,
    /// What the cell holds.
    pub value: Option<String>,
    /// The rule: a stable code.
    pub code: String,
    /// What is wrong.
    pub detail: String,
    /// What to do about it.
    pub fix: String,
}

/// Counts of one kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// Kind of object.
    pub entity: Entity,
    /// Objects in the file.
    pub objects: u64,
    /// Lines of these objects.
    pub lines: u64,
    /// New ones.
    pub created: u64,
    /// Changed ones.
    pub updated: u64,
    /// Ones that are already so.
    pub unchanged: u64,
    /// Ones with errors.
    pub failed: u64,
}

impl Counts {
    /// Nothing yet.
    pub const fn new(entity: Entity) -> Self {
        Self {
            entity,
            objects: 0,
            lines: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            failed: 0,
        }
    }
}

/// The report of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Whether anything was kept; false for a dry run and for an all-or-nothing import with errors.
    pub committed: bool,
    /// Rows of the file.
    pub rows: u64,
    /// Counts per kind of object.
    pub results: Vec<Counts>,
    /// Number of errors.
    pub errors_total: u64,
    /// The first 1000 of them.
    pub errors: Vec<Issue>,
    /// Number of warnings.
    pub warnings_total: u64,
    /// The first 1000 of them.
    pub warnings: Vec<Issue>,
    /// The rows with errors as CSV, with a column that says what is wrong; correct them and import this file.
    pub failed_rows: Option<String>,
    #[serde(skip)]
    #[schema(ignore)]
    failed: BTreeMap<u64, String>,
}

impl Report {
    /// A report of so many rows, still empty.
    pub fn new(rows: u64) -> Self {
        Self {
            rows,
            ..Self::default()
        }
    }

    /// Notes an error and the rows that fail with it.
    pub fn error(&mut self, issue: Issue, rows: impl IntoIterator<Item = u64>) {
        self.errors_total += 1;
        for row in rows {
            let text = self.failed.entry(row).or_default();
            if text.len() < 2000 {
                let column = issue
                    .column
                    .as_deref()
                    .map(|column| format!("{column}: "))
                    .unwrap_or_default();
                text.push_str(if text.is_empty() { "" } else { " | " });
                text.push_str(&format!("{column}{} ({})", issue.detail, issue.code));
            }
        }
        if self.errors.len() < LISTED_MAX {
            self.errors.push(issue);
        }
    }

    /// Notes a warning.
    pub fn warning(&mut self, issue: Issue) {
        self.warnings_total += 1;
        if self.warnings.len() < LISTED_MAX {
            self.warnings.push(issue);
        }
    }

    /// The failed rows as they were, with a last column `error`; `None` when there are none.
    pub fn failed_csv(&self, table: &Table) -> Option<String> {
        if self.failed.is_empty() {
            return None;
        }
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        writer
            .write_record(table.columns.iter().map(String::as_str).chain(["error"]))
            .ok()?;
        let safe = som_domain::csv_safe::neutralize;
        for row in table.rows.iter() {
            if let Some(error) = self.failed.get(&row.number) {
                let cells = row.cells.iter().map(|cell| safe(cell)).chain([safe(error)]);
                writer
                    .write_record(cells.map(|cell| cell.into_owned()))
                    .ok()?;
            }
        }
        String::from_utf8(writer.into_inner().ok()?).ok()
    }

    /// Adds the failed rows to the report, unless they are too many for it.
    pub fn keep_failed_rows(&mut self, table: &Table) {
        self.failed_rows = self
            .failed_csv(table)
            .filter(|text| text.len() <= FAILED_ROWS_MAX);
    }
}

/// What to do about a rule that was broken.
pub fn fix(code: &str, suggestions: &[String]) -> String {
    if !suggestions.is_empty() {
        return format!("Did you mean {}?", suggestions.join(" or "));
    }
    let fix = match code {
        "required" | "missing_field" => {
            "Fill in the column, or map a column, constant or default to this field."
        }
        "unknown_sku" | "unknown_product" | "unknown_barcode" => {
            "Import the product first, or correct its number."
        }
        "unknown_customer" | "not_found" => "Import the customer first, or correct its number.",
        "unknown_category" => {
            "Create the category first, or set `create_categories = true` in the mapping."
        }
        "unknown_unit" | "unknown_tax_class" | "unknown_price_list" => {
            "Create it first, or correct the code."
        }
        "invalid_date" | "date_out_of_range" => {
            "Write dates as 2026-02-28, or give their format in the mapping (`date = \"%d.%m.%Y\"`)."
        }
        "invalid_decimal" | "invalid_number" => {
            "Write numbers as 1234.50, or set `decimal_comma = true` in the mapping."
        }
        "too_many_decimals" => {
            "Round the value, or give `decimals` with an expression in the mapping."
        }
        "invalid_boolean" => "Write true or false.",
        "unknown_value" => {
            "Use one of the known values, or translate it with `map` in the mapping."
        }
        "unknown_field" => "Rename the column to a field of the API, or use a mapping.",
        "unknown_currency" => "Write the currency as its ISO 4217 code, such as EUR.",
        "not_a_multiple" => "Correct the quantity to a multiple of the pack or unit.",
        "duplicate_sku" | "duplicate_code" | "duplicate_barcode" => {
            "Another object has it already: correct the value, or give that object this external reference."
        }
        "key_missing" => "Fill in the column that identifies the object.",
        "wrong_cell_count" => "Put cells that contain the separator in quotation marks.",
        "conflicting_value" => "Nothing, if the first value is right; else correct the rows.",
        "repeated_product" => "Nothing, if both lines are meant.",
        "changed_order" => "Change the order itself; an import does not touch what was confirmed.",
        _ => "Correct the value and import the row again.",
    };
    fix.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_rows_come_back_with_their_errors() {
        let table = Table::read(b"sku,name\nA,=x\nB,y\n").unwrap();
        let mut report = Report::default();
        let issue = |code: &str| Issue {
            entity: Entity::Products,
            row: 2,
            column: Some("sku".into()),
            field: None,
            value: None,
            code: code.into(),
            detail: "Bad.".into(),
            fix: fix(code, &[]),
        };
        assert_eq!(report.failed_csv(&table), None);
        report.error(issue("one"), [2]);
        report.error(issue("two"), [2]);
        assert_eq!(
            report.failed_csv(&table).unwrap(),
            "sku,name,error\r\nA,'=x,sku: Bad. (one) | sku: Bad. (two)\r\n"
        );
        assert_eq!(
            Table::read(report.failed_csv(&table).unwrap().as_bytes())
                .unwrap()
                .rows[0]
                .get(1),
            Some("=x")
        );
        for _ in 0..1500 {
            report.error(issue("more"), []);
        }
        assert_eq!(
            (report.errors_total, report.errors.len()),
            (1502, LISTED_MAX)
        );
    }

    #[test]
    fn suggestions_go_before_general_advice() {
        assert_eq!(
            fix("unknown_sku", &["HX-1020".into()]),
            "Did you mean HX-1020?"
        );
        assert!(fix("invalid_date", &[]).contains("2026-02-28"));
    }
}
