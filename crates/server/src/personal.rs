//! Personal data at rest: the columns that hold it, sealed with the organization's keys and bound to their row.
//!
//! E-mail, phone, tax number, recipient, address lines, secret custom fields, addresses on orders, stored answers, files of imports and their reports. Names stay
//! readable, because people search by them.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::DataKeys;
use crate::security::blind::{Indexed, Normal};
use crate::security::seal::{Place, SealError};

/// The e-mail of customers.
pub const CUSTOMER_EMAIL: Indexed = indexed("customers.email", Normal::Email);
/// The telephone of customers.
pub const CUSTOMER_PHONE: Indexed = indexed("customers.phone", Normal::Phone);
/// The tax number of customers.
pub const CUSTOMER_TAX_NUMBER: Indexed = indexed("customers.tax_number", Normal::TaxId);
/// The e-mail of contact persons.
pub const CONTACT_EMAIL: Indexed = indexed("contacts.email", Normal::Email);
/// The telephone of contact persons.
pub const CONTACT_PHONE: Indexed = indexed("contacts.phone", Normal::Phone);

/// Marks a secret value inside JSON above the store, so that it can be masked.
pub const SECRET: &str = "$secret";
/// Marks it in the store.
const SEALED: &str = "$sealed";

/// A value as it is to be stored.
#[derive(Debug, Default)]
pub struct Fresh {
    /// The sealed text.
    pub text: Option<String>,
    /// Its blind index.
    pub index: Option<Vec<u8>>,
    /// Whether that is something else than what is stored.
    pub is_new: bool,
}

/// A secret value as it travels above the store.
pub fn secret(value: Value) -> Value {
    json!({ SECRET: value })
}

/// Whether a structure is kept sealed as a whole.
pub fn is_sealed(stored: &Value) -> bool {
    stored.get(SEALED).is_some_and(Value::is_string)
}

/// What a job is asked to do, when that holds personal data.
pub const fn job_payload(job: Uuid) -> Place<'static> {
    Place::new("jobs", "payload", job)
}

/// What came out of a job, when that holds personal data.
pub const fn job_result(job: Uuid) -> Place<'static> {
    Place::new("jobs", "result", job)
}

const fn indexed(column: &'static str, normal: Normal) -> Indexed {
    Indexed { column, normal }
}

