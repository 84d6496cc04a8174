//! What a provider says about somebody, once its token was checked: by the crate (issuer, audience, signature, nonce, times), and here what the crate leaves open.

use chrono::{DateTime, Duration, Utc};
use openidconnect::core::CoreJwsSigningAlgorithm as Algorithm;
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId,
    IdTokenVerifier, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeVerifier,
    SignatureVerificationError, SubjectIdentifier, TokenResponse,
};
use serde_json::{Map, Value};

use super::super::journey::JourneyToken;
use super::super::store::ProviderRow;
use super::protocol::{Claims, Known, Refused, Token, UserInfo, Way, known, newer_keys, told};
use super::redirect_uri;
use crate::app::AppState;

/// Clocks may differ by so much.
pub(super) const SKEW: Duration = Duration::seconds(30);
/// A token is made for this sign-in: it is not older than one may last.
const ISSUED_WITHIN: Duration = Duration::minutes(10);
/// Groups of a person that are looked at.
const GROUPS_MAX: usize = 1000;

/// Signatures that are taken: of a key that only the provider has.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What a provider says about somebody.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) email: Option<String>,
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
    pub(super) groups: Vec<String>,
    pub(super) second_factor: bool,
    pub(super) auth_time: Option<DateTime<Utc>>,
}

/// What came with the browser.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) code: &'a str,
    pub(super) issuer: Option<&'a str>,
}

/// Exchanges the code of an answer and checks everything about the token.
pub(super) async fn said(
    state: &AppState,
    provider: &ProviderRow,
    secret: Option<&str>,
    token: &JourneyToken,
    answer: &Answer<'_>,
    now: DateTime<Utc>,
) -> Result<Said, Refused> {
    let mut issuer = known(state, &provider.issuer, now).await?;
    check_issuer(&issuer, provider, answer)?;
    let client = issuer.relying(&provider.client_id, secret, redirect_uri(state))?;
    let verifier = PkceCodeVerifier::new(token.verifier().map_err(Refused::because)?);
    let tokens = client
        .exchange_code(AuthorizationCode::new(answer.code.to_owned()))
        .set_pkce_verifier(verifier)
        .request_async(&Way(state.outbound()))
        .await
        .map_err(|error| Refused::because(told(&error)))?;
    let id_token = tokens.id_token();
    let id_token = id_token.ok_or_else(|| Refused("there is no ID token".into()))?;
    let nonce = Nonce::new(token.nonce().map_err(Refused::because)?);
    let mut claims = verified(&issuer, provider, id_token, &nonce, now);
    if is_unknown_key(&claims)
        && let Some(newer) = newer_keys(state, &provider.issuer, &issuer, now).await?
    {
        issuer = newer;
        claims = verified(&issuer, provider, id_token, &nonce, now);
    }
    let claims = claims.map_err(|error| Refused::because(told(&error)))?;
    check_party(claims, provider)?;
    check_access_token(&issuer, provider, id_token, claims, tokens.access_token())?;
    let more = more(state, &issuer, provider, claims, tokens.access_token()).await?;
    Ok(summed_up(provider, claims, more.as_ref()))
}

/// RFC 9207: the answer comes from whom the browser was sent to.
fn check_issuer(known: &Known, provider: &ProviderRow, answer: &Answer<'_>) -> Result<(), Refused> {
    match answer.issuer {
        Some(issuer) if issuer == provider.issuer => Ok(()),
        Some(_) => Err(Refused("the answer is another issuer's".into())),
        None if known.names_itself() => Err(Refused("the answer names no issuer".into())),
        None => Ok(()),
    }
}

fn verifier<'a>(
    issuer: &Known,
    provider: &ProviderRow,
) -> Result<IdTokenVerifier<'a, openidconnect::core::CoreJsonWebKey>, url::ParseError> {
    let client_id = ClientId::new(provider.client_id.clone());
    let url = IssuerUrl::new(provider.issuer.clone())?;
    Ok(
        IdTokenVerifier::new_public_client(client_id, url, issuer.keys.clone())
            .set_allowed_algs(ALGORITHMS),
    )
}

fn verified<'t>(
    issuer: &Known,
    provider: &ProviderRow,
    token: &'t Token,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<&'t Claims, ClaimsVerificationError> {
    let unusable = |e: url::ParseError| ClaimsVerificationError::Other(e.to_string());
    let verifier = verifier(issuer, provider)
        .map_err(unusable)?
        .set_time_fn(move || now - SKEW)
        .set_issue_time_verifier_fn(move |at| {
            let fits = at <= now + SKEW && now - at <= ISSUED_WITHIN + SKEW;
            fits.then_some(())
                .ok_or_else(|| "issued at another time".to_owned())
        });
    token.claims(&verifier, nonce)
}

