//! Addresses of an order: copies, chosen among what was sent, what was named, and the customer's own.

use som_domain::ids::AddressId;

use super::lines::Findings;
use crate::features::orders::input::AddressInput;
use crate::features::orders::store::reference::{Address, Reference};
use crate::features::orders::view::AddressSnapshot;
use crate::http::FieldProblem;

/// Reads an address of a row.
pub fn open(text: Option<&str>) -> Option<AddressSnapshot> {
    serde_json::from_str(text?).ok()
}

fn write(address: &AddressSnapshot) -> Option<String> {
    serde_json::to_string(address).ok()
}

/// The billing address of the row.
pub fn bill_to(
    given: Option<&AddressInput>,
    id: Option<AddressId>,
    reference: &Reference,
    findings: &mut Findings,
) -> Option<String> {
    choose(given, id, "/bill_to", "billing", reference, findings)
}

/// The shipping address of the row.
pub fn ship_to(
    given: Option<&AddressInput>,
    id: Option<AddressId>,
    reference: &Reference,
    findings: &mut Findings,
) -> Option<String> {
    choose(given, id, "/ship_to", "shipping", reference, findings)
}

fn choose(
    given: Option<&AddressInput>,
    id: Option<AddressId>,
    pointer: &str,
    kind: &str,
    reference: &Reference,
    findings: &mut Findings,
) -> Option<String> {
    match (given, id) {
        (Some(_), Some(_)) => {
            findings.problems.push(FieldProblem::at(
                format!("{pointer}_address_id"),
                "ambiguous_address",
                "Send the address or name one, not both.",
            ));
            None
        }
        (Some(given), None) => write(&snapshot_of_input(given)),
        (None, Some(id)) => {
            let found = reference
                .addresses
                .iter()
                .find(|address| address.id == id.uuid());
            if found.is_none() {
                findings.problems.push(FieldProblem::at(
                    format!("{pointer}_address_id"),
                    "unknown_address",
                    "The customer has no such valid address.",
                ));
            }
            found.and_then(|address| write(&snapshot(address)))
        }
        (None, None) => default(reference, kind).and_then(|address| write(&snapshot(address))),
    }
}

/// Addresses come defaults first; one of the kind goes before one for both, any address before none.
fn default<'a>(reference: &'a Reference, kind: &str) -> Option<&'a Address> {
    let rank = |address: &&Address| match address.kind.as_str() {
        own if own == kind => 0,
        "both" => 1,
        _ => 2,
    };
    reference
        .addresses
        .iter()
        .min_by_key(|address| (rank(address) == 2, !address.is_default, rank(address)))
}

fn snapshot_of_input(input: &AddressInput) -> AddressSnapshot {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    AddressSnapshot {
        recipient: input.recipient.as_ref().map(|r| r.as_str().to_owned()),
        lines: input
            .lines
            .iter()
            .map(|line| line.as_str().to_owned())
            .collect(),
        city: text(input.city.as_ref().map(som_domain::text::Text::as_str)),
        region: text(input.region.as_ref().map(som_domain::text::Text::as_str)),
        postal_code: text(
            input
                .postal_code
                .as_ref()
                .map(som_domain::text::Text::as_str),
        ),
        country: input.country.as_str().to_owned(),
    }
}

fn snapshot(address: &Address) -> AddressSnapshot {
    AddressSnapshot {
        recipient: address.recipient.clone(),
        lines: serde_json::from_str(&address.lines).unwrap_or_default(),
        city: address.city.clone(),
        region: address.region.clone(),
        postal_code: address.postal_code.clone(),
        country: address.country.clone(),
    }
}
