//! What stands in the fields of an identity provider: an issuer that can be asked, words, domains.

use std::collections::BTreeSet;

use som_domain::Email;
use som_domain::text::Text;
use url::Url;

use super::super::input::Word;
use crate::app::AppState;
use crate::change::Changes;
use crate::http::FieldProblem;

/// Words of a list and domains of a provider at most.
const WORDS_MAX: usize = 20;
const DOMAINS_MAX: usize = 50;

/// The domains in order; what is none is a problem.
pub(super) fn changed_domains(
    mut before: Vec<String>,
    patch: Option<Vec<Text<1, 253>>>,
    changes: &mut Changes,
) -> Option<Vec<String>> {
    let list = patch?;
    if list.len() > DOMAINS_MAX {
        let detail = format!("A provider has at most {DOMAINS_MAX} domains.");
        changes.problem(FieldProblem::at("/email_domains", "too_many", detail));
        return None;
    }
    let mut names = BTreeSet::new();
    for (place, domain) in list.iter().enumerate() {
        let name = domain.as_str().to_ascii_lowercase();
        if format!("x@{name}").parse::<Email>().is_ok() && name.is_ascii() {
            names.insert(name);
            continue;
        }
        let detail = "Write the part of an address after the @, such as example.com.";
        let at = format!("/email_domains/{place}");
        changes.problem(FieldProblem::at(at, "invalid_domain", detail));
    }
    let names: Vec<String> = names.into_iter().collect();
    changes.set("email_domains", &mut before, names.clone());
    Some(names)
}

/// Only what a request would be let out for, and what can be compared byte by byte.
pub(super) fn check_issuer(state: &AppState, issuer: &str) -> Option<FieldProblem> {
    let wrong = |detail: String| FieldProblem::at("/issuer", "invalid_issuer", detail);
    let plain = Url::parse(issuer).ok();
    let plain = plain.filter(|url| url.query().is_none() && url.fragment().is_none());
    let Some(url) = plain else {
        return Some(wrong(
            "Write it as https://idp.example.com, without ? and #.".into(),
        ));
    };
    let refusal = state.outbound().would_take(&url).err()?;
    Some(wrong(format!("This server does not ask there: {refusal}.")))
}

/// The words, each once; what is none is a problem.
pub(super) fn words(at: &str, list: Vec<Word>, changes: &mut Changes) -> Vec<String> {
    if list.len() > WORDS_MAX {
        let detail = format!("At most {WORDS_MAX}.");
        changes.problem(FieldProblem::at(at, "too_many", detail));
    }
    let mut words = Vec::new();
    for (place, word) in list.into_iter().take(WORDS_MAX).enumerate() {
        let plain = |b: u8| b.is_ascii_graphic() && b != b'"' && b != b'\\';
        if !word.as_str().bytes().all(plain) {
            let detail = "One word of ASCII without blanks, quotes and backslashes.";
            let at = format!("{at}/{place}");
            changes.problem(FieldProblem::at(at, "invalid_word", detail));
        } else if !words.iter().any(|known| known == word.as_str()) {
            words.push(word.into_string());
        }
    }
    words
}

/// What is asked for when nobody says otherwise.
pub(super) fn usual_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

/// Without `openid` there is no ID token.
pub(super) fn scopes(mut list: Vec<String>) -> Vec<String> {
    if !list.iter().any(|scope| scope == "openid") {
        list.insert(0, "openid".to_owned());
    }
    list
}
