//! The mapping of a file that has none: its columns are called like the fields of the API, as an export writes them.

use std::collections::BTreeMap;

use super::{Entity, FieldMap, Formats, Mapping, Section};
use crate::features::imports::table::Table;

/// Columns of exports that only tell, and other words for fields.
const TOLD: &[&str] = &[
    "id",
    "version",
    "status",
    "created_at",
    "updated_at",
    "line_count",
    "category_name",
];

/// Fields of an order's line; the other columns belong to its header.
const LINE_FIELDS: &[&str] = &[
    "sku",
    "barcode",
    "product_id",
    "description",
    "quantity",
    "quantity.value",
    "quantity.unit",
    "unit",
    "unit_price",
    "unit_price.amount",
    "discount_percent",
    "kind",
    "tax_class",
    "price_includes_tax",
];

/// The mapping by the names of the columns.
pub fn standard(entity: Entity, table: &Table) -> Mapping {
    let mut section = Section::default();
    for column in table.columns.iter().filter(|column| !column.is_empty()) {
        let field = column.trim().to_lowercase().replace(' ', "_");
        let line = entity == Entity::Orders && LINE_FIELDS.contains(&field.as_str());
        if TOLD.contains(&field.as_str()) && !line {
            continue;
        }
        let fields = if line {
            &mut section.lines
        } else {
            &mut section.fields
        };
        fields.insert(path(entity, &field, line), FieldMap::column(column));
    }
    let key = match entity {
        Entity::Customers => "code",
        Entity::Products => "sku",
        Entity::Prices => "",
        Entity::Orders => "number",
    };
    section.key = table
        .column(key)
        .and_then(|place| table.columns.get(place))
        .cloned();
    // An order's number is given by its series; the file's number recognises it when it comes again.
    section
        .fields
        .retain(|field, _| entity != Entity::Orders || field != "number");
    let mut mapping = Mapping {
        name: String::new(),
        source: Some("import".to_owned()),
        format: Formats::default(),
        customers: None,
        products: None,
        prices: None,
        orders: None,
    };
    *match entity {
        Entity::Customers => &mut mapping.customers,
        Entity::Products => &mut mapping.products,
        Entity::Prices => &mut mapping.prices,
        Entity::Orders => &mut mapping.orders,
    } = Some(section);
    mapping
}

/// The path of a field in the request body.
fn path(entity: Entity, field: &str, line: bool) -> String {
    let longer: BTreeMap<&str, &str> = if line {
        [
            ("quantity", "quantity.value"),
            ("unit", "quantity.unit"),
            ("unit_price", "unit_price.amount"),
            ("discount_percent", "discounts.0.percent"),
        ]
        .into()
    } else if entity == Entity::Orders {
        [
            ("customer", "customer_code"),
            ("discount_percent", "discount.percent"),
        ]
        .into()
    } else {
        BTreeMap::new()
    };
    longer.get(field).copied().unwrap_or(field).to_owned()
}
