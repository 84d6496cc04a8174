//! What many texts may stand for, in one read.

use sqlx::PgConnection;
use uuid::Uuid;

/// A product that a text may stand for. The lower the rank, the better: SKU, SKU in another case, barcode, barcode of a unit, reference in
/// another system, beginning of the SKU.
#[derive(Debug, Clone)]
pub(in crate::features::products) struct Hit {
    /// Number of the text, from 0.
    pub place: i64,
    pub rank: i32,
    pub id: Uuid,
    /// The unit whose barcode it was.
    pub unit_id: Option<Uuid>,
}

/// Everything the texts may stand for, best first; at most `limit` products by reference and by beginning each.
pub(in crate::features::products) async fn hits(
    db: &mut PgConnection,
    organization: Uuid,
    texts: &[String],
    limit: i64,
) -> Result<Vec<Hit>, sqlx::Error> {
    sqlx::query_as!(
        Hit,
        r#"with asked as materialized (
               select place - 1 as place, text, upper(text) as key from unnest($2::text[]) with ordinality as t (text, place))
           select a.place as "place!", f.rank as "rank!", f.id as "id!", f.unit_id
             from asked a
            cross join lateral (
                  select case when p.sku = a.text then 1 else 2 end as rank, p.id, null::uuid as unit_id
                    from products p where p.organization_id = $1 and upper(p.sku) = a.key
                  union all
                  select 3, p.id, null from products p where p.organization_id = $1 and p.barcode = a.text and p.barcode is not null
                  union all
                  select 4, u.product_id, u.unit_id from product_units u where u.organization_id = $1 and u.barcode = a.text and u.barcode is not null
                  union all
                  (select 6, p.id, null from products p
                    where p.organization_id = $1 and upper(p.sku) ~>=~ a.key and upper(p.sku) ~<~ (a.key || U&'\+10FFFF')
                      and p.status in ('active', 'phase_out')
                    order by upper(p.sku) using ~<~ limit $3)) f
           union all
           select a.place, 5, r.entity_id, null
             from external_refs r join asked a on a.text = r.ref
            where r.organization_id = $1 and r.entity = 'product'
            order by 1, 2"#,
        organization,
        texts,
        limit,
    )
    .fetch_all(db)
    .await
}
