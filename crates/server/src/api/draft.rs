//! Settings as a draft: everything by name and nothing by number, as `tandem plan` and `tandem apply` write and read it
//! (decision 0035). A draft is held against what stands as a whole, and made so as a whole or not at all.

mod difference;
mod kinds;
mod names;
mod standing;
mod wanted;

use self::difference::{ChangedView, ProblemView};
use self::standing::{Nameless, Standing};
use self::wanted::Wanted;
use super::body::{Body, Query};
use super::refusal::done;
use crate::app::App;
use crate::center::Center;
use crate::problem::Problem;
use crate::sign_in::{Admitted, Door, DraftEditor, DraftReader};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use tandem_core::input::{Input, Request};
use tandem_core::settings::{Change, Kind, Mark, WHOLE};
use utoipa::ToSchema;

/// Bytes of a draft.
pub(super) const DRAFT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Bytes of the changes of one draft. A record of the journal has them twice: as the input and as events.
const CHANGES_BYTES_MAX: usize = 6 * 1024 * 1024;

/// One object of a draft.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Piece {
    /// `queue`, `skill`, `flow` and so on.
    #[schema(value_type = String)]
    kind: Kind,
    /// As the object's own route has it, with names instead of numbers: `skill` instead of `skill_id`. In addition
    /// `renamed_from` may say what it was called before.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
}

/// Settings as somebody wants them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// The kinds that the draft has all objects of: others of these kinds are to go. Other kinds stay as they are.
    #[schema(value_type = Vec<String>)]
    kinds: Vec<Kind>,
    objects: Vec<Piece>,
}

/// The same, with what it was compared with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftOn {
    /// The mark of the settings that the difference was seen on.
    mark: String,
    #[schema(value_type = Vec<String>)]
    kinds: Vec<Kind>,
    objects: Vec<Piece>,
}

/// Settings as they stand.
#[derive(Serialize, ToSchema)]
pub(super) struct DraftView {
    /// Another one after every change of any settings.
    mark: String,
    #[schema(value_type = Vec<String>)]
    kinds: Vec<Kind>,
    objects: Vec<Piece>,
}

/// Which settings.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct KindsAsked {
    /// Kinds with commas between them, such as `queue,flow`; all when left out.
    kinds: Option<String>,
}

impl KindsAsked {
    fn kinds(&self) -> Result<BTreeSet<Kind>, Problem> {
        let Some(words) = &self.kinds else {
            return Ok(Kind::ALL.into_iter().collect());
        };
        let kinds = words.split(',').map(|word| {
            let kind = serde_json::from_value(Value::String(word.to_owned()));
            kind.map_err(|_no_kind| {
                let detail =
                    format!("\"{word}\" is no kind of settings; write queue,flow and so on");
                Problem::invalid("kinds", detail)
            })
        });
        kinds.collect()
    }
}

/// What a draft would change.
#[derive(Serialize, ToSchema)]
pub(super) struct DifferenceView {
    /// The settings that it was compared with.
    mark: String,
    changes: Vec<ChangedView>,
    /// Why the draft cannot be applied; none when it can.
    problems: Vec<ProblemView>,
}

