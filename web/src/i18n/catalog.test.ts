// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ADMINISTRATION, CALLBACKS, catalog, COMMANDS, DIRECTORY, HEALTH, INTEGRATION, PAST, TRANSFER, TRUNKS } from '../../scripts/messages.ts';
import { DELIVERY_STATES, EVENTS, KEY_STATES, SCOPES } from '../access/access';
import { MISSING, PARTS } from '../access/scope';
import { AREAS, SETTINGS_AREAS } from '../admin/areas';
import { CHANNELS as VOICES, CONSENTS, FAILURES, TRANSFERS } from '../admin/recording-rules';
import { DIRECTIONS as TO, PETITION_ANSWERS } from '../api/direct';
import { EXPORT_FORMATS } from '../api/history';
import { CONSEQUENCES, EXPLANATIONS, FEATURES, LICENSING_MODES, LOGIN_PROBLEMS, LOGINS, MESSAGES, NUMBER_TYPES, PERMISSION_STATES, RIGHTS_STATES, STEPS } from '../api/teams-account';
import { DOINGS, STATUSES } from '../api/directory';
import { CODECS, KINDS as TRUNK_KINDS, SRTPS, STANDINGS as HOST_STANDINGS, STYLES, TRANSPORTS } from '../api/trunks';
import { PRECEDENCE, SYSTEM_STANDINGS } from '../api/presence-rules';
import { PURPOSES, RECORDING_STATES } from '../api/recordings';
import { AUDIT_FORMATS } from '../api/audit';
import { OBJECTS } from '../api/permissions';
import { PERMISSIONS, ROLES } from '../app/permissions';
import { themes } from '../app/theme';
import { ACTIONS, KINDS as KINDS_OF_AUDIT } from '../audit/trail';
import { KINDS as CALLBACK_KINDS, STATES, WHYS as CALLBACK_WHYS } from '../callbacks/book';
import { CALLERS, WHENS as CALLBACK_BOOKED } from '../callbacks/booking';
import { PRESET_NAMES } from '../capacity/profile';
import { COLUMNS } from '../contacts/columns';
import { CHANNELS, DIRECTIONS, PERIODS } from '../contacts/filters';
import { NOT_REACHED } from '../desk/dial';
import { ALARMS, PAUSERS, SHOWN } from '../desk/recording';
import { STANDINGS } from '../desk/talk';
import { CAME as PROFILE_CAME } from '../directory/came';
import { GROUPS as DIRECTORY_GROUPS } from '../directory/people';
import { GRAINS, VARIANTS } from '../figures/asked';
import { AGENT_COLUMNS, QUEUE_COLUMNS } from '../figures/columns';
import { CALLBACK_WHENS, KINDS, QUEUE_CONDITIONS, SWITCH_TESTS } from '../flow/nodes';
import { REFUSALS } from '../hours/calendar';
import { WHYS } from '../hours/calendar-file';
import { CAUSES, HARMS, LIMITS } from '../presence/rules';
import { FIGURES, KEPT } from '../privacy/keeping';
import { OBJECTIVES } from '../routing/balance';
import { GROUPS } from '../routing/conditions';
import { STRATEGIES } from '../routing/plan';
import { SERVING } from '../skills/narrowing';
import { WAYS } from '../routing/steering';
import { BECOMES, POSITIONS } from '../routing/switches';
import { ZOOMS } from '../story/lanes';
import { GUIDE, IDS } from '../teams-account/account';
import { CONSENTS as CAME } from '../teams-account/consents';
import { FINDINGS, PROGRESS, STEPS as WAY_STEPS, WAYS as TRUNK_WAYS } from '../trunks/guide';
import { DIFFERING } from '../trunks/guide-words';
import { LINE_FAULTS } from '../trunks/numbers';
import { AGENT_WARNINGS, PHONE_FAULTS, TOLD } from '../trunks/standing';
import { EMERGENCY_WAYS } from '../trunks/trunk';
import en from './en.json';

const SRC = fileURLToPath(new URL('..', import.meta.url));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' });
const read = (name: string): string => readFileSync(join(SRC, name), 'utf8');
const code = files.filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.')).map(read).join('\n');

