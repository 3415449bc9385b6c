//! What every answer has: a trace id, a log line, a measure, and a problem document where something
//! was refused.

use crate::problem::Problem;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::time::Instant;
use tracing::Instrument;

const TRACE_HEADER: &str = "x-trace-id";

/// Wraps a request.
pub(super) async fn wrap(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let trace_id = trace_id(request.headers());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "other".to_owned());
    let span = tracing::info_span!(
        "request",
        trace_id = %trace_id,
        %method,
        route = %route,
        center = segment(&route, request.uri().path(), "{center}"),
        contact = segment(&route, request.uri().path(), "{contact}"),
    );
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    if let Some(problem) = problem_of(&mut response) {
        response = replace(response, &problem, &trace_id);
    }
    if let Ok(value) = HeaderValue::from_str(&trace_id) {
        response.headers_mut().insert(TRACE_HEADER, value);
    }
    if route.starts_with("/api/") {
        keep_private(response.headers_mut());
    }
    let elapsed = began.elapsed();
    span.in_scope(|| {
        let millis = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), millis, "request failed");
        } else {
            tracing::debug!(status = status.as_u16(), millis, "request");
        }
    });
    let class = status_class(status);
    metrics::counter!("tandem_http_requests_total", "route" => route.clone(), "status" => class)
        .increment(1);
    metrics::histogram!("tandem_http_request_seconds", "route" => route)
        .record(elapsed.as_secs_f64());
    response
}

/// What the API says may be about people: nobody keeps it, and no browser takes it for a page.
fn keep_private(headers: &mut HeaderMap) {
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
}

/// Answers for a handler that panicked; the panic itself is in the log.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature is the layer's"
)]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = text, "a request ended in a panic");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "this is a mistake in Tandem; name the trace id when you report it",
    )
    .into_response()
}

/// The problem of an answer; answers of the router itself get the one that fits.
fn problem_of(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        return Some(problem);
    }
    let is_bare = !response.headers().contains_key(header::CONTENT_TYPE);
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED if is_bare => Some(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "this route does not take this method; see the header Allow",
        )),
        StatusCode::GATEWAY_TIMEOUT if is_bare => Some(Problem::unavailable(
            "this took too long; try again in a moment",
        )),
        _ => None,
    }
}

/// The problem document with the trace id; what else the answer says in its headers stays.
fn replace(response: Response, problem: &Problem, trace_id: &str) -> Response {
    let body = serde_json::to_vec(&problem.document(Some(trace_id.to_owned())));
    let (mut parts, _) = response.into_parts();
    parts.status = problem.status;
    parts.headers.remove(header::CONTENT_LENGTH);
    let json = HeaderValue::from_static("application/problem+json");
    parts.headers.insert(header::CONTENT_TYPE, json);
    Response::from_parts(parts, Body::from(body.unwrap_or_default()))
}

/// That of the caller (W3C Trace Context `traceparent`), else a fresh one.
fn trace_id(headers: &HeaderMap) -> String {
    let given = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split('-').nth(1))
        .filter(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    given.map_or_else(
        || uuid::Uuid::new_v4().simple().to_string(),
        str::to_lowercase,
    )
}

/// What stands in a path where its route has a name.
fn segment<'a>(route: &str, path: &'a str, name: &str) -> Option<&'a str> {
    let at = route.split('/').position(|it| it == name)?;
    path.split('/').nth(at)
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn handler_that_panics_ends_its_own_request_alone() {
        async fn broken() -> &'static str {
            panic!("internal state 17")
        }
        let router = Router::new().route("/api/broken", get(broken));
        let router = super::super::enveloped(router);
        for _ in 0..2 {
            let request = Request::get("/api/broken").body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
            let body = axum::body::to_bytes(response.into_body(), 10_000)
                .await
                .unwrap();
            let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(problem["code"], "internal");
            assert!(
                !problem.to_string().contains("state 17"),
                "nothing internal is told"
            );
        }
    }

    #[test]
    fn segment_is_what_stands_where_the_route_has_a_name() {
        let route = "/api/callbacks/{center}/{contact}";
        let path = "/api/callbacks/contoso/17";
        assert_eq!(segment(route, path, "{center}"), Some("contoso"));
        assert_eq!(segment(route, path, "{contact}"), Some("17"));
        assert_eq!(segment("/readyz", "/readyz", "{center}"), None);
    }
}
