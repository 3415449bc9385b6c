//! What a request brings: its body as JSON with the place of every mistake, the numbers in its path,
//! its query, the version it was made on.

use crate::problem::Problem;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let value = json(request, state).await?;
        typed(value).map(Self)
    }
}

/// A settings object: what its answer had besides (number, version, warnings) is left out, so that an object can be sent back as
/// it was read.
pub(super) struct Object(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut value = json(request, state).await?;
        let Some(object) = value.as_object_mut() else {
            let detail = "the body is not a JSON object";
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                detail,
            ));
        };
        object.remove("id");
        object.remove("version");
        object.remove("warnings");
        Ok(Self(value))
    }
}

impl Object {
    pub(super) fn typed<T: DeserializeOwned>(self) -> Result<T, Problem> {
        typed(self.0)
    }
}

async fn json<S: Send + Sync>(request: Request, state: &S) -> Result<Value, Problem> {
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if !is_json {
        let detail = "send the body as application/json";
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        ));
    }
    let bytes = Bytes::from_request(request, state)
        .await
        .map_err(|rejection| Problem::from_body(&rejection))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let detail = format!("the body is not JSON at line {line}, column {column}");
        Problem::bad_request(&detail)
    })
}

fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { "body".to_owned() } else { path };
        Problem::invalid(&path, error.into_inner().to_string())
    })
}

/// A body as it is: the bytes of a file, whatever type they are said to have.
pub(super) struct Raw(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let is_file = kind.starts_with("audio/") || kind.starts_with("application/octet-stream");
        if !is_file {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "send the file itself as the body, as audio/wav or audio/mpeg",
            ));
        }
        let bytes = Bytes::from_request(request, state).await;
        bytes
            .map(Self)
            .map_err(|rejection| Problem::from_body(&rejection))
    }
}

/// The numbers in a path. What is not a number names nothing.
pub(super) struct At<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        let Path((_center, at)): Path<(String, T)> = path.map_err(|_rejection| no_such())?;
        Ok(Self(at))
    }
}

/// The number of something in a path, and of something that it has.
pub(super) struct Within(pub(super) u64, pub(super) u64);

impl<S: Send + Sync> FromRequestParts<S> for Within {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        let Path((_center, of, at)): Path<(String, u64, u64)> =
            path.map_err(|_rejection| no_such())?;
        Ok(Self(of, at))
    }
}

/// The number of something in a path, and the name of something that it has.
pub(super) struct Of(pub(super) u64, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Of {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::from_request_parts(parts, state).await;
        let Path((_center, of, name)): Path<(String, u64, String)> =
            path.map_err(|_rejection| no_such())?;
        Ok(Self(of, name))
    }
}

fn no_such() -> Problem {
    Problem::not_found("there is no such object; ids are numbers")
}

/// What stands behind the question mark.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        query(parts, state).await.map(Self)
    }
}

/// The same, for types that look at it closer.
pub(super) async fn query<T: DeserializeOwned>(
    parts: &mut Parts,
    state: &(impl Send + Sync),
) -> Result<T, Problem> {
    let query = axum::extract::Query::from_request_parts(parts, state).await;
    let axum::extract::Query(it) =
        query.map_err(|rejection| Problem::invalid("query", rejection.body_text()))?;
    Ok(it)
}

/// The query of a list.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    /// How many at most.
    limit: Option<usize>,
}

impl Limit {
    pub(super) fn or(&self, default: usize) -> usize {
        self.limit.unwrap_or(default).min(1_000)
    }
}

/// The query of a search.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// Part of a name; all when left out.
    #[serde(default)]
    pub(super) search: String,
}

/// The version that a change was made on, from `If-Match`.
pub(super) struct Version(pub(super) u64);

impl<S: Send + Sync> FromRequestParts<S> for Version {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let missing = || {
            Problem::new(
                StatusCode::PRECONDITION_REQUIRED,
                "version_missing",
                "name the version that you changed: If-Match: \"<version>\"",
            )
        };
        let value = parts.headers.get(header::IF_MATCH).ok_or_else(missing)?;
        let text = value.to_str().unwrap_or_default().trim();
        let version = text.trim_start_matches("W/").trim_matches('"').parse();
        version.map(Self).map_err(|_not_a_number| missing())
    }
}
