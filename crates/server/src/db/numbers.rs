//! Human document numbers (`SO-2026-000042`): unique, growing, with gaps allowed, taken in blocks so that no order waits for another.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use chrono::{Datelike, NaiveDate};
use som_domain::ids::OrganizationId;
use som_domain::number_series::NumberTemplate;

use super::Db;
use crate::http::ApiResult;

/// Numbers reserved by one update. A restart skips what was left of a block.
const BLOCK: i64 = 20;

/// Blocks of numbers this process has reserved.
#[derive(Debug, Default)]
pub struct Numbers {
    shelves: Mutex<HashMap<Series, Shelf>>,
    /// One reservation at a time: a burst of orders takes one block, not one each.
    reserving: tokio::sync::Mutex<()>,
}

/// An organization's orders of one year.
type Series = (OrganizationId, i32);

/// The numbers at hand of a series, and how many requests under way count on one.
#[derive(Debug, Default)]
struct Shelf {
    blocks: VecDeque<Block>,
    promised: i64,
}

/// A number that will be at hand when it is asked for; to be held until the request is over.
#[derive(Debug)]
#[must_use = "the number is promised for as long as this lives"]
pub struct Promise<'a> {
    numbers: &'a Numbers,
    series: Series,
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        if let Some(shelf) = self.numbers.lock().get_mut(&self.series) {
            shelf.promised = (shelf.promised - 1).max(0);
        }
    }
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
        let series = (organization, date.year());
        let mut numbers = Vec::with_capacity(count);
        while numbers.len() < count {
            if let Some((template, number)) = self.take(series) {
                let template: NumberTemplate = template
                    .parse()
                    .map_err(|e| anyhow::anyhow!("stored number template: {e}"))?;
                numbers.push(template.render(number, date));
                continue;
            }
            let want = i64::try_from(count - numbers.len())
                .unwrap_or(BLOCK)
                .max(BLOCK);
            self.reserve_to(db, series, 1, want).await?;
        }
        Ok(numbers)
    }

    /// Promises a number. Called before a transaction begins, so that no order has to wait for a second connection while it holds one: when all
    /// connections are held like that, nobody gets one.
    pub async fn ahead(
        &self,
        db: &Db,
        organization: OrganizationId,
        date: NaiveDate,
    ) -> ApiResult<Promise<'_>> {
        let series = (organization, date.year());
        self.lock().entry(series).or_default().promised += 1;
        let promise = Promise {
            numbers: self,
            series,
        };
        self.reserve_to(db, series, 0, BLOCK).await?;
        Ok(promise)
    }

    /// Reserves `want` numbers, and those that are promised, unless `least` are at hand beside them.
    async fn reserve_to(&self, db: &Db, series: Series, least: i64, want: i64) -> ApiResult<()> {
        if self.at_hand(series) >= least {
            return Ok(());
        }
        let _one_at_a_time = self.reserving.lock().await;
        let at_hand = self.at_hand(series);
        if at_hand < least {
            let want = want.max(-at_hand);
            let block = reserve(db, series.0, series.1, want).await?;
            let mut shelves = self.lock();
            shelves.entry(series).or_default().blocks.push_back(block);
        }
        Ok(())
    }

    /// Numbers at hand beside those that are promised.
    fn at_hand(&self, series: Series) -> i64 {
        self.lock().get(&series).map_or(0, |shelf| {
            let left: i64 = shelf.blocks.iter().map(|b| b.end - b.next).sum();
            left - shelf.promised
        })
    }

    /// The number the next document of a year would get here, if one is reserved.
    pub fn peek(&self, organization: OrganizationId, year: i32) -> Option<u64> {
        let shelves = self.lock();
        let block = shelves
            .get(&(organization, year))?
            .blocks
            .iter()
            .find(|block| block.next < block.end)?;
        u64::try_from(block.next).ok()
    }

    /// Forgets reserved blocks: the template was changed.
    pub fn forget(&self, organization: OrganizationId) {
        self.lock().retain(|(owner, _), _| *owner != organization);
    }

    fn take(&self, series: Series) -> Option<(String, u64)> {
        let mut shelves = self.lock();
        let blocks = &mut shelves.get_mut(&series)?.blocks;
        while blocks.front().is_some_and(|block| block.next >= block.end) {
            blocks.pop_front();
        }
        let block = blocks.front_mut()?;
        block.next += 1;
        Some((block.template.clone(), u64::try_from(block.next - 1).ok()?))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Series, Shelf>> {
        self.shelves
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Which counter a template uses: the year's, or `0` for one that shows no year.
pub fn period(template: &str, year: i32) -> i32 {
    if template.contains("{YY") { year } else { 0 }
}

async fn reserve(db: &Db, organization: OrganizationId, year: i32, count: i64) -> ApiResult<Block> {
    let mut tx = db.tenant(organization).await?;
    let row = sqlx::query!(
        "with series as (
            select id, template, case when template like '%{YY%' then $2 else 0 end as period
              from number_series where organization_id = $1 and document_type = 'order'
        ), counter as (
            insert into number_series_counters as c (organization_id, series_id, period, next_no)
            select $1, id, period, 1 + $3::bigint from series
            on conflict (organization_id, series_id, period) do update set next_no = c.next_no + $3
            returning next_no
        )
        select series.template, counter.next_no from series, counter",
        organization.uuid(),
        year,
        count,
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Block {
        template: row.template,
        next: row.next_no - count,
        end: row.next_no,
    })
}
