//! From many texts, typed or scanned, to the products they stand for.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{FoundProducts, ProductKeys, find_many};
use crate::caller::Caller;
use crate::features::products::store::find;
use crate::features::products::store::recognize::{Hit, hits};
use crate::features::products::view::ProductListItem;
use crate::http::ApiResult;
use crate::permission::Permission;

/// Most products offered for one text.
const CANDIDATES_MAX: usize = 8;

/// What a text stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognized {
    /// The one product, when it is only one.
    pub product: Option<Uuid>,
    /// The unit whose barcode the text is.
    pub unit: Option<Uuid>,
    /// What it may be when it is not one: at most eight.
    pub candidates: Vec<Uuid>,
}

/// What texts stand for, and the products.
#[derive(Debug)]
pub struct Recognition {
    /// In the order of the texts.
    pub texts: Vec<Recognized>,
    /// The recognized products, as documents need them.
    pub products: FoundProducts,
    /// They and the candidates, as lists show them.
    pub items: Vec<ProductListItem>,
}

/// Recognizes every text by the rules of [`super::resolve`], with three reads whatever their number. A text that stands for several
/// products equally well (a reference of two systems, a beginning) stands for none.
pub async fn recognize(
    db: &mut PgConnection,
    caller: &Caller,
    texts: &[String],
) -> ApiResult<Recognition> {
    let organization = caller.organization.id.uuid();
    let limit = i64::try_from(CANDIDATES_MAX).unwrap_or(i64::MAX);
    let hits = hits(db, organization, texts, limit).await?;
    let texts: Vec<Recognized> = (0i64..)
        .zip(texts)
        .map(|(place, _)| recognized(of(&hits, place)))
        .collect();
    let keys = ProductKeys {
        ids: texts.iter().filter_map(|text| text.product).collect(),
        ..ProductKeys::default()
    };
    let products = find_many(db, organization, &keys).await?;
    let mut shown: Vec<Uuid> = texts
        .iter()
        .flat_map(|text| text.product.iter().chain(&text.candidates))
        .copied()
        .collect();
    shown.sort_unstable();
    shown.dedup();
    let show_cost = caller.may(Permission::CostRead);
    let view = |row| ProductListItem::new(row, caller.organization.currency, show_cost);
    let items = find::items(db, organization, &shown).await?;
    Ok(Recognition {
        texts,
        products,
        items: items.into_iter().map(view).collect(),
    })
}

/// The hits of one text: they are sorted by its place.
fn of(hits: &[Hit], place: i64) -> &[Hit] {
    let from = hits.partition_point(|hit| hit.place < place);
    let to = hits.partition_point(|hit| hit.place <= place);
    hits.get(from..to).unwrap_or_default()
}

/// The only product of the best rank, or everything it may be.
fn recognized(hits: &[Hit]) -> Recognized {
    let best = hits.first().map(|hit| hit.rank);
    let mut ids: Vec<Uuid> = Vec::new();
    for hit in hits.iter().filter(|hit| Some(hit.rank) == best) {
        if !ids.contains(&hit.id) {
            ids.push(hit.id);
        }
    }
    match (ids.as_slice(), hits.first()) {
        ([one], Some(first)) => Recognized {
            product: Some(*one),
            unit: first.unit_id,
            candidates: Vec::new(),
        },
        _ => {
            ids.truncate(CANDIDATES_MAX);
            Recognized {
                candidates: ids,
                ..Recognized::default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(rank: i32, id: u128) -> Hit {
        Hit {
            place: 0,
            rank,
            id: Uuid::from_u128(id),
            unit_id: None,
        }
    }

    #[test]
    fn the_best_rank_decides_when_it_names_one_product() {
        let found = recognized(&[hit(1, 7), hit(2, 7), hit(2, 8), hit(6, 7)]);
        assert_eq!(found.product, Some(Uuid::from_u128(7)));
        assert_eq!(
            recognized(&[hit(5, 7), hit(5, 7)])
                .product
                .map(|id| id.as_u128()),
            Some(7)
        );
    }

    #[test]
    fn several_products_of_the_best_rank_are_candidates() {
        let found = recognized(&[hit(5, 7), hit(5, 8), hit(6, 9)]);
        assert_eq!(found.product, None);
        assert_eq!(found.candidates, [7, 8].map(Uuid::from_u128));
        assert_eq!(recognized(&[]), Recognized::default());
    }
}
