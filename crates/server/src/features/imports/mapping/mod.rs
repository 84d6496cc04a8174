//! Mapping files: which column of a table becomes which field of the API, with constants, look-ups and arithmetic.
//!
//! A section describes one kind of object; rows with the same key are one object (an order of several lines). The names of the fields are
//! those of the API's request bodies, with dots for members: `quantity.value`, `ship_to.city`, `external_refs.shopify`.

mod expression;
mod field;
mod standard;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use field::{Cell, FieldMap};
pub use standard::standard;

use super::table::Table;
use crate::http::{FieldProblem, Problem};

/// Mappings that come with the program, by name.
const SHIPPED: &[(&str, &str)] = &[("superstore", include_str!("../mappings/superstore.toml"))];
/// Longest mapping file.
const FILE_MAX: usize = 100_000;

/// What can be imported.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Deserialize,
    serde::Serialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportEntity)]
pub enum Entity {
    /// Customers.
    Customers,
    /// Products.
    Products,
    /// Prices of price lists.
    Prices,
    /// Orders with their lines.
    Orders,
}

impl Entity {
    /// All of them, in the order in which they depend on each other.
    pub const ALL: &'static [Self] = &[Self::Customers, Self::Products, Self::Prices, Self::Orders];

    /// The name in mappings, parameters and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Products => "products",
            Self::Prices => "prices",
            Self::Orders => "orders",
        }
    }

    /// The entity of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|entity| entity.as_str() == text)
    }
}

/// A mapping file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// For people.
    #[serde(default)]
    pub name: String,
    /// Name of the other system: objects are recognised by its keys when the file comes again.
    #[serde(default)]
    pub source: Option<String>,
    /// How numbers and dates are written.
    #[serde(default)]
    pub format: Formats,
    /// Customers of the file.
    #[serde(default)]
    pub customers: Option<Section>,
    /// Products of the file.
    #[serde(default)]
    pub products: Option<Section>,
    /// Prices of the file.
    #[serde(default)]
    pub prices: Option<Section>,
    /// Orders of the file.
    #[serde(default)]
    pub orders: Option<Section>,
}

/// How numbers and dates are written in the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Formats {
    /// Whether `1.234,50` means 1234.50.
    #[serde(default)]
    pub decimal_comma: bool,
    /// Format of dates that are not written 2026-02-28, such as `%d.%m.%Y` or `%m/%d/%Y`.
    #[serde(default)]
    pub date: Option<String>,
}

/// How one kind of object is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The column whose value identifies an object; rows with the same value are one object. Every row is its own when absent.
    #[serde(default)]
    pub key: Option<String>,
    /// Sections that are imported first.
    #[serde(default)]
    pub requires: Vec<Entity>,
    /// Whether categories that do not exist are created (products).
    #[serde(default)]
    pub create_categories: bool,
    /// Fields of the object, read from its first row.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldMap>,
    /// Fields of a line, read from every row (orders).
    #[serde(default)]
    pub lines: BTreeMap<String, FieldMap>,
}

