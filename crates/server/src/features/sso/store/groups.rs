//! SQL of the roles that groups give.

use sqlx::PgConnection;
use uuid::Uuid;

/// The role that a group gives, with what the role allows where it is the organization's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct GroupRow {
    pub(in super::super) provider_id: Uuid,
    pub(in super::super) group_name: String,
    pub(in super::super) role: Option<String>,
    pub(in super::super) role_id: Option<Uuid>,
    pub(in super::super) base: Option<String>,
    pub(in super::super) permissions: Option<Vec<String>>,
}

/// The groups of a provider, or of all, in the order in which they count.
pub(in super::super) async fn groups(
    db: &mut PgConnection,
    organization: Uuid,
    provider: Option<Uuid>,
) -> Result<Vec<GroupRow>, sqlx::Error> {
    sqlx::query_as!(
        GroupRow,
        r#"select g.provider_id, g.group_name, g.role, g.role_id, r.base as "base?", r.permissions as "permissions?"
             from identity_provider_groups g left join roles r on r.organization_id = g.organization_id and r.id = g.role_id
            where g.organization_id = $1 and ($2::uuid is null or g.provider_id = $2) order by g.provider_id, g.place"#,
        organization,
        provider
    )
    .fetch_all(db)
    .await
}

/// Replaces the groups of a provider.
pub(in super::super) async fn put_groups(
    db: &mut PgConnection,
    organization: Uuid,
    provider: Uuid,
    groups: &[GroupRow],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity_provider_groups where organization_id = $1 and provider_id = $2",
        organization,
        provider
    )
    .execute(&mut *db)
    .await?;
    let names: Vec<String> = groups.iter().map(|g| g.group_name.clone()).collect();
    let roles: Vec<Option<String>> = groups.iter().map(|g| g.role.clone()).collect();
    let ids: Vec<Option<Uuid>> = groups.iter().map(|g| g.role_id).collect();
    sqlx::query!(
        "insert into identity_provider_groups (organization_id, provider_id, place, group_name, role, role_id)
         select $1, $2, n, name, role, id from unnest($3::text[], $4::text[], $5::uuid[]) with ordinality as g(name, role, id, n)",
        organization,
        provider,
        &names,
        &roles as &[Option<String>],
        &ids as &[Option<Uuid>]
    )
    .execute(db)
    .await
    .map(|_| ())
}
