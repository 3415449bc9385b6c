//! What all settings objects have in common: listed, read, created, changed on a version, removed.

use super::body::Object;
use super::refusal::done;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{Admitted, Door};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_core::input::{Input, Request};
use tandem_core::role::Actor;
use tandem_core::scope::Sight;
use tandem_core::settings::{Document, Kind};
use tandem_core::state::State;
use tandem_core::turn::Reply;
use tandem_store::SealedSubject;
use utoipa::ToSchema;

/// A list of settings objects.
#[derive(Serialize, ToSchema)]
pub(super) struct Items<T> {
    /// In order of their ids.
    pub(super) items: Vec<T>,
}

/// A kind of settings object that the core's document says everything about.
pub(super) trait Resource: Serialize + Sized {
    /// What is sent to create or change one.
    type Sent: DeserializeOwned + Send;
    /// The core's kind.
    const KIND: Kind;

    /// All of them.
    fn all(state: &State) -> Vec<Self>;
    /// One of them.
    fn one(state: &State, id: u64) -> Option<Self>;
    /// Looks up what the document needs besides what was sent; answers the personal data that becomes durable
    /// with it.
    fn prepare(
        _sent: &mut Self::Sent,
        _center: &Center,
    ) -> impl Future<Output = Result<Vec<SealedSubject>, Problem>> + Send {
        std::future::ready(Ok(Vec::new()))
    }
    /// The core's document.
    fn document(sent: Self::Sent, state: &State) -> Result<Document, Problem>;
    /// Looks at what the configuration must have for the document to be of use.
    fn fits(_document: &Document, _center: &Center) -> Result<(), Problem> {
        Ok(())
    }
    /// Whether it is in sight; most kinds are of no scope's making.
    fn is_seen(&self, _sight: &Sight) -> bool {
        true
    }
    /// Looks at what was sent before its type is known.
    fn inspect(_sent: &serde_json::Value) -> Result<(), Problem> {
        Ok(())
    }
}

/// Those in sight.
pub(super) fn list<R: Resource, D: Door>(by: &Admitted<D>) -> Items<R> {
    let view = by.center.engine.view();
    let sight = by.sight();
    let mut items: Vec<R> = view.read(|projection| R::all(projection.center.state()));
    items.retain(|it| it.is_seen(&sight));
    Items { items }
}

/// One, if it is in sight.
pub(super) async fn seen<R: Resource, D: Door>(by: &Admitted<D>, id: u64) -> Result<R, Problem> {
    let found: R = read(&by.center, id)?;
    if found.is_seen(&by.sight()) {
        return Ok(found);
    }
    Err(by.out_of_scope(format!("{} {id}", R::KIND.word())).await)
}

pub(super) fn read<R: Resource>(center: &Center, id: u64) -> Result<R, Problem> {
    let found = center
        .engine
        .view()
        .read(|projection| R::one(projection.center.state(), id));
    found.ok_or_else(|| not_found(R::KIND, id))
}

pub(super) async fn create<R: Resource>(
    center: &Center,
    actor: Actor,
    sent: Object,
) -> Result<R, Problem> {
    let (document, subjects) = document::<R>(center, sent).await?;
    let (id, _) = save(center, actor, None, document, subjects).await?;
    read(center, id)
}

pub(super) async fn update<R: Resource>(
    center: &Center,
    actor: Actor,
    id: u64,
    version: u64,
    sent: Object,
) -> Result<R, Problem> {
    let (document, subjects) = document::<R>(center, sent).await?;
    save(center, actor, Some((id, version)), document, subjects).await?;
    read(center, id)
}

pub(super) async fn remove(
    center: &Center,
    actor: Actor,
    kind: Kind,
    id: u64,
    version: u64,
) -> Result<(), Problem> {
    let request = Request::Remove {
        kind,
        id,
        expected: version,
    };
    let input = Input::Asked { actor, request };
    done(center.engine.submit_and_see(input, Vec::new()).await?)
}

/// Saves a document; answers its number and version.
pub(super) async fn save(
    center: &Center,
    actor: Actor,
    standing: Option<(u64, u64)>,
    document: Document,
    subjects: Vec<SealedSubject>,
) -> Result<(u64, u64), Problem> {
    let (id, expected) = standing.unzip();
    let request = Request::Save {
        id,
        expected,
        document,
    };
    let input = Input::Asked { actor, request };
    let committed = center.engine.submit_and_see(input, subjects).await?;
    if let Reply::Saved { id, version } = committed.reply {
        return Ok((id, version));
    }
    done(committed)?;
    Err(Problem::unavailable("the request was overtaken; try again"))
}

/// The core's document of what was sent, as far as that can be told without the others, and the personal data
/// that becomes durable with it.
pub(super) async fn document<R: Resource>(
    center: &Center,
    sent: Object,
) -> Result<(Document, Vec<SealedSubject>), Problem> {
    R::inspect(&sent.0)?;
    let mut sent: R::Sent = sent.typed()?;
    let subjects = R::prepare(&mut sent, center).await?;
    let view = center.engine.view();
    let document = view.read(|projection| R::document(sent, projection.center.state()))?;
    R::fits(&document, center)?;
    Ok((document, subjects))
}

