//! Applies the limits to the API before anything is read or checked. The web app's files, `/health` and `/readiness` stay outside.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Method;

use crate::app::AppState;
use crate::http::limits::{Act, Verdict, client_ip, headers};
use crate::http::serve::PeerAddr;

/// The address a request came from, proxies seen through.
#[derive(Debug, Clone, Copy)]
pub struct ClientIp(pub IpAddr);

/// Counts the request and answers 429 when a limit is used up; tells the limits on every answer of the API.
pub(super) async fn limit(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    // without a peer (never behind the real listener) everybody shares one address, which is the strict side
    let peer = request
        .extensions()
        .get::<PeerAddr>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let client = client_ip(
        peer,
        request.headers(),
        &state.config().server.trusted_proxies,
    );
    request.extensions_mut().insert(ClientIp(client));
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let verdicts = judge(&state, &mut request, client).await;
    let mut response = match verdicts
        .iter()
        .filter(|v| !v.allowed)
        .max_by_key(|v| v.reset_seconds)
    {
        Some(refused) => headers::refusal(refused).into_response(),
        None => next.run(request).await,
    };
    headers::write(response.headers_mut(), &verdicts);
    response
}

async fn judge(state: &AppState, request: &mut Request, client: IpAddr) -> Vec<Verdict> {
    let now = state.clock().now();
    let signed_in = state.auth().signed_in(request.headers(), now);
    if let Some(access) = &signed_in {
        request
            .extensions_mut()
            .insert(std::sync::Arc::clone(access));
    }
    if !state.config().limits.enabled {
        return Vec::new();
    }
    let limiter = state.auth().limiter();
    let program = state.auth().program(request.headers());
    let mut verdicts = vec![match (signed_in, program) {
        (Some(access), _) => limiter.user(access.claims.user, now).await,
        (None, Some(family)) => limiter.program(family, now).await,
        (None, None) => limiter.anonymous(client, now).await,
    }];
    if request.method() != Method::POST {
        return verdicts;
    }
    let path = request.uri().path();
    if matches!(
        path,
        "/api/v1/auth/sign-in" | "/api/v1/auth/sign-in/passkey"
    ) {
        verdicts.push(limiter.sign_in(client, now).await);
    } else if let Some(act) = act(path) {
        verdicts.push(limiter.act(act, client, now).await);
    }
    verdicts
}

/// Limited acts by their route.
fn act(path: &str) -> Option<Act> {
    match path {
        "/api/v1/auth/sign-up" | "/api/v1/auth/sign-up/resend" => Some(Act::SignUp),
        "/api/v1/auth/password-reset" => Some(Act::Reset),
        "/api/v1/auth/password-reset/complete" => Some(Act::ResetCompletion),
        "/api/v1/auth/sign-in/second-factor" => Some(Act::SecondFactor),
        "/api/v1/auth/invitations/accept" => Some(Act::AcceptInvitation),
        _ => None,
    }
}
