//! Everything an organization has, as a digest: what a refusal or a trial run must leave as it was.

use super::World;

/// Name, rows and digest of tables.
pub type Everything = Vec<(String, i64, String)>;

impl World {
    /// Fails with the tables that are not as they were.
    pub async fn unchanged(&self, before: &Everything, what: &str) {
        let now = self.everything().await;
        let changed = now.iter().zip(before).filter(|(now, before)| now != before);
        let changed: Vec<&str> = changed.map(|(now, _)| now.0.as_str()).collect();
        assert!(changed.is_empty(), "{what} changed {changed:?}");
    }

    /// A digest of every table but those that change by being asked (numbers are taken in blocks, and keys made, ahead of their use).
    pub async fn everything(&self) -> Everything {
        // who read what is written a moment later
        let state = &self.app().state;
        state.reads().flush(state).await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar(
            "select table_name::text from information_schema.tables
              where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('sessions', 'refresh_tokens', 'users', 'jobs', 'number_series_counters', 'data_keys') order by 1",
        )
        .fetch_all(&self.shop.pool)
        .await
        .unwrap();
        let mut found = Vec::new();
        for table in tables {
            let sql = format!(
                "select count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {table} t"
            );
            let (count, digest) = sqlx::query_as(sqlx::AssertSqlSafe(sql))
                .fetch_one(&self.shop.pool)
                .await
                .unwrap();
            found.push((table, count, digest));
        }
        found
    }
}
