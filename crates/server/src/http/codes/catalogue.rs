//! Codes of customers, products, prices and taxes.

super::codes! { "Customers, products, prices and taxes":
    "ambiguous_price": "Both a price and a discount" => "A price says either an amount or a per cent.";
    "ambiguous_scope": "A list for a customer and for a group" => "Choose one.";
    "ambiguous_target": "A price for a product and for a category" => "Choose one.";
    "circle": "A category below itself" => "Choose a parent that does not lie below it.";
    "country_missing": "A region needs its country" => "Add the country.";
    "duplicate_barcode": "Another product has the barcode" => "Check the digits, or take it from the other product.";
    "duplicate_rule": "There is already a rule for this case" => "Change that one.";
    "duplicate_sku": "Another product has the SKU" => "Choose another, or change that product.";
    "inexact_conversion": "The quantity cannot be converted exactly" => "Use the product's own unit.";
    "mixed_tier_modes": "Tiers of different kinds" => "Tiers of one price are all by volume or all graduated.";
    "out_of_sight": "You would not see the customer any more" => "Ask somebody who sees more to hand it over.";
    "own_unit": "The product's own unit needs no conversion" => "Leave it out.";
    "price_overlap": "Another price holds at the same time" => "End the other one first; the detail names it.";
    "target_missing": "One price for every product" => "Name a product or category, or give a per cent.";
    "too_many_addresses": "Too many addresses" => "Delete one that is not used.";
    "too_many_contacts": "Too many contacts" => "Delete one that is not used.";
    "unknown_category": "There is no such category" => "List the categories.";
    "unknown_customer_group": "There is no such customer group" => "List the groups.";
    "unknown_reference": "What it refers to does not exist" => "Check the id or code.";
    "unknown_tax": "There is no such tax" => "List the taxes.";
    "unknown_tax_class": "There is no such tax class" => "List the tax classes.";
    "unknown_unit": "There is no such unit" => "List the units, or add it to the product.";
}