pub(super) fn not_found(kind: Kind, id: u64) -> Problem {
    Problem::not_found(&format!("there is no {} {id}", kind.word()))
}

/// The five routes of a settings object. The path of the collection and the one of an object are
/// literals, because the description of the API is made of them.
macro_rules! settings_routes {
    ($view:ident, $sent:ident, $tag:literal, $all:literal, $one:literal) => {
        crate::api::settings::settings_routes!(
            $view, $sent, $tag, $all, $one, SettingsReader, SettingsEditor
        );
    };
    ($view:ident, $sent:ident, $tag:literal, $all:literal, $one:literal, $reader:ident, $editor:ident) => {
        crate::api::settings::settings_routes!(
            $view, $sent, $tag, $all, $one, $reader, $editor, SettingsEditor
        );
    };
    (
        $view:ident, $sent:ident, $tag:literal, $all:literal, $one:literal,
        $reader:ident, $editor:ident, $maker:ident
    ) => {
        /// All in sight, in order of their ids.
        #[utoipa::path(
            get, path = $all, tag = $tag, operation_id = concat!($tag, "_list"),
            params(("center" = String, Path)),
            responses((status = 200, body = crate::api::settings::Items<$view>),
                (status = "4XX", body = crate::problem::ProblemDocument))
        )]
        pub(super) async fn list(
            by: crate::sign_in::$reader,
        ) -> axum::Json<crate::api::settings::Items<$view>> {
            axum::Json(crate::api::settings::list::<$view, _>(&by))
        }

        /// Creates one. Permission: edit_settings; for flows, prompts and schedules edit_flows.
        #[utoipa::path(
            post, path = $all, tag = $tag, operation_id = concat!($tag, "_create"),
            params(("center" = String, Path)), request_body = $sent,
            responses((status = 201, body = $view),
                (status = "4XX", body = crate::problem::ProblemDocument))
        )]
        pub(super) async fn create(
            by: crate::sign_in::$maker,
            sent: crate::api::body::Object,
        ) -> Result<(axum::http::StatusCode, axum::Json<$view>), crate::problem::Problem> {
            let made = crate::api::settings::create(&by.center, by.actor, sent).await?;
            Ok((axum::http::StatusCode::CREATED, axum::Json(made)))
        }

        /// One in sight.
        #[utoipa::path(
            get, path = $one, tag = $tag, operation_id = concat!($tag, "_read"),
            params(("center" = String, Path), ("id" = u64, Path)),
            responses((status = 200, body = $view),
                (status = "4XX", body = crate::problem::ProblemDocument))
        )]
        pub(super) async fn read(
            by: crate::sign_in::$reader,
            at: crate::api::body::At<u64>,
        ) -> Result<axum::Json<$view>, crate::problem::Problem> {
            crate::api::settings::seen(&by, at.0).await.map(axum::Json)
        }

        /// Changes one, on the version that was read. Permission: edit_settings; for queues edit_queues; for flows,
        /// prompts and schedules edit_flows.
        #[utoipa::path(
            put, path = $one, tag = $tag, operation_id = concat!($tag, "_update"),
            params(("center" = String, Path), ("id" = u64, Path), ("If-Match" = String, Header)),
            request_body = $sent,
            responses((status = 200, body = $view),
                (status = "4XX", body = crate::problem::ProblemDocument))
        )]
        pub(super) async fn update(
            by: crate::sign_in::$editor,
            at: crate::api::body::At<u64>,
            version: crate::api::body::Version,
            sent: crate::api::body::Object,
        ) -> Result<axum::Json<$view>, crate::problem::Problem> {
            let (id, version) = (at.0, version.0);
            crate::api::settings::update(&by.center, by.actor, id, version, sent)
                .await
                .map(axum::Json)
        }

        /// Removes one, on the version that was read. Permission: edit_settings; for flows, prompts and schedules
        /// edit_flows.
        #[utoipa::path(
            delete, path = $one, tag = $tag, operation_id = concat!($tag, "_remove"),
            params(("center" = String, Path), ("id" = u64, Path), ("If-Match" = String, Header)),
            responses((status = 204), (status = "4XX", body = crate::problem::ProblemDocument))
        )]
        pub(super) async fn remove(
            by: crate::sign_in::$maker,
            at: crate::api::body::At<u64>,
            version: crate::api::body::Version,
        ) -> Result<axum::http::StatusCode, crate::problem::Problem> {
            let kind = <$view as crate::api::settings::Resource>::KIND;
            let (id, version) = (at.0, version.0);
            crate::api::settings::remove(&by.center, by.actor, kind, id, version).await?;
            Ok(axum::http::StatusCode::NO_CONTENT)
        }
    };
}
pub(super) use settings_routes;