/** Ids that code builds from data: the prefix, and everything that may follow. */
const BUILT: Record<string, readonly string[]> = {
  'admin.': [
    ...AREAS.flatMap((area) => [`${area}.title`, `${area}.about`]),
    ...SETTINGS_AREAS.flatMap((area) => [`${area}.none`, `${area}.add`]),
    'audit.none',
  ],
  'delete.': SETTINGS_AREAS,
  'agent.state.': ['signed_out', 'available', 'offering', 'connecting', 'on_contact', 'wrap_up', 'not_ready', 'in_teams', 'presence_unknown', 'error'],
  'contact.state.': ['in_flow', 'queued', 'offering', 'connecting', 'dialing', 'callback_pending', 'connected', 'outside', 'wrap_up', 'ended'],
  'callbacks.is.': STATES,
  'callbacks.kind.': CALLBACK_KINDS,
  'callbacks.own.': ['busy', 'away'],
  'callbacks.part.': ['pending', 'ended'],
  'callbacks.when.': CALLBACK_BOOKED,
  'callbacks.caller.': CALLERS,
  'callbacks.': ['missing', 'backwards', 'booked', 'kept'],
  'callbacks.why.': CALLBACK_WHYS,
  'capacity.preset.': PRESET_NAMES.flatMap((preset) => [preset, `${preset}.about`]),
  'capacity.beside.': ['calls', 'messages'].flatMap((of) => [`${of}.same_channel`, `${of}.any_channel`]),
  'capacity.sum.call.': ['never', 'beside', 'interrupts'],
  'demand.exclusive.': ['calls', 'everything', 'nothing'].flatMap((it) => [it, `${it}.about`]),
  'demand.wrapUp.': ['blocks', 'frees'],
  'flow.callback.': CALLBACK_WHENS.flatMap((when) => [when, `${when}.hint`]),
  'decisions.objective.': OBJECTIVES,
  'call.hangUp.': ['ringing', 'third', 'inTeams'],
  'call.party.': ['held', 'ringing', 'waiting', 'left'],
  'dial.stage.': ['agent', 'customer'],
  'dial.over.': NOT_REACHED,
  'direct.': ['menu', 'title', 'do', 'now', 'after'].flatMap((what) => TO.map((to) => `${what}.${to}`)),
  'dnc.error.': ['number', 'reason', 'until'],
  'message.': ['arriving', 'missing'],
  'offer.announce.': ['tandem', 'teams', 'voicemail'],
  'talk.is.': STANDINGS,
  'talk.asked.': ['transfer', 'consult', 'held', 'with_third', 'together'],
  'talk.strip.': ['transfer', 'consult'],
  'talk.stage.': ['ringing', 'talking'],
  'talk.ringing.': ['transfer', 'consult'],
  'talk.returned.': ['declined', 'no_answer', 'failed', 'left', 'gone', 'customer_left', 'agent_left'],
  'transfer.title.': ['transfer', 'consult'],
  'transfer.queue.': ['closed', 'nobody'],
  'transfer.verb.': ['transfer', 'consult', 'transfer.to', 'consult.to'],
  'board.level.': ['ok', 'watch', 'act'],
  'board.state.': ['available', 'offering', 'on_contact', 'wrap_up', 'not_ready'],
  'recording.is.': [...SHOWN.filter((is) => is !== 'not_allowed'), 'not_allowed.refused', 'not_allowed.unasked'],
  'recording.about.': ['starting', 'recording', 'pausing', 'resuming', 'unsure', 'failed.required', 'failed.free', 'failed.pause', 'not_allowed.refused', 'not_allowed.unasked'],
  'recording.by.': [...PAUSERS, 'somebody'],
  'recording.short.': SHOWN.filter((is) => is !== 'off'),
  'recording.alarm.': ALARMS.flatMap((what) => [what, `${what}.text`]),
  'recording.consent.': ['announced', 'given'],
  'palette.recording.': ['pause', 'resume'],
  'recordingRule.': Object.entries({ channels: VOICES, consent: CONSENTS, on_failure: FAILURES, after_transfer: TRANSFERS }).flatMap(([path, options]) => [
    path,
    ...options.flatMap((option) => [`${path}.${option}`, `${path}.${option}.means`]),
  ]),
  'apiKeys.state.': KEY_STATES,
  'apiKeys.scope.': SCOPES,
  'webhooks.error.': ['url', 'events'],
  'webhooks.state.': [...DELIVERY_STATES, 'retryingAt'],
  'webhooks.event.': EVENTS,
  'people.standing.': ['active', 'disabled'],
  'role.': ROLES,
  'permission.': PERMISSIONS.flatMap((it) => [it, `${it}.about`]),
  'scope.': PARTS.flatMap((kind) => [kind, `${kind}.hint`, `${kind}.none`]),
  'scope.choice.': ['everything', 'some'],
  'why.object.': ['nothing', ...OBJECTS, 'queue.none', 'agent.none'],
  'why.missing.': MISSING,
  'why.grant.': MISSING,
  'petition.': PETITION_ANSWERS.flatMap((it) => [it, `${it}.of`]),
  'privacy.': KEPT.flatMap((kept) => [kept, `${kept}.hint`]),
  'privacy.figures.': FIGURES.flatMap((it) => [it, `${it}.means`]),
  'presence.': ['to_teams', 'from_teams'].flatMap((it) => [`${it}.about`, `${it}.on`, `${it}.off`]),
  'presence.authority.': PRECEDENCE,
  'presence.automatic.': CAUSES,
  'presence.chain.': ['settled', 'loops'],
  'presence.gate.': ['voice.of', 'messages.of', 'route', 'no_route'],
  'presence.harm.': HARMS,
  'presence.loop.': Object.keys(LIMITS).flatMap((it) => [it, `${it}.hint`]),
  'presence.side.': ['teams', 'tandem'],
  'presence.standing.': SYSTEM_STANDINGS,
  'presence.target.': ['available', 'signed_out'],
  'seen.': STATUSES,
  'seen.doing.': DOINGS,
  'rights.came.': CAME,
  'rights.for.': ['graph_calls', 'line_numbers', 'sign_in'],
  'rights.is.': PERMISSION_STATES,
  'rights.kind.': ['application', 'delegated'],
  'rights.features.': ['none', 'notUsed'],
  'rights.without.': CONSEQUENCES,
  'rights.state.': RIGHTS_STATES.flatMap((it) => [it, `${it}.text`]),
  'directory.group.': DIRECTORY_GROUPS,
  'directory.number.': NUMBER_TYPES,
  'profile.came.': PROFILE_CAME,
  'profile.duty.': ['owner', 'backup'],
  'profile.login.': LOGINS,
  'profile.problem.': LOGIN_PROBLEMS,
  'rights.delegates.': ['owner', 'backup'],
  'teamsAccount.': IDS.flatMap((it) => [it, `${it}.where`]),
  'teamsAccount.expires.': ['directory', 'entered'],
  'teamsAccount.explanation.': EXPLANATIONS,
  'teamsAccount.feature.': FEATURES.flatMap((it) => [it, `${it}.about`]),
  'teamsAccount.guide.': GUIDE.flatMap((it) => [it, `${it}.text`]),
  'teamsAccount.licensing.': LICENSING_MODES.flatMap((it) => [it, `${it}.means`]),
  'teamsAccount.message.': MESSAGES,
  'teamsAccount.outcome.': ['passed', 'failed', 'skipped'],
  'teamsAccount.preview.': ['menu', 'transfer'],
  'teamsAccount.progress.': ['done', 'open', 'failed', 'unknown'],
  'teamsAccount.proof.': ['secret', 'certificate'],
  'teamsAccount.step.': STEPS,
  'trunks.codec.': CODECS,
  'trunks.emergency.': EMERGENCY_WAYS.flatMap((it) => [it, `${it}.about`]),
  'trunks.fault.': LINE_FAULTS,
  'trunks.field.sources.': TRUNK_KINDS,
  'trunks.format.': [...STYLES, 'country', 'prefix', 'international_prefix'],
  'trunks.found.': FINDINGS,
  'trunks.host.': HOST_STANDINGS,
  'trunks.kind.': TRUNK_KINDS.flatMap((it) => [it, `${it}.about`]),
  'trunks.lacks.': AGENT_WARNINGS,
  'trunks.model.': ['account', 'trunk'].flatMap((it) => [it, `${it}.rings`]),
  'trunks.phone.fault.': PHONE_FAULTS,
  'trunks.progress.': PROGRESS,
  'trunks.reachedBy.': ['account', 'number'],
  'trunks.srtp.': SRTPS.flatMap((it) => [it, `${it}.means`]),
  'trunks.step.': [...Object.values(WAY_STEPS).flatMap((steps) => steps.flatMap((it) => [it, `${it}.text`])), ...DIFFERING.map((it) => `${it}.direct`)],
  'trunks.told.': TOLD,
  'trunks.transport.': TRANSPORTS,
  'trunks.way.': TRUNK_WAYS.flatMap((it) => [it, `${it}.about`]),
  'theme.': ['system', 'light', 'dark', 'contrast'],
  'locale.': ['en', 'en-XA', 'ar-XB'],
  'flow.kind.': KINDS,
  'flow.about.': KINDS,
  'flow.versions.': ['more', 'less', 'otherwise'],
  'flow.when.': QUEUE_CONDITIONS,
  'flow.condition.': QUEUE_CONDITIONS,
  'flow.exit.': SWITCH_TESTS,
  'flow.test.': SWITCH_TESTS,
  'flow.promptKind.': ['text', 'url', 'prompt_id'],
  'flowTest.state.': ['ringing', 'in_call', 'ended'],
  'prompts.sound.': ['too_quiet', 'clipped'],
  'hours.now.': ['open', 'closed', 'holiday', 'emergency'],
  'hours.exception.': ['first', 'last'],
  'hours.import.why.': WHYS,
  'hours.import.refused.': [...REFUSALS, 'empty', 'large', 'slow', 'failed'],
  'strategy.': STRATEGIES,
  'ask.strategy.': STRATEGIES,
  'queue.hours.': ['open', 'closed', 'holiday', 'emergency'],
  'queue.switch.to.': POSITIONS,
  'queue.switch.text.': POSITIONS,
  'queue.switch.do.': POSITIONS,
  'queue.switch.is.': POSITIONS,
  'queue.switch.becomes.': BECOMES,
  'queue.steer.open.': WAYS,
  'queue.steer.title.': WAYS,
  'queue.steer.text.': WAYS,
  'queue.steer.do.': WAYS,
  'queue.steer.done.': WAYS,
  'matrix.serving.': SERVING,
  'ask.group.': GROUPS,
  'ask.step.': ['condition', 'preferences', 'teams'].flatMap((of) => [of, `${of}.keep`, `${of}.none`, `${of}.own`]),
  'audit.': ['at', 'actor', 'action', 'outcome', 'detail'],
  'audit.outcome.': ['done', 'denied'],
  'audit.action.': ACTIONS,
  'audit.kind.': [...KINDS_OF_AUDIT, 'customer'],
  'health.level.': ['ok', 'watch', 'act'],
  'health.headline.': ['ok', 'watch', 'act', 'unknown'],
  'contacts.col.': COLUMNS,
  'contacts.direction.': DIRECTIONS,
  'contacts.channel.': CHANNELS,
  'filter.period.': PERIODS,
  'figures.col.': [...QUEUE_COLUMNS, ...AGENT_COLUMNS].map((it) => it.field),
  'figures.grain.': GRAINS,
  'figures.variant.': VARIANTS,
  'figures.by.': ['queue', 'agent', 'team'],
  'export.': [...EXPORT_FORMATS, ...AUDIT_FORMATS, 'json'],
  'story.zoom.': ZOOMS,
  'story.view.': ['story', 'raw'],
  'story.lane.': ['customer', 'flow', 'queue', 'agent', 'third', 'recording'],
  'recording.state.': RECORDING_STATES,
  'recording.who.': ['customer', 'agent', 'mixed'],
  'recording.absent.': ['recording', 'arriving', 'lost', 'erased', 'recording.text', 'arriving.text', 'erased.text'],
  'purpose.': PURPOSES,
  'purpose.title.': ['listen', 'download'],
  'purpose.do.': ['listen', 'download'],
  'hold.title.': ['set', 'release'],
  'hold.text.': ['set', 'release'],
  'hold.do.': ['set', 'release'],
  'hold.done.': ['set', 'release'],
};
/** Codes that the server may send; unknown ones fall back to the server's own words. */
const OPEN = ['presence.why.', 'contacts.end.', 'story.span.', 'story.mark.', 'recording.lost.', 'accesses.kind.', 'verify.fault.', 'problem.', 'excluded.', 'timeline.', 'health.check.', 'flowTest.end.', 'health.what.', 'health.fix.', 'health.alarm.', 'recording.code.', 'webhooks.answer.', 'apiKeys.scope.', 'why.part.', 'persons.why.', 'queue.would.why.'];