/// All settings, by name. Permission: read_settings, for everything; or an API key with the scope `settings.apply`.
#[utoipa::path(get, path = "/{center}/settings", tag = "settings", operation_id = "settings_read",
    params(("center" = String, Path), KindsAsked),
    responses((status = 200, body = DraftView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn read(
    by: DraftReader,
    Query(asked): Query<KindsAsked>,
) -> Result<Json<DraftView>, Problem> {
    must_reach_everything(&by).await?;
    let kinds = asked.kinds()?;
    let standing = Standing::of(&by.center, &kinds);
    let mut objects = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|it| kinds.contains(it)) {
        let told = standing.named(kind).map_err(Nameless::problem)?;
        let told = told.into_iter();
        objects.extend(told.map(|(_, settings)| Piece { kind, settings }));
    }
    if kinds.contains(&Kind::Agent) {
        kinds::add_names(&by.center, &mut objects).await?;
    }
    Ok(Json(DraftView {
        mark: written(standing.mark),
        kinds: kinds.into_iter().collect(),
        objects,
    }))
}

/// What a draft would change, and why it cannot be applied if it cannot. Nothing is changed. Permission:
/// edit_settings, for everything; or an API key with the scope `settings.apply`.
#[utoipa::path(post, path = "/{center}/settings/difference", tag = "settings",
    operation_id = "settings_difference",
    params(("center" = String, Path)), request_body = Draft,
    responses((status = 200, body = DifferenceView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn compare(
    State(app): State<Arc<App>>,
    by: DraftEditor,
    Body(draft): Body<Draft>,
) -> Result<Json<DifferenceView>, Problem> {
    must_reach_everything(&by).await?;
    let standing = Standing::of(&by.center, &draft.kinds.iter().copied().collect());
    let wanted = wanted(&app, &by.center, &standing, draft).await?;
    Ok(Json(view(&standing, &wanted)))
}

/// Makes a draft so, as a whole or not at all, on the settings that its difference was seen on. Permission:
/// edit_settings, for everything; or an API key with the scope `settings.apply`.
#[utoipa::path(post, path = "/{center}/settings/apply", tag = "settings", operation_id = "settings_apply",
    params(("center" = String, Path)), request_body = DraftOn,
    responses((status = 200, body = DifferenceView),
        (status = "4XX", body = crate::problem::ProblemDocument)))]
pub(super) async fn apply(
    State(app): State<Arc<App>>,
    by: DraftEditor,
    Body(sent): Body<DraftOn>,
) -> Result<Json<DifferenceView>, Problem> {
    must_reach_everything(&by).await?;
    let center = &by.center;
    let standing = Standing::of(center, &sent.kinds.iter().copied().collect());
    if written(standing.mark) != sent.mark {
        return Err(tandem_core::refusal::Refusal::SettingsMoved.into());
    }
    let (kinds, objects) = (sent.kinds, sent.objects);
    let mut wanted = wanted(&app, center, &standing, Draft { kinds, objects }).await?;
    if !wanted.problems.is_empty() {
        return Err(refused(&wanted.problems));
    }
    let mut made = view(&standing, &wanted);
    if made.changes.is_empty() {
        return Ok(Json(made));
    }
    let (on, changes) = (standing.mark, std::mem::take(&mut wanted.changes));
    must_fit_into_a_record(&changes)?;
    let request = Request::ApplySettings { on, changes };
    let actor = by.actor.clone();
    let input = Input::Asked { actor, request };
    done(center.engine.submit_and_see(input, wanted.subjects).await?)?;
    center.reminder.wake();
    let n_changes = made.changes.len();
    tracing::info!(center = %center.id(), by = by.actor.account.0, n_changes, "settings applied");
    let view = center.engine.view();
    made.mark = written(view.read(|it| it.center.state().settings_mark()));
    Ok(Json(made))
}

async fn wanted(
    app: &App,
    center: &Center,
    standing: &Standing,
    draft: Draft,
) -> Result<Wanted, Problem> {
    let mut wanted = Wanted::of(center, standing, draft).await?;
    if wanted.problems.is_empty() {
        let now = app.clock.now();
        let misfits = center.engine.view().read(|projection| {
            let state = projection.center.state();
            let is_same = state.settings_mark() == standing.mark;
            is_same.then(|| state.misfits(now, &wanted.changes))
        });
        let misfits = misfits.ok_or(tandem_core::refusal::Refusal::SettingsMoved)?;
        wanted.note(standing, misfits);
    }
    Ok(wanted)
}

fn view(standing: &Standing, wanted: &Wanted) -> DifferenceView {
    DifferenceView {
        mark: written(standing.mark),
        changes: difference::of(standing, wanted),
        problems: wanted.problems.clone(),
    }
}

/// A mark is no number to count with, and larger than those of JavaScript.
fn written(mark: Mark) -> String {
    format!("{:016x}", mark.0)
}

fn must_fit_into_a_record(changes: &[Change]) -> Result<(), Problem> {
    let bytes = serde_json::to_vec(changes).map_or(usize::MAX, |it| it.len());
    if bytes <= CHANGES_BYTES_MAX {
        return Ok(());
    }
    let detail = format!(
        "the changes have more than {} MiB together; apply them in parts, with fewer kinds each",
        CHANGES_BYTES_MAX / 1024 / 1024
    );
    Err(Problem::too_large(&detail))
}

fn refused(problems: &[ProblemView]) -> Problem {
    let first = problems.first().map_or("", |it| it.detail.as_str());
    let n_more = problems.len().saturating_sub(1);
    let more = if n_more == 0 {
        String::new()
    } else {
        format!(" (and {n_more} more)")
    };
    let detail = format!("nothing was changed: {first}{more}");
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail);
    problem.errors = problems.iter().map(ProblemView::field_problem).collect();
    problem
}

/// Whose scope is a part sees a part of the settings: what is not seen would go.
async fn must_reach_everything<D: Door>(by: &Admitted<D>) -> Result<(), Problem> {
    if by.actor.scope.is_everything() {
        return Ok(());
    }
    Err(by.out_of_scope(WHOLE.to_owned()).await)
}
