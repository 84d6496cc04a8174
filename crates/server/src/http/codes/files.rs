//! Codes of imports: of the file, and of the rows in the report.

super::codes! { "Imports":
    "changed_order": "The order was confirmed meanwhile" => "Change the order itself; an import does not touch it.";
    "conflicting_value": "Rows of one object say different things" => "Nothing, if the first value is right; else correct the rows.";
    "duplicate_column": "Two columns have the same name" => "Rename one.";
    "invalid_expression": "The expression of the mapping cannot be computed" => "Check the columns it names.";
    "invalid_mapping": "The mapping cannot be read" => "The detail tells where.";
    "key_missing": "The row does not say which object it is" => "Fill in the column that identifies it.";
    "no_rows": "The file has no rows" => "The first row holds the names of the columns.";
    "repeated_product": "The same product twice in an order" => "Nothing, if both lines are meant.";
    "too_many_columns": "Too many columns" => "Remove those that are not needed.";
    "too_many_rows": "Too many rows" => "Split the file.";
    "unpacked_too_large": "The spreadsheet is too large when it is unpacked" => "Send CSV, or fewer rows in a file.";
    "unreadable_file": "The file cannot be read" => "Send CSV in UTF-8, or XLSX.";
    "wrong_cell_count": "The row has too many or too few cells" => "Put cells that contain the separator in quotation marks.";
}
