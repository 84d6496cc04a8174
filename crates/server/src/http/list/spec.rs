//! What a collection can be asked: its fields, their SQL, its default order and its search.
//!
//! Only the static strings of a specification reach SQL as text; every value a caller sends is a bind.

use sqlx::{Postgres, QueryBuilder};

use crate::security::blind::Indexed;

/// A direction of sorting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dir {
    /// Smallest first.
    Asc,
    /// Greatest first.
    Desc,
}

impl Dir {
    /// The other direction.
    #[must_use]
    pub const fn flip(self) -> Self {
        match self {
            Self::Asc => Self::Desc,
            Self::Desc => Self::Asc,
        }
    }

    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Asc => "asc",
            Self::Desc => "desc",
        }
    }
}

/// What a field's values are; decides how text is read, which operators apply and how SQL compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text, compared exactly; `contains` ignores case.
    Text,
    /// Text whose SQL is `upper(…)`: compared without case (a SKU).
    Upper,
    /// A `text[]` column asked with `has`.
    Tags,
    /// One of a closed list.
    Enum(&'static [&'static str]),
    /// A UUID, written with this prefix outside; empty: with any.
    Id(&'static str),
    /// A civil date.
    Date,
    /// An instant; a plain date stands for the whole day in UTC.
    Timestamp,
    /// `numeric`.
    Decimal,
    /// `boolean`.
    Bool,
    /// An integer of any width.
    Int,
    /// A sealed personal value: it can be exported and, with a blind index, found exactly; it is not sorted by.
    Personal,
}

/// What a sealed field needs beside its column.
#[derive(Debug, Clone, Copy)]
pub struct SealedField {
    /// The table its values are bound to.
    pub table: &'static str,
    /// SQL of the row's id.
    pub id: &'static str,
    /// SQL of the column of its blind index, and how that is made.
    pub index: Option<(&'static str, Indexed)>,
}

impl FieldKind {
    /// The SQL type a cursor's text is cast to.
    pub(super) const fn sql_type(self) -> &'static str {
        match self {
            Self::Text | Self::Upper | Self::Enum(_) | Self::Personal => "text",
            Self::Tags => "text[]",
            Self::Id(_) => "uuid",
            Self::Date => "date",
            Self::Timestamp => "timestamptz",
            Self::Decimal => "numeric",
            Self::Bool => "boolean",
            Self::Int => "bigint",
        }
    }

    /// The name in the API description.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Upper | Self::Personal => "text",
            Self::Tags => "tags",
            Self::Enum(_) => "enum",
            Self::Id(_) => "id",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Decimal => "decimal",
            Self::Bool => "boolean",
            Self::Int => "integer",
        }
    }
}

/// One field a list can be filtered or sorted by, or exported.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Name in the API; may contain dots (`customer.name`).
    pub name: &'static str,
    /// Another name for the same field (`total.amount` for `total`).
    pub alias: Option<&'static str>,
    /// SQL expression with the table's alias (`o.created_at`).
    pub sql: &'static str,
    /// What its values are.
    pub kind: FieldKind,
    /// Whether it can be filtered by.
    pub filter: bool,
    /// Whether it can be sorted by; then an index begins with the organization and this expression.
    pub sort: bool,
    /// Whether the expression can be null.
    pub nullable: bool,
    /// Path in the JSON of a list item.
    pub shape: &'static str,
    /// SQL before and after a comparison that concerns related rows: `("exists (select from … and ", ")")`.
    pub within: Option<(&'static str, &'static str)>,
    /// A column with a trigram index that also holds this text; makes `contains` quick.
    pub via: Option<&'static str>,
    /// Whether it is a column of exports.
    pub export: bool,
    /// For sealed values.
    pub sealed: Option<SealedField>,
    /// For ids and names of objects of any kind: SQL of the kind.
    pub object: Option<&'static str>,
}

