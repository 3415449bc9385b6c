//! Bounds of everything in the emulator that something outside can make grow.

/// A request body. The longest legitimate one carries an incomingCallContext of several KB.
pub(crate) const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// What is kept of an answer to a delivery.
pub(crate) const DELIVERY_ANSWER_BYTES_MAX: usize = 64 * 1024;
/// A prompt file: five minutes of 16 kHz 16-bit mono are 9.6 MB.
pub(crate) const PROMPT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Commands waiting for the owner of the state.
pub(crate) const COMMANDS_MAX: usize = 1024;
/// Requests and deliveries that can be read back.
pub(crate) const RECORDS_MAX: usize = 1000;
/// What is kept of one recorded body.
pub(crate) const RECORD_BODY_BYTES_MAX: usize = 16 * 1024;
/// Ended calls and phone calls that can still be looked at.
pub(crate) const ENDED_MAX: usize = 1000;
/// Phone calls that ring or talk at a time.
pub(crate) const PHONE_CALLS_MAX: usize = 20_000;
/// Repeatability ids that are remembered.
pub(crate) const REPEATS_MAX: usize = 20_000;
/// Callbacks of one call that wait for their turn.
pub(crate) const CALLBACKS_MAX: usize = 2000;
/// Media operations of one call that wait for their turn.
pub(crate) const MEDIA_QUEUE_MAX: usize = 64;
/// Sources of one play.
pub(crate) const PLAY_SOURCES_MAX: usize = 10;
/// WebSockets of media streams and transcriptions at a time.
pub(crate) const STREAMS_MAX: usize = 5_000;
/// Moments of one WebSocket that wait to be written: five seconds of a stream.
pub(crate) const STREAM_BATCHES_MAX: usize = 250;
/// A message that an application sends.
pub(crate) const STREAM_MESSAGE_BYTES_MAX: usize = 256 * 1024;
/// What a WebSocket reads at a time; there may be thousands.
pub(crate) const STREAM_BUFFER_BYTES: usize = 8 * 1024;
/// How long a WebSocket may take to open, to take a frame, and to end, real time.
pub(crate) const STREAM_TIMEOUT_S: u64 = 10;
/// What an application says ahead: a minute at 24 kHz.
pub(crate) const WAITING_SAMPLES_MAX: usize = 60 * 24_000;
/// What is kept of it once it was heard: the last 30 seconds at 24 kHz.
pub(crate) const HEARD_SAMPLES_MAX: usize = 30 * 24_000;
/// Things that people of one call are saying or going to say.
pub(crate) const UTTERANCES_MAX: usize = 100;
/// Event Grid subscriptions.
pub(crate) const SUBSCRIPTIONS_MAX: usize = 20;
/// Advanced filters of a subscription, and values in all of them.
pub(crate) const FILTERS_MAX: usize = 25;
/// Dead letters that can be looked at.
pub(crate) const DEAD_LETTERS_MAX: usize = 1000;
/// Event Grid events that wait for their next attempt.
pub(crate) const GRID_EVENTS_MAX: usize = 10_000;
/// Browsers, codes and refresh tokens of Entra, each; the oldest is forgotten.
pub(crate) const SIGN_INS_KEPT_MAX: usize = 10_000;
/// Sign-ins that wait for a browser to come.
pub(crate) const SIGN_INS_SCRIPTED_MAX: usize = 1_000;
/// Users of the communication resource.
pub(crate) const IDENTITIES_MAX: usize = 10_000;
/// The time over which the rates of their operations are counted (`identity::rate`).
pub(crate) const IDENTITY_WINDOW_MS: u64 = 30_000;
/// Access tokens of one of them that are remembered.
pub(crate) const TOKENS_KEPT_MAX: usize = 10;
/// Principals that may use the communication resource, and applications of one of them.
pub(crate) const ASSIGNMENTS_MAX: usize = 200_000;
pub(crate) const CLIENT_IDS_MAX: usize = 100;
/// People in Entra.
pub(crate) const PEOPLE_MAX: usize = 200_000;
/// People who left and of whom a delta still tells; the oldest is forgotten.
pub(crate) const REMOVED_PEOPLE_KEPT_MAX: usize = 20_000;
/// A text of a person.
pub(crate) const PROFILE_BYTES_MAX: usize = 256;
/// Calls of one neighbor of SIP trunks that are not over.
pub(crate) const SIP_CALLS_MAX: usize = 500;
/// Telephones that register.
pub(crate) const SIP_PHONES_MAX: usize = 500;
/// Numbers, phones and users with habits of their own.
pub(crate) const SIP_HABITS_MAX: usize = 1_000;
/// Domains that the emulated tenant has registered.
pub(crate) const SIP_DOMAINS_MAX: usize = 100;
/// Headers that a call is begun with.
pub(crate) const SIP_HEADERS_MAX: usize = 20;
/// Groups in Entra, and groups of one person.
pub(crate) const GROUPS_MAX: usize = 1_000;
/// Roles of one person or group.
pub(crate) const APP_ROLES_MAX: usize = 100;
/// Certificates of the application.
pub(crate) const CERTIFICATES_MAX: usize = 10;
/// Addresses that browsers may be sent back to.
pub(crate) const REDIRECT_URIS_MAX: usize = 100;
/// How often a call that rings may be forwarded (8521 after that).
pub(crate) const FORWARDS_MAX: usize = 5;
/// Faults that are set at a time.
pub(crate) const FAULTS_MAX: usize = 200;
/// Steps of one caller's script.
pub(crate) const SCRIPT_STEPS_MAX: usize = 100;
/// Digits that a phone has been sent and that can be looked at.
pub(crate) const DIGITS_KEPT_MAX: usize = 1000;
/// Recordings that can be looked at.
pub(crate) const RECORDINGS_MAX: usize = 200;
/// A recording ends by itself after two hours: 230 MB for each channel.
pub(crate) const RECORDING_MS_MAX: u64 = 2 * 3600 * 1000;
/// Comings, goings, words and prompts that a recording remembers; what happens after is not heard in it.
pub(crate) const TAPE_SPANS_MAX: usize = 10_000;
/// What an application says over its media stream and a recording keeps: two minutes at 24 kHz.
pub(crate) const TAPE_SAMPLES_MAX: usize = 120 * 24_000;
/// How often a recording is paused and resumed.
pub(crate) const RECORDING_TURNS_MAX: usize = 1000;
/// Keys of one step of a script.
pub(crate) const SCRIPT_KEYS_MAX: usize = 100;
/// One advance of the stepped clock: a week.
pub(crate) const ADVANCE_MS_MAX: u64 = 7 * 24 * 3600 * 1000;
/// How long an outbound request may take, real time.
pub(crate) const DELIVERY_TIMEOUT_S: u64 = 30;
/// Parts of one `$batch` of Graph (microsoft-graph.md 2).
pub(crate) const BATCH_PARTS_MAX: usize = 20;
/// Bytes of a `$filter` of Graph, and how deep its parentheses may be nested.
pub(crate) const FILTER_BYTES_MAX: usize = 8 * 1024;
pub(crate) const FILTER_DEPTH_MAX: usize = 16;
/// Sessions of applications that one person's presence has; the first by name goes.
pub(crate) const PRESENCE_SESSIONS_MAX: usize = 20;
/// A status message.
pub(crate) const STATUS_MESSAGE_BYTES_MAX: usize = 1024;
/// How fast people may change their presence by chance, in milliseconds between two changes.
pub(crate) const WANDER_MS_MIN: u64 = 10;
/// Subscriptions of Graph.
pub(crate) const GRAPH_SUBSCRIPTIONS_MAX: usize = 1000;
/// An address that Graph is to tell something.
pub(crate) const NOTIFICATION_URL_BYTES_MAX: usize = 2048;
/// Notices of Graph that wait to be taken, and items of one.
pub(crate) const NOTICES_MAX: usize = 10_000;
pub(crate) const NOTICE_ITEMS_MAX: usize = 100;
