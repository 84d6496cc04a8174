//! Personal data of customers, contacts and addresses sealed and indexed with the newest keys, a batch at a time. A row that changes meanwhile is
//! passed over: `xmin` tells.

use futures_util::future::BoxFuture;
use serde_json::Value;
use uuid::Uuid;

use super::at;
use crate::db::{DataKeys, TenantTx};
use crate::personal::{
    CONTACT_EMAIL, CONTACT_PHONE, CUSTOMER_EMAIL, CUSTOMER_PHONE, CUSTOMER_TAX_NUMBER, Fresh,
};
use crate::rotation::{After, Batch, Part};
use crate::security::seal::{Place, SealError};

/// The parts.
pub(in crate::features::customers) const PARTS: [Part; 3] = [
    Part {
        name: "customers",
        step: customers,
    },
    Part {
        name: "contacts",
        step: contacts,
    },
    Part {
        name: "addresses",
        step: addresses,
    },
];

struct CustomerRow {
    id: Uuid,
    xmin: String,
    email: Option<String>,
    phone: Option<String>,
    tax_number: Option<String>,
    email_index: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
    tax_number_index: Option<Vec<u8>>,
    custom: Value,
}

struct FreshCustomer {
    id: Uuid,
    xmin: String,
    email: Fresh,
    phone: Fresh,
    tax_number: Fresh,
    custom: Value,
}

fn fresh_customer(keys: &DataKeys, row: CustomerRow) -> Result<Option<FreshCustomer>, SealError> {
    let id = row.id;
    let fresh = |column, indexed, text, index: Option<Vec<u8>>| {
        keys.fresh_indexed(at(column, id), indexed, text, index.as_deref())
    };
    let email = fresh("email", CUSTOMER_EMAIL, row.email, row.email_index)?;
    let phone = fresh("phone", CUSTOMER_PHONE, row.phone, row.phone_index)?;
    let tax_number = fresh(
        "tax_number",
        CUSTOMER_TAX_NUMBER,
        row.tax_number,
        row.tax_number_index,
    )?;
    let custom = keys.fresh_secrets("customers", id, "custom", &row.custom)?;
    let is_new = email.is_new || phone.is_new || tax_number.is_new || custom.is_some();
    Ok(is_new.then(|| FreshCustomer {
        id,
        xmin: row.xmin,
        email,
        phone,
        tax_number,
        custom: custom.unwrap_or(row.custom),
    }))
}

fn customers(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query_as!(
            CustomerRow,
            r#"select id, xmin::text as "xmin!", email, phone, tax_number, email_index, phone_index, tax_number_index, custom from customers
                where organization_id = $1 and id > $2 order by id limit $3"#,
            db.organization().uuid(),
            after.id,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "customers",
            rows,
            |row| After::row(row.id),
            |row| fresh_customer(db.keys(), row),
        );
        let written = write_customers(db, &outdated).await?;
        Ok(batch.wrote(outdated.len(), written))
    })
}

async fn write_customers(db: &mut TenantTx, rows: &[FreshCustomer]) -> Result<u64, sqlx::Error> {
    let text = |of: fn(&FreshCustomer) -> &Fresh| -> Vec<Option<String>> {
        rows.iter().map(|row| of(row).text.clone()).collect()
    };
    let index = |of: fn(&FreshCustomer) -> &Fresh| -> Vec<Option<Vec<u8>>> {
        rows.iter().map(|row| of(row).index.clone()).collect()
    };
    if rows.is_empty() {
        return Ok(0);
    }
    sqlx::query!(
        "with given as (
             select * from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[], $8::text[], $9::bytea[], $10::jsonb[])
                 x (id, was, email, email_index, phone, phone_index, tax_number, tax_number_index, custom)
         ), mine as materialized (
             select c.id from customers c join given x on x.id = c.id
              where c.organization_id = $1 and c.xmin::text = x.was for no key update of c skip locked)
         update customers c set email = x.email, email_index = x.email_index, phone = x.phone, phone_index = x.phone_index,
                tax_number = x.tax_number, tax_number_index = x.tax_number_index, custom = x.custom
           from given x join mine m on m.id = x.id
          where c.organization_id = $1 and c.id = x.id",
        db.organization().uuid(),
        &rows.iter().map(|row| row.id).collect::<Vec<_>>(),
        &rows.iter().map(|row| row.xmin.clone()).collect::<Vec<_>>(),
        &text(|row| &row.email) as &[Option<String>],
        &index(|row| &row.email) as &[Option<Vec<u8>>],
        &text(|row| &row.phone) as &[Option<String>],
        &index(|row| &row.phone) as &[Option<Vec<u8>>],
        &text(|row| &row.tax_number) as &[Option<String>],
        &index(|row| &row.tax_number) as &[Option<Vec<u8>>],
        &rows.iter().map(|row| row.custom.clone()).collect::<Vec<_>>(),
    )
    .execute(&mut **db)
    .await
    .map(|done| done.rows_affected())
}

