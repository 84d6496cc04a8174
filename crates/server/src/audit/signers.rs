//! Keys that signed checkpoints in earlier times. When the encryption key changes, the new one vouches for the one before it: so old checkpoints
//! count for ever, and nobody who only writes the database can add a key.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sqlx::PgConnection;

use super::checkpoint::{Signer, key_id};
use crate::app::AppState;
use crate::db::TenantTx;

fn statement(key_id: &str, public: &[u8; 32]) -> Vec<u8> {
    let mut text = format!("som audit signer v1\n{key_id}\n").into_bytes();
    text.extend_from_slice(public);
    text
}

/// Has the present key vouch for the one before it.
///
/// # Errors
/// When the database does not answer.
pub async fn vouch(state: &AppState) -> anyhow::Result<()> {
    let signer = Signer::new(&state.secrets())?;
    let mut tx = state.db().worker().await?;
    for row in signer.vouchers() {
        insert_signer(&mut tx, &row, state.clock().now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether the key before the present one, if there is one, has somebody who vouches for it.
///
/// # Errors
/// When the database does not answer.
pub async fn vouched_for(state: &AppState) -> anyhow::Result<bool> {
    let signer = Signer::new(&state.secrets())?;
    let mut tx = state.db().worker().await?;
    let rows = signers(&mut tx).await?;
    tx.commit().await?;
    let is_there = |row: &SignerRow| rows.iter().any(|there| there.key_id == row.key_id);
    Ok(signer.vouchers().iter().all(is_there))
}

/// Adds the keys of earlier times that are vouched for, from the configured ones on.
pub(super) async fn remember(signer: &mut Signer, tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    let rows = signers(tx).await?;
    let mut known: HashMap<String, VerifyingKey> =
        signer.known.iter().map(|key| (key_id(key), *key)).collect();
    // each round reaches one key further back
    loop {
        let mut found = rows.iter().filter(|row| !known.contains_key(&row.key_id));
        let Some((name, key)) =
            found.find_map(|row| Some((row.key_id.clone(), read(row, &known)?)))
        else {
            break;
        };
        known.insert(name, key);
    }
    signer.known = known.into_values().collect();
    Ok(())
}

fn read(row: &SignerRow, known: &HashMap<String, VerifyingKey>) -> Option<VerifyingKey> {
    let public: [u8; 32] = row.public_key.as_slice().try_into().ok()?;
    let signature = Signature::from_slice(&row.signature).ok()?;
    let by = known.get(&row.vouched_by)?;
    by.verify_strict(&statement(&row.key_id, &public), &signature)
        .ok()?;
    let key = VerifyingKey::from_bytes(&public).ok()?;
    (key_id(&key) == row.key_id).then_some(key)
}

impl Signer {
    /// What the present key says of the others that are configured.
    fn vouchers(&self) -> Vec<SignerRow> {
        let own = key_id(&self.key.verifying_key());
        let others = self.known.iter().filter(|key| key_id(key) != own);
        others.map(|key| voucher(&self.key, key)).collect()
    }
}

fn voucher(by: &SigningKey, key: &VerifyingKey) -> SignerRow {
    let (name, public) = (key_id(key), key.to_bytes());
    let signature = by.sign(&statement(&name, &public)).to_bytes();
    SignerRow {
        key_id: name,
        public_key: public.to_vec(),
        vouched_by: key_id(&by.verifying_key()),
        signature: signature.to_vec(),
    }
}

/// The public keys somebody vouched for.
#[derive(Debug)]
struct SignerRow {
    key_id: String,
    public_key: Vec<u8>,
    vouched_by: String,
    signature: Vec<u8>,
}

/// The keys of earlier times, the newest thousand.
async fn signers(db: &mut PgConnection) -> Result<Vec<SignerRow>, sqlx::Error> {
    sqlx::query_as!(
        SignerRow,
        "select key_id, public_key, vouched_by, signature from audit_signers order by at desc limit 1000"
    )
    .fetch_all(db)
    .await
}

/// Keeps a key somebody vouched for; in the worker's scope.
async fn insert_signer(
    db: &mut PgConnection,
    row: &SignerRow,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into audit_signers (key_id, public_key, vouched_by, signature, at) values ($1, $2, $3, $4, $5) on conflict (key_id) do nothing",
        row.key_id,
        row.public_key,
        row.vouched_by,
        row.signature,
        at,
    )
    .execute(db)
    .await
    .map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_bytes(&[byte; 32])
    }

    #[test]
    fn a_key_counts_when_a_known_one_says_so() {
        let (old, new, stranger) = (key(1), key(2), key(3));
        let known: HashMap<_, _> =
            std::iter::once((key_id(&new.verifying_key()), new.verifying_key())).collect();
        let row = voucher(&new, &old.verifying_key());
        assert_eq!(read(&row, &known), Some(old.verifying_key()));
        assert!(read(&voucher(&stranger, &old.verifying_key()), &known).is_none());
        let claims = |change: fn(&mut SignerRow)| {
            let mut row = voucher(&new, &old.verifying_key());
            change(&mut row);
            read(&row, &known)
        };
        assert!(
            claims(|row| row.public_key = key(3).verifying_key().to_bytes().to_vec()).is_none()
        );
        assert!(claims(|row| row.signature = vec![0; 64]).is_none());
        assert!(claims(|row| row.key_id = "other".to_owned()).is_none());
    }
}