impl Mapping {
    /// Reads a mapping: the name of a shipped one, JSON, or TOML. Errors: 422 `invalid_mapping`.
    pub fn read(text: &str) -> Result<Self, Problem> {
        if text.len() > FILE_MAX {
            return Err(refused("A mapping has at most 100,000 characters."));
        }
        let text = SHIPPED
            .iter()
            .find(|(name, _)| *name == text.trim())
            .map_or(text, |(_, shipped)| shipped);
        let mapping: Self = if text.trim_start().starts_with('{') {
            serde_json::from_str(text)
                .map_err(|error| refused(format!("The mapping is not right: {error}.")))?
        } else {
            toml::from_str(text)
                .map_err(|error| refused(format!("The mapping is not right: {error}")))?
        };
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> Result<(), Problem> {
        for entity in Entity::ALL {
            let Some(section) = self.section(*entity) else {
                continue;
            };
            if section.fields.is_empty() && section.lines.is_empty() {
                return Err(refused(format!("[{}] maps no fields.", entity.as_str())));
            }
            if *entity != Entity::Orders && !section.lines.is_empty() {
                return Err(refused(format!("[{}] cannot have lines.", entity.as_str())));
            }
            if let Some(missing) = section
                .requires
                .iter()
                .find(|required| self.section(**required).is_none() || *required >= entity)
            {
                return Err(refused(format!(
                    "[{}] requires {}, which the mapping does not have before it.",
                    entity.as_str(),
                    missing.as_str()
                )));
            }
        }
        Ok(())
    }

    /// The section of an entity.
    pub fn section(&self, entity: Entity) -> Option<&Section> {
        match entity {
            Entity::Customers => self.customers.as_ref(),
            Entity::Products => self.products.as_ref(),
            Entity::Prices => self.prices.as_ref(),
            Entity::Orders => self.orders.as_ref(),
        }
    }

    /// The sections to import for an entity, what it requires first. Errors: 422 `invalid_mapping` when it has none for it.
    pub fn plan(&self, entity: Entity) -> Result<Vec<(Entity, &Section)>, Problem> {
        let section = self
            .section(entity)
            .ok_or_else(|| refused(format!("The mapping has no section [{}].", entity.as_str())))?;
        let mut wanted: Vec<Entity> = section.requires.clone();
        wanted.push(entity);
        Ok(Entity::ALL
            .iter()
            .filter(|entity| wanted.contains(entity))
            .filter_map(|entity| self.section(*entity).map(|section| (*entity, section)))
            .collect())
    }

    /// Every column the plan needs must be in the table. Errors: 422 `unknown_column` with what was probably meant.
    pub fn check_columns(&self, plan: &[(Entity, &Section)], table: &Table) -> Result<(), Problem> {
        let mut missing: Vec<(&str, String)> = Vec::new();
        for (entity, section) in plan {
            let named = section
                .fields
                .iter()
                .chain(&section.lines)
                .flat_map(|(field, map)| {
                    map.columns()
                        .into_iter()
                        .map(move |column| (column, field.as_str()))
                });
            for (column, field) in section
                .key
                .as_deref()
                .map(|key| (key, "key"))
                .into_iter()
                .chain(named)
            {
                if table.column(column).is_none()
                    && !missing.iter().any(|(known, _)| *known == column)
                {
                    missing.push((column, format!("{}.{field}", entity.as_str())));
                }
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let known: Vec<&str> = table.columns.iter().map(String::as_str).collect();
        let errors = missing.into_iter().map(|(column, place)| {
            FieldProblem::at(
                "/mapping",
                "unknown_column",
                format!("The file has no column “{column}” ({place})."),
            )
            .with_value(column)
            .with_suggestions(crate::http::input::nearest(column, &known))
        });
        Err(Problem::invalid(errors.collect()))
    }
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::invalid(vec![FieldProblem::at(
        "/mapping",
        "invalid_mapping",
        detail,
    )])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(text: &str) -> String {
        Mapping::read(text).map_or_else(|problem| problem.detail, |_| "ok".into())
    }

    #[test]
    fn shipped_mappings_are_right() {
        for (name, _) in SHIPPED {
            let mapping = Mapping::read(name).unwrap();
            assert!(mapping.plan(Entity::Orders).is_ok(), "{name}");
        }
    }

    #[test]
    fn json_and_toml_say_the_same() {
        let toml = Mapping::read("source = 'shop'\n[products]\nkey = 'SKU'\n[products.fields]\nsku = 'SKU'\nlist_price = { expression = 'Net / 2', decimals = 2 }").unwrap();
        let json = Mapping::read(r#"{"source": "shop", "products": {"key": "SKU", "fields": {"sku": "SKU", "list_price": {"expression": "Net / 2", "decimals": 2}}}}"#).unwrap();
        assert_eq!(format!("{toml:?}"), format!("{json:?}"));
    }

    #[test]
    fn mistakes_are_told() {
        assert!(detail("[product]\n").contains("unknown field `product`"));
        assert!(detail("[products]\n").contains("maps no fields"));
        assert!(
            detail("[products]\nfields = { sku = { colum = 'x' } }")
                .contains("unknown field `colum`")
        );
        assert!(
            detail("[products]\nfields = { sku = { column = 'x', constant = 'y' } }")
                .contains("exactly one of")
        );
        assert!(
            detail("[products]\nfields = { sku = { expression = '1 +' } }").contains("expected")
        );
        assert!(
            detail("[orders]\nrequires = ['products']\nfields = { a = 'b' }")
                .contains("requires products")
        );
        assert!(detail("[products]\nlines = { a = 'b' }").contains("cannot have lines"));
    }

    #[test]
    fn missing_columns_are_named_with_what_was_meant() {
        let table = Table::read(b"Sku,Nme\n1,2\n").unwrap();
        let mapping = Mapping::read("[products]\nkey = 'SKU'\nfields = { sku = 'SKU', name = 'Name', cost = { expression = '[Cost] / 2' } }").unwrap();
        let problem = mapping
            .check_columns(&mapping.plan(Entity::Products).unwrap(), &table)
            .unwrap_err();
        assert_eq!(problem.errors.len(), 2);
        assert_eq!(problem.errors[1].suggestions, ["Nme"]);
    }
}
