//! The HTTP API: one file per resource with its routes, its request and response types and the
//! mapping to the core's inputs. What a request means is decided in the core.

mod accounts;
mod administration;
mod agents;
mod api_keys;
mod audit;
mod balance_groups;
mod board;
mod body;
mod callbacks;
mod calling_out;
mod capacity_profiles;
mod contacts;
mod conversation;
mod decisions;
mod directory;
mod dispositions;
mod do_not_call;
mod draft;
mod endpoints;
mod envelope;
mod figures;
mod flows;
mod info;
mod me;
mod offers;
mod permissions;
mod persons;
mod presence_rules;
mod privacy;
mod prompts;
mod queues;
mod range;
mod reasons;
mod recordings;
mod refusal;
mod schedules;
mod sessions;
mod settings;
mod sites;
mod skills;
mod sounds;
mod stated;
mod system_health;
mod table;
mod teams;
mod teams_account;
mod test_calls;
mod time;
mod transfer_targets;
mod trunks;
mod tv_tokens;
mod waits;
mod webhooks;

pub(crate) use contacts::{
    ContactView, CustomerView, MessageView, Named, after_hand_over, agent_named, channel_word,
    contact_view, customers, queue_named,
};
pub(crate) use directory::must_have_teams;
pub(crate) use persons::{forget_customer, held_among};
pub(crate) use queues::switches::{SwitchView, names as switcher_names};
pub(crate) use teams_account::no_account as no_teams_account;
pub(crate) use time::Instant;

use crate::app::App;
use crate::live;
use crate::problem::{Problem, ProblemDocument};
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use std::sync::Arc;
use std::time::Duration;
use tandem_media::sound::UPLOAD_BYTES_MAX;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Bytes of a request's body.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// How long a request may take.
const REQUEST_TIME_MAX: Duration = Duration::from_secs(30);

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Tandem",
        description = "The contact center for Microsoft Teams: settings, agent desk and live feed. \
                       Refusals are problem documents (RFC 9457) with a stable `code`. \
                       The live feed is a WebSocket; its operation describes the frames.",
        license(name = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemDocument)),
    security(("token" = []), ("cookie" = []))
)]
struct Document;

/// The routes with their description.
fn described() -> OpenApiRouter<Arc<App>> {
    let mut document = Document::openapi();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    components.add_security_scheme(
        "cookie",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-tandem"))),
    );
    OpenApiRouter::with_openapi(document).nest("/api/v1", resources())
}

fn calls_out() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(calling_out::read))
        .routes(routes!(calling_out::check))
        .routes(routes!(calling_out::call))
        .routes(routes!(calling_out::call_back))
        .routes(routes!(do_not_call::list, do_not_call::create))
        .routes(routes!(do_not_call::remove))
}

fn callback_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(callbacks::list, callbacks::change::book))
        .routes(routes!(callbacks::figures::read))
        .routes(routes!(callbacks::own))
        .routes(routes!(callbacks::change::cancel))
        .routes(routes!(callbacks::change::reschedule))
        .routes(routes!(callbacks::change::take))
}

fn history_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(contacts::list::list))
        .routes(routes!(contacts::list::summary))
        .routes(routes!(contacts::export::export))
        .routes(routes!(contacts::read))
        .routes(routes!(contacts::events::list))
        .routes(routes!(figures::queues::read))
        .routes(routes!(figures::agents::read))
        .routes(routes!(figures::export::of_queues))
        .routes(routes!(figures::export::of_agents))
}

fn account_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(accounts::list))
        .routes(routes!(accounts::set_standing))
        .routes(routes!(accounts::scope::set))
        .routes(routes!(accounts::view::begin))
        .routes(routes!(accounts::view::end))
        .routes(routes!(permissions::list))
        .routes(routes!(permissions::may::read))
        .routes(routes!(accounts::sessions, accounts::end_sessions))
        .routes(routes!(accounts::mine))
        .routes(routes!(accounts::end_mine))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::revoke))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::remove))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::resend))
}

