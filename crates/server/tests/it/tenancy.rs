//! Tenancy by catalogue: no table without its organization, forced row security and a policy; the working role cannot go around them.

use som_server::permission::Role;
use sqlx::Row;

use crate::harness::TestApp;

/// Not of one organization, by design: people can be members of several; links and migrations come before any organization.
const WITHOUT_ORGANIZATION: &[&str] = &[
    "users",
    "audit_signers",
    "authenticators",
    "known_devices",
    "mail_sends",
    "passkey_ceremonies",
    "passkeys",
    "proofs_of_work",
    "rate_limit_windows",
    "recovery_codes",
    "server_keys",
];
const NOT_OURS: &[&str] = &["_sqlx_migrations"];

#[tokio::test]
async fn every_table_forces_row_security_and_has_a_policy() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    let tables = sqlx::query(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner) as owner,
                (select count(*) from pg_policy p where p.polrelid = c.oid) as policies,
                exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as tenant
           from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(tables.len() > 25, "the catalogue query must see the schema");
    for table in tables {
        let name: String = table.get("relname");
        if NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        assert!(
            table.get::<bool, _>("relrowsecurity") && table.get::<bool, _>("relforcerowsecurity"),
            "{name}: row security is not forced"
        );
        assert!(
            table.get::<i64, _>("policies") >= 2,
            "{name}: needs its policy and the backup's"
        );
        assert!(
            table.get::<bool, _>("tenant") || WITHOUT_ORGANIZATION.contains(&name.as_str()),
            "{name}: has no organization_id"
        );
        assert_eq!(table.get::<String, _>("owner"), "som_owner", "{name}");
    }
}

#[tokio::test]
async fn references_stay_inside_the_organization() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    // A foreign key between two tenant tables must carry the organization.
    let bad: Vec<String> = sqlx::query_scalar(
        "select con.conrelid::regclass::text || '.' || con.conname
           from pg_constraint con
          where con.contype = 'f'
            and exists (select from pg_attribute a where a.attrelid = con.conrelid and a.attname = 'organization_id')
            and exists (select from pg_attribute a where a.attrelid = con.confrelid and a.attname = 'organization_id')
            and con.confrelid <> 'organizations'::regclass
            and not exists (select from unnest(con.conkey) k join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k where a.attname = 'organization_id')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(
        bad.is_empty(),
        "foreign keys without the organization: {bad:?}"
    );
}

#[tokio::test]
async fn the_working_role_has_no_way_around() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    let role = sqlx::query("select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = 'som_app'").fetch_one(&pool).await.unwrap();
    for right in ["rolsuper", "rolbypassrls", "rolcreatedb", "rolcreaterole"] {
        assert!(!role.get::<bool, _>(right), "som_app must not have {right}");
    }
    let writable: Vec<String> = sqlx::query_scalar(
        "select table_name || '.' || privilege_type from information_schema.role_table_grants
          where grantee = 'som_app' and table_name in ('audit_events', 'audit_seals', 'audit_checkpoints', 'order_snapshots') and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(
        writable.is_empty(),
        "append-only tables can be changed: {writable:?}"
    );
    // Without an organization nothing is visible; with one, a row of another cannot be written.
    let mut tx = pool.begin().await.unwrap();
    sqlx::query("set local role som_app")
        .execute(&mut *tx)
        .await
        .unwrap();
    let seen: i64 = sqlx::query_scalar("select count(*) from units")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(seen, 0);
    let other: uuid::Uuid = sqlx::query_scalar("select gen_random_uuid()")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    sqlx::query("select set_config('som.organization', $1, true)")
        .bind(uuid::Uuid::nil().to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    let refused = sqlx::query("insert into units (organization_id, id, code, name, created_at, updated_at) values ($1, $1, 'x', 'x', now(), now())")
        .bind(other)
        .execute(&mut *tx)
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("row-level security"),
        "{refused}"
    );
}

#[tokio::test]
async fn row_security_leaves_searches_their_indexes() {
    let app = TestApp::new().await;
    let pool = app.admin_pool().await;
    let organization = app.caller(Role::Owner).await.organization.id.uuid();
    sqlx::query(
        "insert into customers (organization_id, id, code, name, currency, credit_limit, search, created_at, updated_at)
         select $1, gen_random_uuid(), 'C' || n, md5(n::text), 'EUR', n, 'c' || n || ' ' || md5(n::text), now(), now() from generate_series(1, 5000) n",
    )
    .bind(organization)
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query("vacuum analyze customers")
        .execute(&pool)
        .await
        .unwrap();
    for (index, condition) in [
        ("customers_search_idx", "search ilike '%c4ca42%'"),
        (
            "customers_prefix_idx",
            "search ~>=~ 'c42' and search ~<~ 'c43'",
        ),
        ("customers_credit_idx", "credit_limit between 40 and 50"),
    ] {
        let text = format!(
            "begin; set local role som_app; set local som.organization = '{organization}';
             explain select name from customers where organization_id = '{organization}' and {condition}; rollback"
        );
        let plan = sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .fetch_all(&pool)
            .await;
        let plan: Vec<String> = plan.unwrap().iter().map(|row| row.get(0)).collect();
        let column = condition.split(' ').next().unwrap();
        // As a condition of the index, not as a filter of what another one found.
        let found = |line: &String| line.contains("Index Cond") && line.contains(column);
        assert!(
            plan.iter().any(|line| line.contains(index)) && plan.iter().any(found),
            "{condition}: {plan:#?}"
        );
    }
}
