//! Rows written before personal data was sealed: they are sealed, and get the blind indexes they are found by.

use uuid::Uuid;

use crate::db::{DataKeys, TenantTx};
use crate::personal::{
    CONTACT_EMAIL, CONTACT_PHONE, CUSTOMER_EMAIL, CUSTOMER_PHONE, CUSTOMER_TAX_NUMBER,
};
use crate::security::blind::Indexed;
use crate::security::seal::{Place, SealError};

/// Where such rows are.
#[derive(Debug, Clone, Copy)]
pub(in crate::features::customers) enum Table {
    Customers,
    Contacts,
}

/// What one batch did.
#[derive(Debug, Default)]
pub(in crate::features::customers) struct Batch {
    /// The last row looked at; none when there was none.
    pub last: Option<Uuid>,
    pub sealed: usize,
    /// Rows whose values do not open: they stay as they are.
    pub unreadable: usize,
}

/// A row as it is stored.
struct Row {
    id: Uuid,
    email: Option<String>,
    phone: Option<String>,
    tax_number: Option<String>,
}

/// A value as it is written, with its index.
type Value = (Option<String>, Option<Vec<u8>>);

/// The rows as they are written, column by column.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    email: (Vec<Option<String>>, Vec<Option<Vec<u8>>>),
    phone: (Vec<Option<String>>, Vec<Option<Vec<u8>>>),
    tax_number: (Vec<Option<String>>, Vec<Option<Vec<u8>>>),
}

impl Columns {
    fn push(&mut self, id: Uuid, [email, phone, tax_number]: [Value; 3]) {
        self.ids.push(id);
        for (columns, (text, index)) in [
            (&mut self.email, email),
            (&mut self.phone, phone),
            (&mut self.tax_number, tax_number),
        ] {
            columns.0.push(text);
            columns.1.push(index);
        }
    }
}

fn again(
    keys: &DataKeys,
    place: Place<'_>,
    at: Indexed,
    stored: Option<&str>,
) -> Result<Value, SealError> {
    let open = keys.open_option(place, stored)?;
    let text = open.as_deref();
    Ok((keys.seal_option(place, text)?, keys.index(at, text)?))
}

impl Table {
    /// Seals and indexes up to `limit` rows after `after` that need it. Rows that somebody is changing are left to them.
    pub(in crate::features::customers) async fn fill(
        self,
        db: &mut TenantTx,
        after: Uuid,
        limit: i64,
    ) -> Result<Batch, sqlx::Error> {
        let rows = match self {
            Self::Customers => customers(db, after, limit).await?,
            Self::Contacts => contacts(db, after, limit).await?,
        };
        let mut batch = Batch {
            last: rows.last().map(|row| row.id),
            ..Batch::default()
        };
        let mut columns = Columns::default();
        for row in rows {
            match self.seal(db.keys(), &row) {
                Ok(values) => columns.push(row.id, values),
                Err(error) => {
                    tracing::error!(%error, table = self.name(), row = %row.id, "personal data");
                    batch.unreadable += 1;
                }
            }
        }
        batch.sealed = columns.ids.len();
        match self {
            Self::Customers => write_customers(db, columns).await?,
            Self::Contacts => write_contacts(db, columns).await?,
        }
        Ok(batch)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Contacts => "contacts",
        }
    }

    fn seal(self, keys: &DataKeys, row: &Row) -> Result<[Value; 3], SealError> {
        let (email, phone) = match self {
            Self::Customers => (CUSTOMER_EMAIL, CUSTOMER_PHONE),
            Self::Contacts => (CONTACT_EMAIL, CONTACT_PHONE),
        };
        let value = |column, at, stored: &Option<String>| {
            let place = Place::new(self.name(), column, row.id);
            again(keys, place, at, stored.as_deref())
        };
        Ok([
            value("email", email, &row.email)?,
            value("phone", phone, &row.phone)?,
            value("tax_number", CUSTOMER_TAX_NUMBER, &row.tax_number)?,
        ])
    }
}

async fn customers(db: &mut TenantTx, after: Uuid, limit: i64) -> Result<Vec<Row>, sqlx::Error> {
    let organization = db.organization().uuid();
    sqlx::query_as!(
        Row,
        "select id, email, phone, tax_number from customers
          where organization_id = $1 and id > $2 and ((email is not null and email_index is null)
             or (phone is not null and phone_index is null) or (tax_number is not null and tax_number_index is null))
          order by id limit $3 for update skip locked",
        organization,
        after,
        limit,
    )
    .fetch_all(&mut **db)
    .await
}

async fn contacts(db: &mut TenantTx, after: Uuid, limit: i64) -> Result<Vec<Row>, sqlx::Error> {
    let organization = db.organization().uuid();
    sqlx::query_as!(
        Row,
        "select id, email, phone, null::text as tax_number from contacts
          where organization_id = $1 and id > $2
            and ((email is not null and email_index is null) or (phone is not null and phone_index is null))
          order by id limit $3 for update skip locked",
        organization,
        after,
        limit,
    )
    .fetch_all(&mut **db)
    .await
}

async fn write_customers(db: &mut TenantTx, columns: Columns) -> Result<(), sqlx::Error> {
    let organization = db.organization().uuid();
    sqlx::query!(
        "update customers c set email = x.email, email_index = x.email_index, phone = x.phone, phone_index = x.phone_index,
                tax_number = x.tax_number, tax_number_index = x.tax_number_index
           from unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::bytea[], $7::text[], $8::bytea[])
                x (id, email, email_index, phone, phone_index, tax_number, tax_number_index)
          where c.organization_id = $1 and c.id = x.id",
        organization,
        &columns.ids,
        &columns.email.0 as &[Option<String>],
        &columns.email.1 as &[Option<Vec<u8>>],
        &columns.phone.0 as &[Option<String>],
        &columns.phone.1 as &[Option<Vec<u8>>],
        &columns.tax_number.0 as &[Option<String>],
        &columns.tax_number.1 as &[Option<Vec<u8>>],
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}

async fn write_contacts(db: &mut TenantTx, columns: Columns) -> Result<(), sqlx::Error> {
    let organization = db.organization().uuid();
    sqlx::query!(
        "update contacts c set email = x.email, email_index = x.email_index, phone = x.phone, phone_index = x.phone_index
           from unnest($2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::bytea[]) x (id, email, email_index, phone, phone_index)
          where c.organization_id = $1 and c.id = x.id",
        organization,
        &columns.ids,
        &columns.email.0 as &[Option<String>],
        &columns.email.1 as &[Option<Vec<u8>>],
        &columns.phone.0 as &[Option<String>],
        &columns.phone.1 as &[Option<Vec<u8>>],
    )
    .execute(&mut **db)
    .await
    .map(|_| ())
}