fn flow_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(flows::list, flows::create))
        .routes(routes!(flows::check::check))
        .routes(routes!(flows::test_pane::place))
        .routes(routes!(flows::test_pane::read))
        .routes(routes!(flows::test_pane::press))
        .routes(routes!(flows::test_pane::hang_up))
        .routes(routes!(flows::read, flows::update, flows::remove))
        .routes(routes!(flows::versions::list))
        .routes(routes!(flows::versions::read))
}

fn schedule_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(schedules::list, schedules::create))
        .routes(routes!(
            schedules::read,
            schedules::update,
            schedules::remove
        ))
        .routes(routes!(schedules::close))
        .routes(routes!(schedules::reopen))
        .routes(routes!(schedules::preview::saved))
        .routes(routes!(schedules::preview::unsaved))
}

fn recording_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::of_contact))
        .routes(routes!(recordings::verification::begin))
        .routes(routes!(recordings::verification::read))
        .routes(routes!(recordings::erase))
        .routes(routes!(recordings::sound::listen))
        .routes(routes!(recordings::sound::waveform))
        .routes(routes!(recordings::accesses))
        .routes(routes!(recordings::hold, recordings::release))
}

fn agent_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(agents::direct::direct))
        .routes(routes!(agents::petition::answer))
        .routes(routes!(agents::list, agents::create))
        .routes(routes!(agents::read, agents::update, agents::remove))
        .routes(routes!(agents::set_password))
        .routes(routes!(teams::list, teams::create))
        .routes(routes!(teams::read, teams::update, teams::remove))
        .routes(routes!(capacity_profiles::list, capacity_profiles::create))
        .routes(routes!(
            capacity_profiles::read,
            capacity_profiles::update,
            capacity_profiles::remove
        ))
        .routes(routes!(balance_groups::list, balance_groups::create))
        .routes(routes!(
            balance_groups::read,
            balance_groups::update,
            balance_groups::remove
        ))
        .routes(routes!(sites::list, sites::create))
        .routes(routes!(sites::read, sites::update, sites::remove))
}

fn trunk_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(trunks::list, trunks::create))
        .routes(routes!(trunks::read, trunks::update, trunks::remove))
        .routes(routes!(trunks::secret::set))
        .routes(routes!(trunks::live::list))
        .routes(routes!(trunks::live::read))
        .routes(routes!(trunks::test::run))
}

fn endpoint_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::list, endpoints::create))
        .routes(routes!(
            endpoints::read,
            endpoints::update,
            endpoints::remove
        ))
        .routes(routes!(test_calls::place))
}

fn resources() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(info::read))
        .routes(routes!(sessions::sign_in))
        .routes(routes!(sessions::sign_out))
        .routes(routes!(sessions::set_up))
        .merge(account_routes())
        .routes(routes!(me::read))
        .routes(routes!(me::set_state))
        .routes(routes!(offers::accept))
        .routes(routes!(offers::decline))
        .merge(history_routes())
        .routes(routes!(contacts::message::listen))
        .routes(routes!(contacts::recording::pause))
        .routes(routes!(contacts::recording::resume))
        .routes(routes!(contacts::recording::payment))
        .merge(recording_routes())
        .merge(line_routes())
        .routes(routes!(contacts::hang_up))
        .routes(routes!(conversation::hold))
        .routes(routes!(conversation::resume))
        .routes(routes!(conversation::transfer))
        .routes(routes!(conversation::consult))
        .routes(routes!(conversation::swap))
        .routes(routes!(conversation::merge))
        .routes(routes!(conversation::complete))
        .routes(routes!(conversation::cancel))
        .routes(routes!(conversation::send_digits))
        .routes(routes!(transfer_targets::list))
        .merge(calls_out())
        .merge(callback_routes())
        .routes(routes!(contacts::complete_wrap_up))
        .routes(routes!(contacts::ask_for_wrap_up))
        .routes(routes!(contacts::waive_wrap_up))
        .routes(routes!(contacts::extend_wrap_up))
        .routes(routes!(decisions::list))
        .routes(routes!(board::read))
        .routes(routes!(tv_tokens::list, tv_tokens::create))
        .routes(routes!(tv_tokens::revoke))
        .routes(routes!(queues::list, queues::create))
        .routes(routes!(queues::read, queues::update, queues::remove))
        .routes(routes!(skills::list, skills::create))
        .routes(routes!(skills::read, skills::update, skills::remove))
        .merge(flow_routes())
        .merge(schedule_routes())
        .routes(routes!(prompts::list, prompts::create))
        .routes(routes!(prompts::read, prompts::update, prompts::remove))
        .merge(uploads())
        .merge(drafts())
        .routes(routes!(sounds::read))
        .merge(endpoint_routes())
        .routes(routes!(reasons::list, reasons::create))
        .routes(routes!(reasons::read, reasons::update, reasons::remove))
        .routes(routes!(dispositions::list, dispositions::create))
        .routes(routes!(
            dispositions::read,
            dispositions::update,
            dispositions::remove
        ))
        .merge(agent_routes())
        .merge(trunk_routes())
        .merge(teams_account_routes())
        .merge(accountability())
        .routes(routes!(system_health::read))
        .routes(routes!(system_health::reconcile))
        .routes(routes!(live::open))
}

