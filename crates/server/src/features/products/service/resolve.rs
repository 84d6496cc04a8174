//! From what somebody types or scans to a product.

use som_domain::search::{SearchQuery, escape_like};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::caller::Caller;
use crate::features::products::store::find;
use crate::features::products::view::{ProductListItem, ResolvedProduct};
use crate::http::ApiResult;
use crate::permission::Permission;

/// Most candidates offered.
const CANDIDATES_MAX: i64 = 8;
/// Shorter words are looked for as the beginning of a SKU only: a trigram index cannot help with them.
const WORD_MIN: usize = 3;

/// The one product meant by `text` (SKU, then barcode, then external reference, then the only SKU with this beginning) and up to
/// eight candidates for a type-ahead.
pub async fn resolve(
    db: &mut PgConnection,
    caller: &Caller,
    text: &SearchQuery,
) -> ApiResult<ResolvedProduct> {
    let organization = caller.organization.id.uuid();
    let exact = find::by_exact(db, organization, text.as_str()).await?;
    let upper = text.as_str().to_uppercase();
    let by_prefix = find::by_sku_prefix(db, organization, &upper, CANDIDATES_MAX).await?;
    let only = match by_prefix.as_slice() {
        [one] => Some(*one),
        _ => None,
    };
    let matched = exact.first().copied().or(only);
    let mut candidates = exact;
    append(&mut candidates, by_prefix);
    if candidates.len() < 8 {
        append(&mut candidates, by_words(db, organization, text).await?);
    }
    candidates.truncate(8);
    let items = find::items(db, organization, &candidates).await?;
    let show_cost = caller.may(Permission::CostRead);
    let view = |row| ProductListItem::new(row, caller.organization.currency, show_cost);
    let candidates: Vec<ProductListItem> = items.into_iter().map(view).collect();
    let found = matched
        .and_then(|id| candidates.iter().find(|item| item.id.uuid() == id))
        .cloned();
    Ok(ResolvedProduct {
        r#match: found,
        candidates,
    })
}

fn append(all: &mut Vec<Uuid>, more: Vec<Uuid>) {
    for id in more {
        if !all.contains(&id) {
            all.push(id);
        }
    }
}

async fn by_words(
    db: &mut PgConnection,
    organization: Uuid,
    text: &SearchQuery,
) -> ApiResult<Vec<Uuid>> {
    let lower = text.as_str().to_lowercase();
    let words: Vec<&str> = lower
        .split(' ')
        .filter(|word| word.chars().count() >= WORD_MIN)
        .take(6)
        .collect();
    let Some(first) = words.first() else {
        return Ok(Vec::new());
    };
    let patterns: Vec<String> = words
        .iter()
        .map(|word| format!("%{}%", escape_like(word)))
        .collect();
    Ok(find::by_words(
        db,
        organization,
        &patterns,
        &escape_like(first),
        CANDIDATES_MAX,
    )
    .await?)
}
