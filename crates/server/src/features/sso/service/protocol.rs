//! The conversation with an issuer: the `openidconnect` crate speaks, over the server's own way out.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use ::http::{Request, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AsyncHttpClient, AuthType, Client, ClientId,
    ClientSecret, EmptyExtraTokenFields, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdToken, IdTokenClaims, IdTokenFields, IssuerUrl, ProviderMetadata, RedirectUrl,
    StandardErrorResponse, StandardTokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::super::state::SsoState;
use crate::app::AppState;
use crate::outbound::{Outbound, OutboundError};

/// The largest answer of a provider that is read.
const ANSWER_MAX: usize = 128 * 1024;

/// Why somebody did not get in. For the log and for administrators: people are told only that it failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(in super::super) struct Refused(pub(in super::super) String);

impl Refused {
    pub(super) fn because(reason: impl std::fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

/// Members of discovery that the crate does not know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in super::super) struct More {
    /// RFC 9207: every answer names its issuer.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

/// Every claim that is not one of OpenID Connect's own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Extra {
    #[serde(flatten)]
    pub(super) claims: serde_json::Map<String, serde_json::Value>,
}

impl AdditionalClaims for Extra {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(super) type Token =
    IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
pub(super) type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
pub(super) type UserInfo = UserInfoClaims<Extra, CoreGenderClaim>;

type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// A client that may send browsers away and exchange codes.
pub(super) type Relying = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// What an issuer said about itself, and its keys.
#[derive(Debug, Clone)]
pub(in super::super) struct Known {
    metadata: Metadata,
    pub(super) keys: CoreJsonWebKeySet,
    pub(in super::super) read_at: DateTime<Utc>,
    pub(in super::super) keys_at: DateTime<Utc>,
}

/// The server's own way out, as the crate wants it.
pub(super) struct Way<'a>(pub(super) &'a Outbound);

impl<'c> AsyncHttpClient<'c> for Way<'_> {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let request = Request::from_parts(parts, Bytes::from(body));
            let answer = self.0.send(request, ANSWER_MAX).await?;
            Ok(answer.map(|bytes| bytes.to_vec()))
        })
    }
}

/// What an issuer says about itself: from memory, or asked for.
pub(super) async fn known(
    state: &AppState,
    issuer: &str,
    now: DateTime<Utc>,
) -> Result<Arc<Known>, Refused> {
    if let Some(known) = state.sso().known(issuer, now) {
        return Ok(known);
    }
    if state.sso().rests(issuer, now) {
        return Err(Refused("the issuer failed a moment ago".into()));
    }
    match ask(state, issuer, now).await {
        Ok(known) => Ok(known),
        Err(refused) => {
            state.sso().failed(issuer, now);
            Err(refused)
        }
    }
}

/// What an issuer says about itself now. The crate refuses a document that names another issuer.
pub(super) async fn ask(
    state: &AppState,
    issuer: &str,
    now: DateTime<Utc>,
) -> Result<Arc<Known>, Refused> {
    let url = IssuerUrl::new(issuer.to_owned()).map_err(Refused::because)?;
    let found = Metadata::discover_async(url, &Way(state.outbound())).await;
    let metadata = found.map_err(|error| Refused::because(told(&error)))?;
    let known = Arc::new(Known {
        keys: metadata.jwks().clone(),
        metadata,
        read_at: now,
        keys_at: now,
    });
    known.endpoints()?;
    state.sso().keep(issuer, &known);
    Ok(known)
}

/// Asks for the keys once more, not often: a token may be signed with one that is new. `None`: it is too early.
pub(super) async fn newer_keys(
    state: &AppState,
    issuer: &str,
    known: &Known,
    now: DateTime<Utc>,
) -> Result<Option<Arc<Known>>, Refused> {
    if !SsoState::may_refresh(known, now) {
        return Ok(None);
    }
    let asked = Known {
        keys_at: now,
        ..known.clone()
    };
    // whatever comes of it, the next one waits
    state.sso().keep(issuer, &Arc::new(asked.clone()));
    let way = Way(state.outbound());
    let keys = CoreJsonWebKeySet::fetch_async(known.metadata.jwks_uri(), &way).await;
    let keys = keys.map_err(|error| Refused::because(told(&error)))?;
    let newer = Arc::new(Known { keys, ..asked });
    state.sso().keep(issuer, &newer);
    Ok(Some(newer))
}

/// An error with what is behind it.
pub(super) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        source = inner.source();
    }
    text.chars().take(300).collect()
}

impl Known {
    /// Where browsers are sent.
    pub(super) fn authorization_endpoint(&self) -> &Url {
        self.metadata.authorization_endpoint().url()
    }

    /// Whether every answer names its issuer.
    pub(super) fn names_itself(&self) -> bool {
        self.metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported
    }

    /// How many keys it has.
    pub(super) fn keys_count(&self) -> usize {
        self.keys.keys().len()
    }

    /// What can be asked about a person beside the token.
    pub(super) fn user_info(&self) -> Option<openidconnect::UserInfoUrl> {
        self.metadata.userinfo_endpoint().cloned()
    }

    /// A browser is not sent over the open network in the clear; the rest goes by the server's own way out, which sees to itself.
    fn endpoints(&self) -> Result<(), Refused> {
        let origin = self.metadata.issuer().url().origin();
        let there = self.authorization_endpoint();
        if there.scheme() != "https" && there.origin() != origin {
            return Err(Refused("the authorization endpoint is not https".into()));
        }
        if self.metadata.token_endpoint().is_none() {
            return Err(Refused("there is no token endpoint".into()));
        }
        Ok(())
    }

    /// The client of one organization at this issuer.
    pub(super) fn relying(
        &self,
        client_id: &str,
        secret: Option<&str>,
        redirect_uri: String,
    ) -> Result<Relying, Refused> {
        let token_endpoint = self.metadata.token_endpoint().cloned();
        let token_endpoint = token_endpoint.ok_or_else(|| Refused("no token endpoint".into()))?;
        let client_id = ClientId::new(client_id.to_owned());
        let issuer = self.metadata.issuer().clone();
        let mut client = Client::new(client_id, issuer, self.keys.clone())
            .set_auth_uri(self.metadata.authorization_endpoint().clone())
            .set_token_uri(token_endpoint)
            .set_redirect_uri(RedirectUrl::new(redirect_uri).map_err(Refused::because)?);
        if let Some(secret) = secret {
            client = client.set_client_secret(ClientSecret::new(secret.to_owned()));
        }
        Ok(client.set_auth_type(self.auth_type()))
    }

    /// In the header, as the standard prefers, unless the provider takes it in the body only.
    fn auth_type(&self) -> AuthType {
        let taken = self.metadata.token_endpoint_auth_methods_supported();
        let basic = taken.is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let post = taken.is_some_and(|all| all.contains(&CoreClientAuthMethod::ClientSecretPost));
        if post && !basic {
            AuthType::RequestBody
        } else {
            AuthType::BasicAuth
        }
    }
}

/// Gets a small text file from the web, for the proof of a domain.
pub(super) async fn text(outbound: &Outbound, url: &Url) -> Result<String, Refused> {
    let answer: Response<Bytes> = outbound.get(url).await.map_err(Refused::because)?;
    if !answer.status().is_success() {
        return Err(Refused(format!("the answer is {}", answer.status())));
    }
    String::from_utf8(answer.into_body().to_vec()).map_err(|_| Refused("not a text".into()))
}