fn is_unknown_key(claims: &Result<&Claims, ClaimsVerificationError>) -> bool {
    use ClaimsVerificationError::SignatureVerification;
    matches!(
        claims,
        Err(SignatureVerification(
            SignatureVerificationError::NoMatchingKey
        ))
    )
}

/// The crate leaves `azp` open: when it is there, it is us.
fn check_party(claims: &Claims, provider: &ProviderRow) -> Result<(), Refused> {
    let party = claims.authorized_party();
    if party.is_some_and(|party| party.as_str() != provider.client_id) {
        return Err(Refused("the token was made for another party".into()));
    }
    Ok(())
}

/// The access token is the one the ID token speaks of.
fn check_access_token(
    issuer: &Known,
    provider: &ProviderRow,
    token: &Token,
    claims: &Claims,
    access: &AccessToken,
) -> Result<(), Refused> {
    let Some(expected) = claims.access_token_hash() else {
        return Ok(());
    };
    let verifier = verifier(issuer, provider).map_err(Refused::because)?;
    let algorithm = token.signing_alg().map_err(Refused::because)?;
    let key = token.signing_key(&verifier).map_err(Refused::because)?;
    let actual = AccessTokenHash::from_token(access, algorithm, key).map_err(Refused::because)?;
    if actual != *expected {
        return Err(Refused("the access token is another one".into()));
    }
    Ok(())
}

/// Some providers tell address and groups only when they are asked for them.
async fn more(
    state: &AppState,
    issuer: &Known,
    provider: &ProviderRow,
    claims: &Claims,
    access: &AccessToken,
) -> Result<Option<UserInfo>, Refused> {
    let groups = provider.group_claim.as_deref();
    let told_groups =
        groups.is_none_or(|name| at(&claims.additional_claims().claims, name).is_some());
    let Some(url) = issuer
        .user_info()
        .filter(|_| claims.email().is_none() || !told_groups)
    else {
        return Ok(None);
    };
    let subject = SubjectIdentifier::new(claims.subject().to_string());
    let info = issuer
        .relying(&provider.client_id, None, redirect_uri(state))?
        .set_user_info_url(url)
        .user_info(access.clone(), Some(subject))
        .request_async(&Way(state.outbound()))
        .await
        .map_err(|error| Refused::because(told(&error)))?;
    Ok(Some(info))
}

fn summed_up(provider: &ProviderRow, claims: &Claims, more: Option<&UserInfo>) -> Said {
    let (email, email_verified) = match (claims.email(), more) {
        (Some(email), _) => (Some(email.to_string()), claims.email_verified()),
        (None, Some(more)) => (more.email().map(|e| e.to_string()), more.email_verified()),
        (None, None) => (None, None),
    };
    let full = claims.name().or(more.and_then(UserInfo::name));
    let name = full
        .and_then(|name| name.get(None))
        .map(|name| name.to_string());
    let groups = provider.group_claim.as_deref().and_then(|name| {
        at(&claims.additional_claims().claims, name)
            .or_else(|| at(&more?.additional_claims().claims, name))
    });
    Said {
        subject: claims.subject().to_string(),
        email,
        email_verified: email_verified == Some(true),
        name,
        groups: groups.map(words).unwrap_or_default(),
        second_factor: has_second_factor(provider, claims),
        auth_time: claims.auth_time(),
    }
}

fn has_second_factor(provider: &ProviderRow, claims: &Claims) -> bool {
    let mut methods = claims.auth_method_refs().into_iter().flatten();
    let level = claims.auth_context_ref().map(|acr| acr.to_string());
    methods.any(|method| method.as_str() == "mfa")
        || level.is_some_and(|level| provider.second_factor_acr.contains(&level))
}

/// A claim by its name, which may itself hold dots; else a dot leads inwards.
fn at<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    at(claims.get(first)?.as_object()?, rest)
}

/// One word or several.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .take(GROUPS_MAX)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn groups_are_found_by_name_and_inwards() {
        let claims = json!({
            "groups": ["sales", 7, "all"], "https://example.com/groups": "one",
            "realm_access": { "roles": ["admin"] }, "none": null,
        });
        let claims = claims.as_object().unwrap();
        let found = |name| at(claims, name).map(words);
        assert_eq!(found("groups"), Some(vec!["sales".into(), "all".into()]));
        assert_eq!(
            found("https://example.com/groups"),
            Some(vec!["one".into()])
        );
        assert_eq!(found("realm_access.roles"), Some(vec!["admin".into()]));
        assert_eq!(found("none"), Some(Vec::new()));
        assert_eq!(found("realm_access.other"), None);
        assert_eq!(found("absent"), None);
    }
}