/// Who waits where, and what somebody decides about them.
fn line_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(queues::line::line))
        .routes(routes!(queues::would::would))
        .routes(routes!(queues::switches::read, queues::switches::switch))
        .routes(routes!(queues::switches::end))
        .routes(routes!(waits::read))
        .routes(routes!(balance_groups::balance::list))
        .routes(routes!(contacts::priority::change))
        .routes(routes!(contacts::steer::move_to))
        .routes(routes!(contacts::steer::assign))
        .routes(routes!(contacts::steer::remove))
        .routes(routes!(contacts::steer::offer_callback))
}

/// The Teams account, and who has Teams.
fn teams_account_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(
            teams_account::read,
            teams_account::create,
            teams_account::update,
            teams_account::remove
        ))
        .routes(routes!(teams_account::trial::test))
        .routes(routes!(teams_account::rights::read))
        .routes(routes!(teams_account::rights::ask))
        .routes(routes!(
            teams_account::delegates::read,
            teams_account::delegates::set
        ))
        .routes(routes!(teams_account::delegates::candidates))
        .routes(routes!(teams_account::delegates::sign_in))
        .routes(routes!(me::teams::read, me::teams::set))
        .routes(routes!(directory::list))
        .routes(routes!(me::favorites::keep, me::favorites::drop))
        .routes(routes!(directory::sync))
}

/// Who did what, and what is kept of whom.
fn accountability() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(audit::export::export))
        .routes(routes!(audit::read))
        .routes(routes!(privacy::read, privacy::update))
        .routes(routes!(presence_rules::read, presence_rules::update))
        .routes(routes!(presence_rules::chain::run))
        .routes(routes!(persons::find))
        .routes(routes!(persons::export))
        .routes(routes!(persons::erase))
}

/// What takes larger bodies than the others.
fn uploads() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sounds::upload))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
}

/// Settings as a whole, which are larger than one of them.
fn drafts() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(draft::read))
        .routes(routes!(draft::compare))
        .routes(routes!(draft::apply))
        .layer(DefaultBodyLimit::max(draft::DRAFT_BYTES_MAX))
}

/// The description of the API, as it is committed at `docs/openapi.json`.
#[must_use]
pub fn openapi() -> String {
    let document = described().into_openapi();
    let mut text = document
        .to_pretty_json()
        .expect("the description has string keys only");
    text.push('\n');
    text
}

/// The router of the API.
pub fn router(app: &Arc<App>) -> Router {
    let (router, _) = described().split_for_parts();
    router
        .route("/api/openapi.json", get(openapi_document))
        .route("/api", get(no_route))
        .route("/api/{*rest}", axum::routing::any(no_route))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            REQUEST_TIME_MAX,
        ))
        .with_state(Arc::clone(app))
}

/// What holds for every answer of the process: trace id, log line, metrics, problem documents, and
/// no panic that ends more than its own request.
pub fn enveloped(router: Router) -> Router {
    router
        .layer(CatchPanicLayer::custom(envelope::panicked))
        .layer(middleware::from_fn(envelope::wrap))
}

async fn openapi_document(axum::extract::State(app): axum::extract::State<Arc<App>>) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        app.openapi.clone(),
    )
        .into_response()
}

async fn no_route() -> Problem {
    Problem::not_found("there is no such route; see /api/openapi.json")
}