impl DataKeys {
    /// Seals an optional value; empty is none.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal_option(
        &self,
        place: Place<'_>,
        value: Option<&str>,
    ) -> Result<Option<String>, SealError> {
        value
            .filter(|text| !text.is_empty())
            .map(|text| self.seal(place, text))
            .transpose()
    }

    /// Opens an optional column.
    ///
    /// # Errors
    /// When what is stored was not sealed by us for this place.
    pub fn open_option(
        &self,
        place: Place<'_>,
        stored: Option<&str>,
    ) -> Result<Option<String>, SealError> {
        stored.map(|text| self.open(place, text)).transpose()
    }

    /// Opens a column of a list: what does not open is logged and not shown, so that one row does not hide the others.
    pub fn show(&self, place: Place<'_>, stored: Option<&str>) -> Option<String> {
        self.open_option(place, stored).unwrap_or_else(|error| {
            tracing::error!(%error, table = place.table, column = place.column, row = %place.row, "personal data");
            None
        })
    }

    /// Seals the secret members of an object for their row; `prefix` begins what they are bound to.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn seal_secrets(
        &self,
        table: &str,
        row: Uuid,
        prefix: &str,
        object: &mut Value,
    ) -> Result<(), SealError> {
        for (key, slot) in object.as_object_mut().into_iter().flatten() {
            if let Some(value) = slot.get(SECRET) {
                let column = format!("{prefix}.{key}");
                let sealed = self.seal_json(Place::new(table, &column, row), value)?;
                *slot = json!({ SEALED: sealed });
            }
        }
        Ok(())
    }

    /// Opens them again.
    ///
    /// # Errors
    /// When one was not sealed by us for this row.
    pub fn open_secrets(
        &self,
        table: &str,
        row: Uuid,
        prefix: &str,
        object: &mut Value,
    ) -> Result<(), SealError> {
        for (key, slot) in object.as_object_mut().into_iter().flatten() {
            if let Some(stored) = slot.get(SEALED) {
                let column = format!("{prefix}.{key}");
                let stored = stored.as_str().ok_or(SealError)?;
                *slot = secret(self.open_json(Place::new(table, &column, row), stored)?);
            }
        }
        Ok(())
    }

    /// A stored value as it is to be stored with the newest keys.
    ///
    /// # Errors
    /// When what is stored was not sealed by us for this place.
    pub fn fresh(&self, place: Place<'_>, stored: Option<String>) -> Result<Fresh, SealError> {
        if stored.as_deref().is_none_or(|text| self.is_current(text)) {
            return Ok(Fresh {
                text: stored,
                ..Fresh::default()
            });
        }
        let open = self.open_option(place, stored.as_deref())?;
        Ok(Fresh {
            text: self.seal_option(place, open.as_deref())?,
            index: None,
            is_new: true,
        })
    }

    /// The same for a value with a blind index.
    ///
    /// # Errors
    /// As [`DataKeys::fresh`].
    pub fn fresh_indexed(
        &self,
        place: Place<'_>,
        at: Indexed,
        stored: Option<String>,
        index: Option<&[u8]>,
    ) -> Result<Fresh, SealError> {
        let open = self.open_option(place, stored.as_deref())?;
        let new = self.index(at, open.as_deref())?;
        let fresh = self.fresh(place, stored)?;
        Ok(Fresh {
            is_new: fresh.is_new || new.as_deref() != index,
            index: new,
            ..fresh
        })
    }

    /// The secret members of an object as they are to be stored with the newest keys; `None` when they are.
    ///
    /// # Errors
    /// When one was not sealed by us for this row.
    pub fn fresh_secrets(
        &self,
        table: &str,
        row: Uuid,
        prefix: &str,
        object: &Value,
    ) -> Result<Option<Value>, SealError> {
        let sealed = |value: &Value| value.get(SEALED).and_then(Value::as_str).map(str::to_owned);
        let mut values = object.as_object().into_iter().flatten();
        let is_old = |text: String| !self.is_current(&text);
        if !values.any(|(_, value)| sealed(value).is_some_and(is_old)) {
            return Ok(None);
        }
        let mut object = object.clone();
        self.open_secrets(table, row, prefix, &mut object)?;
        self.seal_secrets(table, row, prefix, &mut object)?;
        Ok(Some(object))
    }

    /// A structure sealed as a whole as it is to be stored with the newest keys; `None` when it is.
    ///
    /// # Errors
    /// When it was not sealed by us for this place.
    pub fn fresh_whole(
        &self,
        place: Place<'_>,
        stored: &Value,
    ) -> Result<Option<Value>, SealError> {
        match stored.get(SEALED).and_then(Value::as_str) {
            Some(sealed) if !self.is_current(sealed) => {
                let open: Value = self.open_json(place, sealed)?;
                self.seal_whole(place, &open).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Seals a structure as a whole, to be kept where JSON is.
    ///
    /// # Errors
    /// As [`DataKeys::seal_json`].
    pub fn seal_whole<T: Serialize>(
        &self,
        place: Place<'_>,
        value: &T,
    ) -> Result<Value, SealError> {
        Ok(json!({ SEALED: self.seal_json(place, value)? }))
    }

    /// Opens it; what was kept in the clear is given as it stands.
    ///
    /// # Errors
    /// When it was not sealed by us for this place.
    pub fn open_whole(&self, place: Place<'_>, stored: Value) -> Result<Value, SealError> {
        match stored.get(SEALED).and_then(Value::as_str) {
            Some(sealed) => self.open_json(place, sealed),
            None => Ok(stored),
        }
    }

    /// Seals a structure as JSON.
    ///
    /// # Errors
    /// When it has no JSON form, or the system no randomness.
    pub fn seal_json<T: Serialize>(
        &self,
        place: Place<'_>,
        value: &T,
    ) -> Result<String, SealError> {
        let text = serde_json::to_string(value).map_err(|_| SealError)?;
        self.seal(place, &text)
    }

    /// Opens a structure kept as JSON.
    ///
    /// # Errors
    /// When it was not sealed by us for this place, or is of another form.
    pub fn open_json<T: DeserializeOwned>(
        &self,
        place: Place<'_>,
        stored: &str,
    ) -> Result<T, SealError> {
        serde_json::from_str(&self.open(place, stored)?).map_err(|_| SealError)
    }
}