struct ContactRow {
    id: Uuid,
    xmin: String,
    email: Option<String>,
    phone: Option<String>,
    email_index: Option<Vec<u8>>,
    phone_index: Option<Vec<u8>>,
}

/// Two values of a row.
struct FreshPair {
    id: Uuid,
    xmin: String,
    one: Fresh,
    other: Fresh,
}

fn fresh_contact(keys: &DataKeys, row: ContactRow) -> Result<Option<FreshPair>, SealError> {
    let fresh = |column, indexed, text, index: Option<Vec<u8>>| {
        let place = Place::new("contacts", column, row.id);
        keys.fresh_indexed(place, indexed, text, index.as_deref())
    };
    let one = fresh("email", CONTACT_EMAIL, row.email, row.email_index)?;
    let other = fresh("phone", CONTACT_PHONE, row.phone, row.phone_index)?;
    Ok((one.is_new || other.is_new).then_some(FreshPair {
        id: row.id,
        xmin: row.xmin,
        one,
        other,
    }))
}

fn contacts(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query_as!(
            ContactRow,
            r#"select id, xmin::text as "xmin!", email, phone, email_index, phone_index from contacts
                where organization_id = $1 and id > $2 order by id limit $3"#,
            db.organization().uuid(),
            after.id,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "contacts",
            rows,
            |row| After::row(row.id),
            |row| fresh_contact(db.keys(), row),
        );
        let columns = Columns::of(&outdated);
        let written = sqlx::query!(
            "with given as (
                 select * from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[])
                     x (id, was, email, email_index, phone, phone_index)
             ), mine as materialized (
                 select c.id from contacts c join given x on x.id = c.id
                  where c.organization_id = $1 and c.xmin::text = x.was for no key update of c skip locked)
             update contacts c set email = x.email, email_index = x.email_index, phone = x.phone, phone_index = x.phone_index
               from given x join mine m on m.id = x.id
              where c.organization_id = $1 and c.id = x.id",
            db.organization().uuid(),
            &columns.ids,
            &columns.xmins,
            &columns.one.0 as &[Option<String>],
            &columns.one.1 as &[Option<Vec<u8>>],
            &columns.other.0 as &[Option<String>],
            &columns.other.1 as &[Option<Vec<u8>>],
        )
        .execute(&mut **db)
        .await?;
        Ok(batch.wrote(outdated.len(), written.rows_affected()))
    })
}

/// Rows of two values, column by column.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    xmins: Vec<String>,
    one: (Vec<Option<String>>, Vec<Option<Vec<u8>>>),
    other: (Vec<Option<String>>, Vec<Option<Vec<u8>>>),
}

impl Columns {
    fn of(rows: &[FreshPair]) -> Self {
        let mut columns = Self::default();
        for row in rows {
            columns.ids.push(row.id);
            columns.xmins.push(row.xmin.clone());
            for (column, fresh) in [
                (&mut columns.one, &row.one),
                (&mut columns.other, &row.other),
            ] {
                column.0.push(fresh.text.clone());
                column.1.push(fresh.index.clone());
            }
        }
        columns
    }
}

struct AddressRow {
    id: Uuid,
    xmin: String,
    recipient: Option<String>,
    lines: String,
}

fn fresh_address(keys: &DataKeys, row: AddressRow) -> Result<Option<FreshPair>, SealError> {
    let place = |column| Place::new("addresses", column, row.id);
    let one = keys.fresh(place("recipient"), row.recipient)?;
    let other = keys.fresh(place("lines"), Some(row.lines))?;
    Ok((one.is_new || other.is_new).then_some(FreshPair {
        id: row.id,
        xmin: row.xmin,
        one,
        other,
    }))
}

fn addresses(
    db: &mut TenantTx,
    after: After,
    limit: i64,
) -> BoxFuture<'_, Result<Batch, sqlx::Error>> {
    Box::pin(async move {
        let rows = sqlx::query_as!(
            AddressRow,
            r#"select id, xmin::text as "xmin!", recipient, lines from addresses where organization_id = $1 and id > $2 order by id limit $3"#,
            db.organization().uuid(),
            after.id,
            limit,
        )
        .fetch_all(&mut **db)
        .await?;
        let (batch, outdated) = Batch::sort(
            "addresses",
            rows,
            |row| After::row(row.id),
            |row| fresh_address(db.keys(), row),
        );
        let columns = Columns::of(&outdated);
        let written = sqlx::query!(
            "with given as (select * from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) x (id, was, recipient, lines)
             ), mine as materialized (
                 select a.id from addresses a join given x on x.id = a.id
                  where a.organization_id = $1 and a.xmin::text = x.was for no key update of a skip locked)
             update addresses a set recipient = x.recipient, lines = x.lines
               from given x join mine m on m.id = x.id
              where a.organization_id = $1 and a.id = x.id",
            db.organization().uuid(),
            &columns.ids,
            &columns.xmins,
            &columns.one.0 as &[Option<String>],
            &columns.other.0 as &[Option<String>],
        )
        .execute(&mut **db)
        .await?;
        Ok(batch.wrote(outdated.len(), written.rows_affected()))
    })
}
