//! Which rule decides: the most specific of those that fit. Pure.

use deserr::Deserr;
use som_domain::document::LineTax;
use som_domain::scalar::Invalid;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::features::taxes::store::rules::AppliedRow;
use crate::http::ApiError;

/// What the tax office sees in a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserr, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TaxStatus {
    /// Pays tax.
    #[default]
    #[deserr(rename = "taxable")]
    Taxable,
    /// Holds an exemption.
    #[deserr(rename = "exempt")]
    Exempt,
    /// Owes the tax itself.
    #[deserr(rename = "reverse_charge")]
    ReverseCharge,
}

impl TaxStatus {
    /// The text forms.
    pub const NAMES: &'static [&'static str] = &["taxable", "exempt", "reverse_charge"];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taxable => "taxable",
            Self::Exempt => "exempt",
            Self::ReverseCharge => "reverse_charge",
        }
    }

    /// The status of a stored text; an unknown one is taxable.
    pub fn of(text: &str) -> Self {
        [Self::Exempt, Self::ReverseCharge]
            .into_iter()
            .find(|status| status.as_str() == text)
            .unwrap_or(Self::Taxable)
    }
}

/// Where goods go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// ISO country; none when nothing is known.
    pub country: Option<String>,
    /// Region as the address writes it.
    pub region: Option<String>,
}

/// A rule with its taxes in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The product's class it is for.
    pub class: Uuid,
    /// Country; none: everywhere.
    pub country: Option<String>,
    /// Region; none: the whole country.
    pub region: Option<String>,
    /// What is levied.
    pub taxes: Vec<LineTax>,
    /// Why nothing is.
    pub exemption_reason: Option<String>,
}

impl TryFrom<AppliedRow> for Rule {
    type Error = ApiError;

    fn try_from(row: AppliedRow) -> Result<Self, ApiError> {
        let tax =
            |tax: crate::features::taxes::store::rules::AppliedTax| -> Result<LineTax, Invalid> {
                Ok(LineTax {
                    code: tax.code.parse()?,
                    rate: tax.rate.try_into()?,
                    compound: tax.compound,
                })
            };
        let taxes = row
            .taxes
            .0
            .into_iter()
            .map(tax)
            .collect::<Result<_, _>>()
            .map_err(anyhow::Error::new)?;
        Ok(Self {
            class: row.tax_class_id,
            country: row.country,
            region: row.region,
            taxes,
            exemption_reason: row.exemption_reason,
        })
    }
}

/// The rules of one document: its place and its customer's status are settled, its lines differ in class.
#[derive(Debug, Clone)]
pub struct TaxRules {
    rules: Vec<Rule>,
    place: Place,
    status: TaxStatus,
}

impl TaxRules {
    /// Rules that fit the status already.
    pub fn new(rules: Vec<Rule>, place: Place, status: TaxStatus) -> Self {
        Self {
            rules,
            place,
            status,
        }
    }

    /// The taxes of a product of this class, and why there are none. No rule for a customer who pays no tax: none, by that status.
    pub fn pick(&self, class: Option<Uuid>) -> (Vec<LineTax>, Option<String>) {
        match class.and_then(|class| pick_rule(&self.rules, class, &self.place)) {
            Some(rule) => (rule.taxes.clone(), rule.exemption_reason.clone()),
            None => (
                Vec::new(),
                (self.status != TaxStatus::Taxable).then(|| self.status.as_str().to_owned()),
            ),
        }
    }

    /// Whether any rule decides for this class; a taxable document without one deserves a warning.
    pub fn knows(&self, class: Option<Uuid>) -> bool {
        class.is_some_and(|class| pick_rule(&self.rules, class, &self.place).is_some())
    }
}

/// The most specific rule for a class and a place: country and region, then country, then anywhere.
pub fn pick_rule<'a>(rules: &'a [Rule], class: Uuid, place: &Place) -> Option<&'a Rule> {
    let fits = |rule: &&Rule| {
        let here = |wanted: &Option<String>, given: &Option<String>| match (wanted, given) {
            (None, _) => true,
            (Some(wanted), Some(given)) => {
                wanted.trim().to_lowercase() == given.trim().to_lowercase()
            }
            (Some(_), None) => false,
        };
        rule.class == class
            && here(&rule.country, &place.country)
            && here(&rule.region, &place.region)
    };
    rules
        .iter()
        .filter(fits)
        .max_by_key(|rule| (rule.country.is_some(), rule.region.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(class: u128, country: Option<&str>, region: Option<&str>, reason: &str) -> Rule {
        Rule {
            class: Uuid::from_u128(class),
            country: country.map(str::to_owned),
            region: region.map(str::to_owned),
            taxes: Vec::new(),
            exemption_reason: Some(reason.to_owned()),
        }
    }

    fn place(country: &str, region: &str) -> Place {
        Place {
            country: Some(country.to_owned()).filter(|c| !c.is_empty()),
            region: Some(region.to_owned()).filter(|r| !r.is_empty()),
        }
    }

    #[test]
    fn the_most_specific_rule_wins() {
        let rules = [
            rule(1, None, None, "any"),
            rule(1, Some("US"), Some("CA"), "state"),
            rule(1, Some("US"), None, "country"),
            rule(2, Some("US"), Some("CA"), "other"),
        ];
        let reason = |place| {
            pick_rule(&rules, Uuid::from_u128(1), &place)
                .and_then(|rule| rule.exemption_reason.clone())
        };
        assert_eq!(reason(place("US", "ca")).as_deref(), Some("state"));
        assert_eq!(reason(place("US", "NY")).as_deref(), Some("country"));
        assert_eq!(reason(place("US", "")).as_deref(), Some("country"));
        assert_eq!(reason(place("DE", "CA")).as_deref(), Some("any"));
        assert_eq!(reason(place("", "")).as_deref(), Some("any"));
    }

    #[test]
    fn without_a_rule_the_status_is_the_reason() {
        let none = |status| {
            TaxRules::new(Vec::new(), Place::default(), status).pick(Some(Uuid::from_u128(1)))
        };
        assert_eq!(none(TaxStatus::Taxable), (Vec::new(), None));
        assert_eq!(
            none(TaxStatus::ReverseCharge).1.as_deref(),
            Some("reverse_charge")
        );
        assert_eq!(TaxStatus::of("exempt"), TaxStatus::Exempt);
    }
}
