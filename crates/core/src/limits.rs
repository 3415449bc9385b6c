//! The limit of everything that can grow from outside. Reaching one is a refusal, never a crash.

/// Trunks of Direct Routing.
pub const TRUNKS_MAX: usize = 200;
/// Hosts of a trunk, in order.
pub const TRUNK_HOSTS_MAX: usize = 8;
/// Networks that the calls of a trunk come from.
pub const TRUNK_SOURCES_MAX: usize = 64;
/// Ranges of numbers of a trunk.
pub const TRUNK_RANGES_MAX: usize = 1_000;
/// Phones that register at a trunk.
pub const TRUNK_PHONES_MAX: usize = 10_000;
/// Calls of a trunk at once.
pub const TRUNK_CALLS_MAX: u32 = 20_000;
/// Emergency numbers of a trunk.
pub const EMERGENCY_NUMBERS_MAX: usize = 32;
/// Queues of one contact center.
pub const QUEUES_MAX: usize = 10_000;
/// Agents of one contact center.
pub const AGENTS_MAX: usize = 100_000;
/// Skills of one contact center.
pub const SKILLS_MAX: usize = 2_000;
/// Flows of one contact center.
pub const FLOWS_MAX: usize = 2_000;
/// Endpoints of one contact center.
pub const ENDPOINTS_MAX: usize = 10_000;
/// Reasons, and likewise dispositions, of one contact center.
pub const LABELS_MAX: usize = 500;
/// Names of reasons that are remembered, those of reasons that are gone too; the oldest is forgotten.
pub const REASON_LABELS_KEPT: usize = 5_000;
/// How long a reason can say that it lasts, minutes.
pub const REASON_MINUTES_MAX: u32 = 1_440;
/// Teams of one contact center.
pub const TEAMS_MAX: usize = 2_000;
/// Sites of one contact center.
pub const SITES_MAX: usize = 500;
/// Capacity profiles of one contact center.
pub const CAPACITY_PROFILES_MAX: usize = 500;
/// Messages in a row that an agent may miss before the agent is not ready, at most.
pub const MESSAGE_MISSES_MAX: u32 = 10;
/// Agents to whom one queue gives weights for chance.
pub const CHANCES_MAX: usize = 1_000;
/// What an agent may weigh for chance.
pub const CHANCE_WEIGHT_MAX: u32 = 100;
/// Balance groups of one contact center.
pub const BALANCE_GROUPS_MAX: usize = 500;
/// Queues of one balance group.
pub const BALANCE_MEMBERS_MAX: usize = 50;
/// What a queue of a balance group may count for.
pub const BALANCE_WEIGHT_MAX: u32 = 100;
/// What the weight of a queue that borrows may be multiplied by.
pub const BALANCE_FACTOR_MAX: u32 = 10;
/// Seconds of waiting after which a contact of a balance group comes before all who came later, whatever its objective
/// says: at least and at most. Nobody starves: who waits so long is passed by nobody any more.
pub const BALANCE_BOUND_SECONDS: (u32, u32) = (30, 3_600);
/// Seconds that a queue borrows at least, at least and at most.
pub const BALANCE_DWELL_SECONDS: (u32, u32) = (30, 3_600);
/// Seconds over which the service level of a queue in a balance group is taken: half an hour.
pub const BALANCE_JUDGED_SECONDS: i64 = 1_800;
/// Contacts of one queue that are judged for that at once; the oldest is forgotten.
pub const BALANCE_JUDGED_MAX: usize = 1_000;
/// Contacts that must have been judged before anything follows from it.
pub const BALANCE_JUDGED_MIN: u32 = 5;
/// Seconds that a contact is taken to need of a shared agent until it is known.
pub const BALANCE_USUAL_SECONDS: i64 = 180;
/// Seconds for which it is told what shared agents spent on each queue: an hour.
pub const BALANCE_SHOWN_SECONDS: i64 = 3_600;
/// Units that an agent may have, and that a contact may take.
pub const CAPACITY_UNITS_MAX: u32 = 1_000;
/// Labels of one capacity profile.
pub const CAPACITY_LABELS_MAX: usize = 100;
/// Characters of the label of a queue's contacts.
pub const CAPACITY_LABEL_CHARS_MAX: usize = 40;
/// Messages that an agent may have at once.
pub const MESSAGES_PER_AGENT_MAX: u32 = 25;
/// Contacts that an agent may have at once, wrap-ups that take nothing of the agent too; then nothing more comes.
pub const SLOTS_PER_AGENT_MAX: usize = 50;
/// Queues, and likewise agents, of one contact that are remembered for scopes.
pub const TOUCHED_MAX: usize = 100;
/// Parts of one scope.
pub const SCOPE_PARTS_MAX: usize = 500;
/// Schedules of one contact center.
pub const SCHEDULES_MAX: usize = 500;
/// Blocks of one day of a schedule.
pub const BLOCKS_PER_DAY_MAX: usize = 12;
/// Exceptions of one schedule.
pub const EXCEPTIONS_MAX: usize = 200;
/// Days for which it is remembered whom a customer talked to last.
pub const LAST_AGENT_DAYS_MAX: u32 = 90;
/// Customers of whom it is remembered whom they talked to last; the longest ago is forgotten.
pub const LAST_AGENTS_MAX: usize = 100_000;
/// Seconds that a contact may wait for one agent alone, and of each bound of that.
pub const PREFERRED_SECONDS_MAX: u32 = 3_600;
/// Days of one exception.
pub const EXCEPTION_DAYS_MAX: i32 = 366;
/// Characters of the reason of an emergency closure, and of a queue's switch.
pub const CLOSURE_CHARS_MAX: usize = 200;
/// Seconds for which a queue may be switched: a day. What lasts longer is a setting.
pub const SWITCH_SECONDS_MAX: u32 = 86_400;
/// Days that a schedule is looked ahead for its next change; an exception is shorter.
pub const SCHEDULE_LOOKAHEAD_DAYS: usize = 400;
/// Days of one preview of a schedule.
pub const PREVIEW_DAYS_MAX: usize = 60;
/// Changes of settings that are made together.
pub const SETTINGS_CHANGES_MAX: usize = 5_000;
/// Contacts that may be alive at once; the next one is turned away as busy.
pub const CONTACTS_MAX: usize = 200_000;
/// Characters of a name or label.
pub const NAME_CHARS_MAX: usize = 80;
/// Characters of a queue's short form on a wallboard.
pub const SHORT_NAME_CHARS_MAX: usize = 10;
/// Characters of a prompt's text: the speech service refuses longer ones.
pub const PROMPT_CHARS_MAX: usize = 400;
/// Prompts that one contact center keeps.
pub const PROMPTS_MAX: usize = 2_000;
/// Languages of one prompt that is kept.
pub const PROMPT_LANGUAGES_MAX: usize = 20;
/// Skills that one queue may require, and skills of one agent.
pub const SKILLS_PER_OBJECT_MAX: usize = 64;
/// Skills that one condition may name, and parts of one list in it.
pub const CONDITION_TERMS_MAX: usize = 32;
/// How deep conditions may lie in one another.
pub const CONDITION_DEPTH_MAX: usize = 6;
/// Levels that are tried to see whether anybody can meet a condition.
pub const CONDITION_TRIALS_MAX: u32 = 20_000;
/// Skills that one queue may prefer.
pub const PREFERENCES_MAX: usize = 16;
/// The most that a level of a preferred skill counts.
pub const PREFERENCE_WEIGHT_MAX: u32 = 100;
/// Steps of one plan.
pub const PLAN_STEPS_MAX: usize = 10;
/// Seconds by which a contact may count as older, or younger, than it is: who waits longer than that by more is
/// served first whatever is added, so that nobody starves within a band.
pub const BOOST_SECONDS_MAX: u32 = 86_400;
/// Nodes of one flow.
pub const FLOW_NODES_MAX: usize = 500;
/// Flows that lead into one another, below that of the endpoint.
pub const SUB_FLOWS_DEEP_MAX: usize = 8;
/// Cases of one branch, switch or queue status node.
pub const BRANCH_CASES_MAX: usize = 50;
/// Attributes that one flow gives values.
pub const FLOW_ATTRIBUTES_MAX: usize = 32;
/// Characters of the path of a request to a business system, before it is filled.
pub const HTTP_PATH_CHARS_MAX: usize = 500;
/// Characters of the body of a request to a business system, before it is filled.
pub const HTTP_BODY_CHARS_MAX: usize = 4_000;
/// Bytes of path and body of a request to a business system, filled.
pub const HTTP_FILLED_BYTES_MAX: usize = 16_384;
/// Seconds that a business system may take to answer.
pub const HTTP_TIMEOUT_SECONDS_MAX: u32 = 30;
/// Seconds that word of the answer may take from there on.
pub const HTTP_GRACE_SECONDS: u32 = 2;
/// Values that one request to a business system may save.
pub const HTTP_SAVED_MAX: usize = 8;
/// Characters of the place of a saved value within the answer.
pub const HTTP_POINTER_CHARS_MAX: usize = 200;
/// How often a menu is asked again.
pub const MENU_RETRIES_MAX: u32 = 5;
/// Rounds of one loop node.
pub const LOOP_TIMES_MAX: u32 = 50;
/// Contacts that a queue status may ask for.
pub const CONTACTS_WAITING_MAX: u32 = 10_000;
/// Seconds of a day, the longest wait that a queue status may ask for.
pub const SECONDS_OF_A_DAY: u32 = 86_400;
/// Countries that may be called from one queue.
pub const COUNTRIES_PER_QUEUE_MAX: usize = 60;
/// Callbacks that may be pending in a contact center.
pub const CALLBACKS_MAX: usize = 50_000;
/// Callbacks that may be pending in one queue.
pub const CALLBACKS_PER_QUEUE_MAX: usize = 5_000;
/// Callbacks that one customer may have pending, over all queues.
pub const CALLBACKS_PER_CUSTOMER_MAX: usize = 5;
/// Times that a customer may be called for one callback.
pub const CALLBACK_ATTEMPTS_MAX: u32 = 10;
/// Attempts of a callback, those included in which nobody was called.
pub const CALLBACK_TRIES_MAX: usize = 100;
/// Seconds between two attempts of a callback, at least and at most.
pub const CALLBACK_SPACING_SECONDS: (u32, u32) = (60, 86_400);
/// Seconds that a callback may be pending, or lie ahead: thirty days.
pub const CALLBACK_SECONDS_MAX: u32 = 2_592_000;
/// Seconds that a caller may take to hang up after booking; sooner, if the call is over sooner.
pub const CALLBACK_FAREWELL_SECONDS: u32 = 60;
/// Seconds after which a callback is looked at again that cannot be put to anybody, and nobody knows until when.
pub const CALLBACK_LOOK_AGAIN_SECONDS: u32 = 900;
/// Seconds after which an attempt is made again that the service did not place.
pub const CALLBACK_NOT_PLACED_SECONDS: u32 = 30;
/// Seconds that a customer who answered an early call may wait for an agent, at least and at most.
pub const EARLY_WAIT_SECONDS: (u32, u32) = (5, 60);
/// Early calls of one queue at once.
pub const EARLY_AT_ONCE_MAX: u32 = 20;
/// Seconds that a customer is taken to need for answering, until a queue has learned it.
pub const EARLY_ANSWER_SECONDS: u32 = 10;
/// Seconds until it is looked at again whether a customer is called early, at least and at most.
pub const EARLY_LOOK_SECONDS: (u32, u32) = (5, 300);
/// What a queue may risk at first, in hundredths of a call that meets nobody.
pub const EARLY_CREDIT_FIRST: u32 = 100;
/// What each customer who answered adds to it: three calls in a hundred may meet nobody.
pub const EARLY_CREDIT_OF_AN_ANSWER: u32 = 3;
/// What each call takes from it that meets nobody.
pub const EARLY_CREDIT_OF_A_CALL: u32 = 100;
/// What a queue may have saved up: ten calls.
pub const EARLY_CREDIT_MAX: u32 = 1_000;
/// Changes of a schedule that are looked at for its next opening.
pub const CALLBACK_CHANGES_MAX: usize = 64;
/// Numbers on the do-not-call list.
pub const DO_NOT_CALL_MAX: usize = 100_000;
/// Seconds that a phone outside rings, when nobody says how long (B-182).
pub const NUMBER_RING_SECONDS: u32 = 60;
/// Seconds that a phone outside may ring, at least and at most.
pub const RING_SECONDS: (u32, u32) = (10, 120);
/// Characters of one sentence of an announcement: two fit one prompt.
pub const ANNOUNCEMENT_CHARS_MAX: usize = 180;
/// Languages of announcements beside the queue's own sentences.
pub const ANNOUNCEMENT_LANGUAGES_MAX: usize = 20;
/// Seconds of silence in which who waits may press the key of the queue.
pub const QUEUE_KEY_SECONDS: u32 = 4;
/// Seconds after which it is asked for that key when something else was being said.
pub const QUEUE_KEY_POSTPONED_SECONDS: u32 = 15;
/// Contacts ahead of one in a line that are counted; who is further behind hears this position.
pub const PLACES_COUNTED_MAX: usize = 1_000;
/// Versions of one flow that are remembered, beside those that contacts are in.
pub const FLOW_VERSIONS_MAX: usize = 50;
/// Node visits of one contact; a flow that goes on longer is ended as an internal error.
pub const FLOW_VISITS_MAX: u32 = 1_000;
/// Attributes of one contact (context headers that the endpoint lets through, collected digits).
pub const ATTRIBUTES_MAX: usize = 32;
/// Characters of an attribute's value.
pub const ATTRIBUTE_CHARS_MAX: usize = 256;
/// Runners-up that a routing decision names.
pub const DECISION_NEXT_MAX: usize = 5;
/// Agents of whom one contact may be kept apart at once (R-07 cooldown); the oldest is forgotten.
pub const EXCLUDED_PER_CONTACT_MAX: usize = 16;
/// Seconds for which an arrival is remembered, so that a repeated one is recognized (B-172).
pub const ARRIVAL_MEMORY_SECONDS: u32 = 3_600;
/// Seconds that an answered call may take to come up before it is given up.
pub const ANSWER_SECONDS_MAX: u32 = 60;
/// Seconds that a call may be silent after it was answered before the other side is asked about it.
pub const CONNECT_SECONDS: u32 = 5;
/// Seconds that a call may be silent before the other side is asked about it; twice as long after each
/// answer that brought nothing new, up to [`SILENCE_DOUBLINGS_MAX`] times.
pub const SILENCE_SECONDS: u32 = 60;
/// Seconds that a call may be silent while it is put to an agent: whoever left meanwhile must not be held
/// against the agent.
pub const OFFER_SILENCE_SECONDS: u32 = 8;
/// How often [`SILENCE_SECONDS`] is doubled.
pub const SILENCE_DOUBLINGS_MAX: u32 = 3;
/// Seconds that a contact is left as it was after a start, while the other side cannot be asked about it.
pub const CONFIRMATION_SECONDS_MAX: u32 = 10;
/// Seconds after which a question that holds a contact up is asked again.
pub const UNANSWERED_SECONDS: u32 = 2;
/// Seconds that a prompt may be silent about its end: a sound file, or one of which it is not yet known
/// whether the other side took it.
pub const PROMPT_SECONDS_MAX: u32 = 300;
/// Characters of a text that are spoken in a second, by the slowest voice.
pub const PROMPT_CHARS_PER_SECOND: u32 = 8;
/// Seconds that the end of a prompt may take to be told.
pub const PROMPT_END_SECONDS: u32 = 10;
/// Seconds that a customer may think between two digits.
pub const BETWEEN_DIGITS_SECONDS: u32 = 5;
/// Seconds that a node may give a customer between two digits.
pub const BETWEEN_DIGITS_SECONDS_MAX: u32 = 30;
/// Times that media of one node is started again because the other side was silent about it.
pub const MEDIA_SILENCES_MAX: u32 = 2;
/// Seconds that a recording may take to start.
pub const RECORDING_START_SECONDS: u32 = 120;
/// Seconds that a recording whose order was taken may be silent before it is asked about, and how often that is
/// done.
pub const RECORDING_TOLD_SECONDS: u32 = 5;
/// Times that a recording which was taken is asked about before it is given up.
pub const RECORDING_ASKED_MAX: u32 = 3;
/// Seconds in which the other side says whether a recording stopped by itself; then it is taken to have.
pub const RECORDING_DOUBT_SECONDS: u32 = 15;
/// Seconds in which a pause, or its end, is confirmed; then the recording is stopped.
pub const RECORDING_PAUSE_TOLD_SECONDS: u32 = 5;
/// Seconds that a queue may let a pause last, at least and at most.
pub const RECORDING_PAUSE_SECONDS: (u32, u32) = (30, 900);
/// Seconds that a pause may last where no queue says.
pub const RECORDING_PAUSE_SECONDS_USUAL: u32 = 300;
/// Pauses of one recording.
pub const RECORDING_PAUSES_MAX: usize = 100;
/// Days for which a queue may have its recordings kept.
pub const RECORDING_KEEP_DAYS_MAX: u32 = 3_650;
/// Times that a caller is asked again for consent.
pub const CONSENT_RETRIES_MAX: u32 = 5;
/// Seconds from the end of a recording in which word of its file is waited for: Event Grid delivers again for
/// longer, but at lengthening intervals.
pub const RECORDING_FILE_SECONDS: u32 = 7_200;
/// Characters of what the other side calls a recording, and of the place of its file.
pub const RECORDING_NAME_CHARS_MAX: usize = 2_048;
/// Seconds that a message must last: what is shorter is none.
pub const MESSAGE_SECONDS_MIN: u32 = 2;
/// Seconds that a message may last, at least and at most.
pub const MESSAGE_MAX_SECONDS: (u32, u32) = (5, 300);
/// Seconds that a message is held back until its sound has come.
pub const MESSAGE_SOUND_SECONDS: u32 = 60;
/// Seconds that a message waits for an agent: thirty days.
pub const MESSAGE_WAIT_SECONDS: u32 = 2_592_000;
/// Messages that may wait in one queue; then the node of the flow takes its exit for failures.
pub const MESSAGES_WAITING_MAX: usize = 5_000;
/// Times that one message is listened to for the key that ends it: another key is no end.
pub const MESSAGE_LISTENS_MAX: u32 = 20;
/// Times that an agent may extend one wrap-up, each by [`WRAP_UP_EXTENSION_SECONDS`].
pub const WRAP_UP_EXTENSIONS_MAX: u32 = 3;
/// Seconds of one extension of a wrap-up.
pub const WRAP_UP_EXTENSION_SECONDS: u32 = 30;
/// Timers that one turn may fire; more wait for the next turn, which follows at once.
pub const TIMERS_PER_TURN_MAX: usize = 256;
/// Orders per second, on average since [`EFFECTS_COUNTED_FROM_S`], that a contact center stays below:
/// a restored one goes on with a number that no order of before can have had.
pub const EFFECTS_PER_SECOND_MAX: u64 = 1_000;
/// The instant in seconds, 2025-01-01T00:00:00Z: before the first order of any contact center.
pub const EFFECTS_COUNTED_FROM_S: i64 = 1_735_689_600;
/// Contacts of one queue whose estimate is held against what comes true, at once.
pub const ESTIMATES_OPEN_MAX: usize = 2_000;
/// Contacts of one queue over which the figures of its estimates are taken.
pub const ESTIMATES_MEASURED: usize = 128;
/// Estimates of a method that must have been held against what came true before a queue goes by it.
pub const ESTIMATE_SCORED_MIN: u32 = 10;
/// The longest wait that is estimated or learned from, ms: a day.
pub const ESTIMATE_MS_MAX: u64 = 86_400_000;

/// Changes by Teams and Tandem in turn that are remembered of an agent: as many as a loop guard may count.
pub const PRESENCE_TURNS_MAX: usize = 100;
/// Seconds after a call of a contact in which what Teams shows of it is still that call: a status takes a while to come.
pub const OWN_CALL_SHOWN_SECONDS: u32 = 15;

/// Characters of a filter, or of a word, that stands on record with an export or an act of an administrator.
pub const HISTORY_FILTER_CHARS: usize = 400;
/// Words that one act of an administrator puts on record.
pub const ACT_WORDS_MAX: usize = 64;
