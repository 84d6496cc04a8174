//! What has to be looked up for an order.

use super::addresses;
use super::prepare::Circumstances;
use crate::features::orders::input::{NewOrder, NewOrderLine};
use crate::features::orders::store::reference::Keys;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What has to be looked up for these lines and this header.
pub(super) fn keys(around: &Circumstances<'_>, input: &NewOrder, date: NaiveDate) -> Keys {
    let organization = &around.caller.organization;
    let mut countries: BTreeSet<String> = [&input.ship_to, &input.bill_to]
        .into_iter()
        .flatten()
        .map(|address| address.country.as_str().to_owned())
        .chain([organization.country.clone()])
        .collect();
    let kept = [&around.keep_ship_to, &around.keep_bill_to];
    countries.extend(
        kept.into_iter()
            .filter_map(|kept| addresses::open(kept.as_deref()))
            .map(|address| address.country),
    );
    let mut keys = Keys {
        organization: organization.id.uuid(),
        customer_id: input.customer_id.map(|id| id.uuid()),
        customer_code: input
            .customer_code
            .as_ref()
            .map(|code| code.as_str().to_owned()),
        price_list_id: input.price_list_id.map(|id| id.uuid()),
        payment_term_id: input.payment_term_id.map(|id| id.uuid()),
        owner_id: input.owner_id.map(|id| id.uuid()),
        caller_id: around.caller.user_id.uuid(),
        date,
        currency: input.currency.map(|currency| currency.code().to_owned()),
        base_currency: organization.currency.code().to_owned(),
        countries: countries.into_iter().collect(),
        customer_po: input.customer_po.as_ref().map(|po| po.as_str().to_owned()),
        order_id: (!around.order_id.is_nil()).then_some(around.order_id),
        with_exposure: around.preview || around.confirms,
        lock_exposure: around.confirms,
        ..Keys::default()
    };
    line_keys(&mut keys, &input.lines);
    keys
}

pub(super) fn line_keys(keys: &mut Keys, lines: &[NewOrderLine]) {
    let mut skus = BTreeSet::new();
    let (mut ids, mut barcodes, mut classes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for line in lines {
        ids.extend(line.product_id.map(|id| id.uuid()));
        skus.extend(line.sku.as_ref().map(|sku| sku.as_str().to_uppercase()));
        barcodes.extend(line.barcode.as_ref().map(|code| code.as_str().to_owned()));
        classes.extend(line.tax_class.as_ref().map(|code| code.as_str().to_owned()));
    }
    keys.product_ids = ids.into_iter().collect();
    keys.skus = skus.into_iter().collect();
    keys.barcodes = barcodes.into_iter().collect();
    keys.tax_classes = classes.into_iter().collect();
}