describe('the message catalog', () => {
  test('every id that code names is in it', () => {
    const named = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((m) => m[1] ?? '');
    expect(named.length).toBeGreaterThan(150);
    expect(named.filter((id) => !(id in en))).toEqual([]);
  });

  test('every id that code builds is in it', () => {
    const built = Object.entries(BUILT).flatMap(([prefix, ends]) => ends.map((end) => prefix + end));
    expect(built.filter((id) => !(id in en))).toEqual([]);
  });

  test('nothing in it is unused', () => {
    const built = new Set(Object.entries(BUILT).flatMap(([prefix, ends]) => ends.map((end) => prefix + end)));
    const named = new Set([...code.matchAll(/'([a-z][A-Za-z]*(?:\.[A-Za-z0-9_-]+)+)(?=')/g)].map((m) => m[1]));
    const unused = Object.keys(en).filter((id) => !built.has(id) && !named.has(id) && !OPEN.some((prefix) => id.startsWith(prefix)));
    expect(unused).toEqual([]);
  });

  test.each([
    ['administration', ADMINISTRATION, /^(admin|capacity|flow|hours|presence|prompts|access|audit|persons|privacy|routing|skills|teams-account|trunks)\//, 300],
    ['callbacks', CALLBACKS, /^callbacks\//, 60],
    ['palette and help', COMMANDS, /^app\/(help|palette)/, 40],
    ['the transfer dialog', TRANSFER, /^desk\/transfer/, 25],
    ['people in Teams', DIRECTORY, /^(directory|presence|teams-account)\//, 3],
    ['system health', HEALTH, /^health\//, 100],
    ['stories and recordings', PAST, /^(recordings|story)\/|^desk\/story-lines/, 60],
    ['trunks', TRUNKS, /^trunks\//, 200],
    ['the Teams account and presence rules', INTEGRATION, /^(presence|teams-account)\//, 150],
  ] as const)('texts of %s are said by its pages alone', (_, part, isOwn, least) => {
    const isIts = (name: string): boolean => isOwn.test(name) && !/^access\/(my-sessions|session-table|confirm)/.test(name);
    const others = files.filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.') && !name.endsWith('.d.ts') && !isIts(name));
    expect(others.length).toBeGreaterThan(50);
    const ids = new Set(Object.keys(en).filter((id) => part.has(id.split('.')[0] ?? '')));
    expect(ids.size).toBeGreaterThan(least);
    const said = others.flatMap((name) => [...read(name).matchAll(/['`]([A-Za-z]+\.[A-Za-z0-9_.-]*)/g)].filter((m) => ids.has(m[1] ?? '') || (part.has((m[1] ?? '').split('.')[0] ?? '') && (m[1] ?? '').endsWith('.'))).map((m) => `${name} ${m[1]}`));
    expect(said).toEqual([]);
  });

  test('ids follow area.component.meaning and messages are not empty', () => {
    for (const [id, text] of Object.entries(en)) {
      expect(id).toMatch(/^[a-z][A-Za-z]*(\.[A-Za-z0-9_-]+)+$/);
      expect(text.trim()).not.toBe('');
    }
  });

  test('the long-text locale is at least 30 % longer and has the same ids', () => {
    const plain = catalog('en');
    const long = catalog('en-XA');
    expect(Object.keys(long)).toEqual(Object.keys(plain));
    const literals = (messages: typeof plain): number =>
      [...JSON.stringify(Object.values(messages)).matchAll(/"type":0,"value":"([^"]*)"/g)].reduce((sum, m) => sum + (m[1] ?? '').length, 0);
    expect(literals(long)).toBeGreaterThan(literals(plain) * 1.3);
  });

  test('the right-to-left locale keeps the ids and marks its text', () => {
    const mirrored = catalog('ar-XB');
    expect(Object.keys(mirrored)).toEqual(Object.keys(en));
    expect(JSON.stringify(mirrored['signIn.submit'])).toContain('\u202e');
  });
});

describe('the tokens', () => {
  test('every theme has the same names, and style sheets use no other', () => {
    const names = new Set(Object.keys(themes.light));
    expect(new Set(Object.keys(themes.dark))).toEqual(names);
    for (const name of Object.keys(themes.light).filter((n) => n.startsWith('td'))) {
      expect(Object.keys(themes.contrast)).toContain(name);
    }
    const local = new Set(['u', 'head', 'stripe', 'c', 'c2', 'step', 'played']);
    const used = files.filter((name) => name.endsWith('.css')).flatMap((name) => [...read(name).matchAll(/var\(--([A-Za-z0-9]+)/g)].map((m) => m[1] ?? ''));
    expect(used.filter((name) => !names.has(name) && !local.has(name))).toEqual([]);
  });
});
