//! Human document numbers (`SO-2026-000042`): unique, growing, with gaps allowed, taken in blocks so that no order waits for another.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{Datelike, NaiveDate};
use som_domain::ids::OrganizationId;
use som_domain::number_series::NumberTemplate;
use sqlx::Row;

use super::Db;
use crate::http::ApiResult;

/// Numbers reserved by one update. A restart skips what was left of a block.
const BLOCK: i64 = 20;

/// Blocks of numbers this process has reserved.
#[derive(Debug, Default)]
pub struct Numbers {
    blocks: Mutex<HashMap<(OrganizationId, i32), Block>>,
}

#[derive(Debug, Clone)]
struct Block {
    template: String,
    next: i64,
    end: i64,
}

impl Numbers {
    /// The next order number for a date. Takes a new block in its own short transaction when the last one is used up.
    pub async fn next_order(
        &self,
        db: &Db,
        organization: OrganizationId,
        date: NaiveDate,
    ) -> ApiResult<String> {
        Ok(self
            .next_orders(db, organization, date, 1)
            .await?
            .pop()
            .unwrap_or_default())
    }

    /// Several numbers at once, in order (imports and seeds).
    pub async fn next_orders(
        &self,
        db: &Db,
        organization: OrganizationId,
        date: NaiveDate,
        count: usize,
    ) -> ApiResult<Vec<String>> {
        let mut numbers = Vec::with_capacity(count);
        while numbers.len() < count {
            if let Some((template, number)) = self.take(organization, date.year()) {
                let template: NumberTemplate = template
                    .parse()
                    .map_err(|e| anyhow::anyhow!("stored number template: {e}"))?;
                numbers.push(template.render(number, date));
                continue;
            }
            let want = i64::try_from(count - numbers.len())
                .unwrap_or(BLOCK)
                .max(BLOCK);
            let block = reserve(db, organization, date.year(), want).await?;
            self.lock().insert((organization, date.year()), block);
        }
        Ok(numbers)
    }

    /// Forgets reserved blocks: the template was changed.
    pub fn forget(&self, organization: OrganizationId) {
        self.lock().retain(|(owner, _), _| *owner != organization);
    }

    fn take(&self, organization: OrganizationId, year: i32) -> Option<(String, u64)> {
        let mut blocks = self.lock();
        let block = blocks.get_mut(&(organization, year))?;
        if block.next >= block.end {
            return None;
        }
        block.next += 1;
        Some((block.template.clone(), u64::try_from(block.next - 1).ok()?))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(OrganizationId, i32), Block>> {
        self.blocks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn reserve(db: &Db, organization: OrganizationId, year: i32, count: i64) -> ApiResult<Block> {
    let mut tx = db.tenant(organization).await?;
    let row = sqlx::query(
        "with series as (
            select id, template, case when template like '%{YY%' then $2 else 0 end as period
              from number_series where organization_id = $1 and document_type = 'order'
        ), counter as (
            insert into number_series_counters as c (organization_id, series_id, period, next_no)
            select $1, id, period, 1 + $3 from series
            on conflict (organization_id, series_id, period) do update set next_no = c.next_no + $3
            returning next_no
        )
        select series.template, counter.next_no from series, counter",
    )
    .bind(organization.uuid())
    .bind(year)
    .bind(count)
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    let end: i64 = row.try_get("next_no")?;
    Ok(Block {
        template: row.try_get("template")?,
        next: end - count,
        end,
    })
}
