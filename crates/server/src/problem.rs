//! Problem documents (RFC 9457): how every refusal of the HTTP side looks. The code is stable and the
//! detail names the fix; nothing internal is told.

use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, and what would be right.
    pub detail: String,
    /// What is wrong with single fields.
    pub errors: Vec<FieldProblem>,
    /// Seconds after which to try again.
    pub retry_after_s: Option<u32>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// Which field.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub detail: String,
}

/// The document.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// Always `about:blank`: the code says more.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, and what would be right.
    pub detail: String,
    /// The stable code.
    pub code: String,
    /// What to name when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// What is wrong with single fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

impl Problem {
    /// A refusal with a code of its own.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            status,
            code,
            detail,
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    /// 400: it cannot be read.
    #[must_use]
    pub fn bad_request(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// 401: who asks is not known.
    #[must_use]
    pub fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail)
    }

    /// 403: who asks may not.
    #[must_use]
    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: there is no such thing.
    #[must_use]
    pub fn not_found(detail: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 413: it is larger than the limit.
    #[must_use]
    pub fn too_large(detail: &str) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// 503: try again in a moment.
    #[must_use]
    pub fn unavailable(detail: &str) -> Self {
        let retry_after_s = Some(1);
        Self {
            retry_after_s,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }

    /// A body that could not be read: too large, or cut off.
    #[must_use]
    pub fn from_body(rejection: &BytesRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::too_large("the body is larger than this route takes");
        }
        Self::bad_request("the body could not be read to its end")
    }

    /// The document, with the trace id of the request.
    #[must_use]
    pub fn document(&self, trace_id: Option<String>) -> ProblemDocument {
        ProblemDocument {
            kind: "about:blank".to_owned(),
            title: self
                .status
                .canonical_reason()
                .unwrap_or("Refused")
                .to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            code: self.code.to_owned(),
            trace_id,
            errors: self.errors.clone(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.document(None)).unwrap_or_default();
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status, [(header::CONTENT_TYPE, json)], body).into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
