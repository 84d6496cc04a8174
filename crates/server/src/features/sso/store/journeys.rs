//! SQL of journeys to a provider and back.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A new journey.
#[derive(Debug)]
pub(in super::super) struct NewJourney<'a> {
    pub(in super::super) hash: &'a [u8],
    pub(in super::super) organization: Uuid,
    pub(in super::super) provider: Uuid,
    pub(in super::super) purpose: &'static str,
    pub(in super::super) user: Option<Uuid>,
    pub(in super::super) session: Option<Uuid>,
    pub(in super::super) remember: bool,
    pub(in super::super) return_to: &'a str,
    pub(in super::super) now: DateTime<Utc>,
    pub(in super::super) expires_at: DateTime<Utc>,
}

/// A journey that came back.
#[derive(Debug)]
pub(in super::super) struct JourneyRow {
    pub(in super::super) organization_id: Uuid,
    pub(in super::super) provider_id: Uuid,
    pub(in super::super) purpose: String,
    pub(in super::super) user_id: Option<Uuid>,
    pub(in super::super) session_id: Option<Uuid>,
    pub(in super::super) remember: bool,
    pub(in super::super) return_to: String,
    pub(in super::super) created_at: DateTime<Utc>,
}

/// Inserts a journey.
pub(in super::super) async fn insert_journey(
    db: &mut PgConnection,
    new: &NewJourney<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into sso_journeys (token_hash, organization_id, provider_id, purpose, user_id, session_id, remember, return_to, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        new.hash,
        new.organization,
        new.provider,
        new.purpose,
        new.user,
        new.session,
        new.remember,
        new.return_to,
        new.now,
        new.expires_at
    )
    .execute(db)
    .await
    .map(|_| ())
}

/// Ends a journey, whatever comes of it; `None` when it is over, or of no provider that people can sign in with.
pub(in super::super) async fn use_journey(
    db: &mut PgConnection,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<JourneyRow>, sqlx::Error> {
    sqlx::query_as!(
        JourneyRow,
        "update sso_journeys j set used_at = $2 from identity_providers p
          where j.token_hash = $1 and j.used_at is null and j.expires_at > $2
            and p.organization_id = j.organization_id and p.id = j.provider_id and p.enabled
         returning j.organization_id, j.provider_id, j.purpose, j.user_id, j.session_id, j.remember, j.return_to, j.created_at",
        hash,
        now
    )
    .fetch_optional(db)
    .await
}
