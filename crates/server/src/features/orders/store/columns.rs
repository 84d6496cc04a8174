//! The columns of the slice's tables, once.

/// What may change on an order.
macro_rules! order_values {
    () => {
        "number, lifecycle, fulfilment_status, invoice_status, payment_status, return_status, has_backorder, hold_count, \
         customer_id, customer_code, customer_name, customer_po, owner_id, owner_name, team_id, currency, price_list_id, payment_term_id, \
         order_date, requested_date, valid_until, bill_to, ship_to, rounding_mode, tax_mode, cash_rounding, discount_percent, discount_amount, \
         subtotal, line_discount_total, order_discount, net_total, tax_total, grand_total, rounding_adjustment, payable_total, cost_total, \
         tax_summary, line_count, notes, custom, cancel_reason, submitted_at, submitted_by, confirmed_at, completed_at, closed_at, cancelled_at, \
         snapshot_hash, search, version, created_at, created_by, updated_at, updated_by"
    };
}

/// A line without its keys.
macro_rules! line_values {
    () => {
        "position, kind, product_id, sku, description, unit, tax_class_id, invoice_policy, shippable, requested_date, \
         ordered, cancelled, reserved, picked, shipped, delivered, returned, return_requested, return_credited, invoiced, credited, \
         unit_price, price_includes_tax, system_price, price_locked, price_source, discounts, gross, discount, net, order_discount_share, \
         base, tax, taxes, exemption_reason, discountable, cost, created_at, updated_at"
    };
}

/// A hold without its order.
macro_rules! hold_values {
    () => {
        "id, line_id, type, blocks, reason, expires_at, placed_at, placed_by, released_at, released_by, release_reason"
    };
}

/// An approval without its order.
macro_rules! approval_values {
    () => {
        "id, policy_id, policy_name, measured, threshold, snapshot_hash, state, requested_at, requested_by, decided_at, decided_by, reason"
    };
}

pub(super) use {approval_values, hold_values, line_values, order_values};