impl Field {
    /// A field that can be filtered by and exported.
    pub const fn new(name: &'static str, sql: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            alias: None,
            sql,
            kind,
            filter: true,
            sort: false,
            nullable: false,
            shape: name,
            within: None,
            via: None,
            export: true,
            sealed: None,
            object: None,
        }
    }

    /// Text.
    pub const fn text(name: &'static str, sql: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Text)
    }

    /// One of a closed list.
    pub const fn one_of(
        name: &'static str,
        sql: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        Self::new(name, sql, FieldKind::Enum(values))
    }

    /// A prefixed identifier.
    pub const fn id(name: &'static str, sql: &'static str, prefix: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Id(prefix))
    }

    /// The id of an object whose kind is `entity` in SQL.
    pub const fn any_id(name: &'static str, entity: &'static str, sql: &'static str) -> Self {
        let mut field = Self::new(name, sql, FieldKind::Id(""));
        field.object = Some(entity);
        field
    }

    /// The name of that object, for exports only; empty for those who may not see it.
    pub const fn object_name(name: &'static str, entity: &'static str, id: &'static str) -> Self {
        let mut field = Self::new(name, id, FieldKind::Text)
            .nullable()
            .column_only();
        field.object = Some(entity);
        field
    }

    /// A civil date.
    pub const fn date(name: &'static str, sql: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Date)
    }

    /// An instant.
    pub const fn timestamp(name: &'static str, sql: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Timestamp)
    }

    /// A decimal.
    pub const fn decimal(name: &'static str, sql: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Decimal)
    }

    /// True or false.
    pub const fn boolean(name: &'static str, sql: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Bool)
    }

    /// A whole number.
    pub const fn int(name: &'static str, sql: &'static str) -> Self {
        Self::new(name, sql, FieldKind::Int)
    }

    /// A sealed personal value of a table's column `name`, in the row whose id is `id` in SQL; for exports only.
    pub const fn personal(
        name: &'static str,
        table: &'static str,
        id: &'static str,
        sql: &'static str,
    ) -> Self {
        let mut field = Self::new(name, sql, FieldKind::Personal)
            .nullable()
            .column_only();
        field.sealed = Some(SealedField {
            table,
            id,
            index: None,
        });
        field
    }

    /// Can be found exactly by the blind index in `column`.
    #[must_use]
    pub const fn found_by(mut self, column: &'static str, indexed: Indexed) -> Self {
        if let Some(sealed) = &mut self.sealed {
            sealed.index = Some((column, indexed));
            self.filter = true;
        }
        self
    }

    /// The blind index it can be found by.
    pub(super) fn index(&self) -> Option<(&'static str, Indexed)> {
        self.sealed.and_then(|sealed| sealed.index)
    }

    /// Can be sorted by.
    #[must_use]
    pub const fn sortable(mut self) -> Self {
        self.sort = true;
        self
    }

    /// Can be null.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Has a second name.
    #[must_use]
    pub const fn alias(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    /// Sits elsewhere in the JSON than its name says.
    #[must_use]
    pub const fn shape(mut self, shape: &'static str) -> Self {
        self.shape = shape;
        self
    }

    /// Concerns related rows; cannot be sorted by or exported.
    #[must_use]
    pub const fn within(mut self, before: &'static str, after: &'static str) -> Self {
        self.within = Some((before, after));
        self.export = false;
        self
    }

    /// Is also held by a column with a trigram index.
    #[must_use]
    pub const fn via(mut self, column: &'static str) -> Self {
        self.via = Some(column);
        self
    }

    /// Is only exported, not filtered by.
    #[must_use]
    pub const fn column_only(mut self) -> Self {
        self.filter = false;
        self
    }

    /// Is only filtered by, not exported.
    #[must_use]
    pub const fn filter_only(mut self) -> Self {
        self.export = false;
        self
    }

    /// Whether it goes by this name.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.alias == Some(name)
    }
}

/// How `q` searches.
#[derive(Debug, Clone, Copy)]
pub enum SearchKind {
    /// Every word must occur in this column (trigram index); words of one or two letters must begin a word of it.
    Trigram(&'static str),
    /// The slice pushes its own condition, one expression without a leading `and`, for these words.
    Custom(fn(&mut QueryBuilder<Postgres>, &[String])),
}

/// A collection.
#[derive(Debug)]
pub struct ListSpec {
    /// Plural name; part of what a cursor is bound to.
    pub name: &'static str,
    /// Everything that can be asked of it.
    pub fields: &'static [Field],
    /// The order when the caller names none.
    pub default_sort: &'static [(&'static str, Dir)],
    /// Makes every order total: unique and not null, nearly always the id.
    pub tiebreak: Field,
    /// Full text search by `q`.
    pub search: Option<SearchKind>,
    /// Paths `expand` may name.
    pub expand: &'static [&'static str],
}

impl ListSpec {
    /// The field of this name or second name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.is_called(name))
    }

    pub(super) fn filterable(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.filter)
    }

    pub(super) fn sortable(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.sort)
    }
}
