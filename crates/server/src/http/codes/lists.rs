//! Codes of lists, their filters and exports.

super::codes! { "Lists, filters and exports":
    "cursor_expired": "The cursor is too old" => "Begin again without it; cursors are good for 24 hours.";
    "cursor_invalid": "Not a cursor of this API" => "Use `page.next` and `page.prev` as they came.";
    "cursor_mismatch": "The cursor belongs to another filter or order" => "Begin again without it when filter, sort or search changes.";
    "duplicate_parameter": "A parameter is there twice" => "Name it once; several values are separated by commas.";
    "export_too_large": "The export has too many rows for this format" => "Narrow the filter, or take CSV.";
    "filter_too_complex": "The filter has too many conditions" => "Simplify it; lists of values go into one `.in`.";
    "invalid_filter": "The filter cannot be read" => "`params.position` tells where; AND and OR are not mixed without parentheses.";
    "invalid_filter_value": "The value does not fit the field" => "Compare numbers with numbers and dates with dates.";
    "invalid_limit": "Not a number of rows" => "`limit` is 1 to 200.";
    "invalid_query": "Not a search" => "Search for letters or digits.";
    "invalid_sort": "Not an order of rows" => "Up to three sortable fields, `-` before a descending one.";
    "missing_parameter": "A query parameter is missing" => "Add it.";
    "repeated_parameter": "A parameter is there twice" => "Name it once.";
    "search_too_long": "The search is too long" => "At most 200 characters.";
    "too_many_parameters": "Too many query parameters" => "Put several values into one parameter, separated by commas.";
    "unknown_column": "There is no such column" => "The detail lists the columns.";
    "unknown_expand": "Cannot be expanded" => "The description of the list tells what can.";
    "unknown_filter": "Cannot be filtered by this" => "`x-filterable` lists the fields and operators.";
    "unknown_format": "There is no such format" => "`format` is csv or xlsx.";
    "unknown_parameter": "There is no such query parameter" => "`suggestions` names the nearest; unknown parameters are never ignored.";
    "unknown_sort": "Cannot be sorted by this" => "`x-sortable` lists the fields.";
}
