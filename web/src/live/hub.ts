// One WebSocket per browser profile: tabs elect a leader with the Web Locks API; the leader owns the socket and fans its
// frames out over a BroadcastChannel. Owns connections, subscriptions and retries; the state itself is reducer.ts.
import type { Frame, TopicName } from '../api/contract';
import { EMPTY, reduce, STALE_AFTER_MS, type LiveAction, type LiveState } from './reducer';

const RETRY_FIRST_MS = 300;
const RETRY_MOST_MS = 5_000;
const FOLLOWER_ALIVE_MS = 150_000;
const ANNOUNCE_EVERY_MS = 30_000;

type Message =
  | { kind: 'want'; from: string; topics: TopicName[]; snapshot: boolean }
  | { kind: 'bye'; from: string }
  | { kind: 'kick' }
  | { kind: 'leading' }
  | { kind: 'state'; state: LiveState; wall: number }
  | { kind: 'frame'; frame: Frame; wall: number }
  | { kind: 'connection'; is: 'connecting' | 'opened' | 'closed' };

export interface HubOptions {
  /** Address of the socket, without the scheme. */
  url: string;
  /** Tabs with the same name share one socket; null = this tab alone (TV). */
  share: string | null;
  /** Called when the server refuses the connection for good. */
  onRefused?: () => void;
}

export class Hub {
  private state: LiveState = EMPTY;
  private readonly listeners = new Set<() => void>();
  private readonly wanted = new Map<TopicName, number>();
  private readonly others = new Map<string, { topics: TopicName[]; seen: number }>();
  private readonly id = crypto.randomUUID?.() ?? String(Math.random());
  private readonly channel: BroadcastChannel | null = null;
  private socket: WebSocket | null = null;
  private leading = false;
  private stopped = false;
  private retry = RETRY_FIRST_MS;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly watch: ReturnType<typeof setInterval>;
  private readonly abort = new AbortController();
  private subscribed = new Set<TopicName>();
  private paint = 0;
  private openedAt = Number.NEGATIVE_INFINITY;
  private kickedAt = Number.NEGATIVE_INFINITY;
  private readonly options: HubOptions;

  constructor(options: HubOptions) {
    this.options = options;
    const shareable = options.share !== null && 'locks' in navigator && 'BroadcastChannel' in globalThis;
    if (shareable) {
      const name = `tandem-live:${options.share}`;
      this.channel = new BroadcastChannel(name);
      this.channel.onmessage = (event: MessageEvent<Message>) => this.heard(event.data);
      this.announce(true);
      void navigator.locks
        .request(name, { signal: this.abort.signal }, () => this.lead())
        .catch(() => undefined);
      addEventListener('pagehide', this.leave);
    } else {
      void this.lead();
    }
    let ticks = 0;
    this.watch = setInterval(() => {
      ticks += 1;
      if (ticks % (ANNOUNCE_EVERY_MS / 1000) === 0) this.announce(false);
      this.checkSilence();
    }, 1000);
    addEventListener('online', this.kick);
    document.addEventListener('visibilitychange', this.visibility);
  }

  get = (): LiveState => this.state;

  listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Keeps a topic subscribed until the returned function is called. */
  want(topic: TopicName): () => void {
    this.wanted.set(topic, (this.wanted.get(topic) ?? 0) + 1);
    this.wantsChanged();
    return () => {
      const left = (this.wanted.get(topic) ?? 1) - 1;
      if (left > 0) this.wanted.set(topic, left);
      else this.wanted.delete(topic);
      this.wantsChanged();
    };
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.leave();
    this.abort.abort();
    clearInterval(this.watch);
    clearTimeout(this.retryTimer);
    removeEventListener('pagehide', this.leave);
    removeEventListener('online', this.kick);
    document.removeEventListener('visibilitychange', this.visibility);
    this.socket?.close();
    this.channel?.close();
    this.finished?.();
  }

  // --- leader ---------------------------------------------------------------------------------------------------
  private finished: (() => void) | undefined;

  private lead(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    this.leading = true;
    this.post({ kind: 'leading' });
    this.connect();
    return new Promise((resolve) => {
      this.finished = resolve;
    });
  }

  private connect(): void {
    if (this.stopped || !this.leading) return;
    clearTimeout(this.retryTimer);
    this.dispatch({ type: 'connecting' });
    this.post({ kind: 'connection', is: 'connecting' });
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(`${scheme}//${this.options.url}`);
    this.socket = socket;
    this.subscribed = new Set();
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.openedAt = performance.now();
      this.retry = RETRY_FIRST_MS;
      this.dispatch({ type: 'opened' });
      this.post({ kind: 'connection', is: 'opened' });
      this.syncSubscriptions();
    };
    socket.onmessage = (event: MessageEvent<string>) => this.received(event.data);
    socket.onclose = () => {
      if (this.socket !== socket || this.stopped) return;
      this.socket = null;
      if (!opened) this.options.onRefused?.();
      this.dispatch({ type: 'closed' });
      this.post({ kind: 'connection', is: 'closed' });
      // Full jitter, so that a restarted server is not met by every browser in the same instant.
      this.retryTimer = setTimeout(() => this.connect(), this.retry / 2 + Math.random() * (this.retry / 2));
      this.retry = Math.min(this.retry * 2, RETRY_MOST_MS);
    };
  }

  private received(text: string): void {
    let frame: Frame;
    try {
      frame = JSON.parse(text) as Frame;
    } catch {
      return;
    }
    const wall = Date.now();
    this.dispatch({ type: 'frame', frame, now: performance.now(), wall });
    this.post({ kind: 'frame', frame, wall });
    this.healGaps();
  }

  /** A gap is healed by asking again: the server answers a subscription with a snapshot. */
  private healGaps(): void {
    const topics = this.state.gaps.filter((topic) => this.subscribed.has(topic));
    if (topics.length === 0 || this.socket?.readyState !== WebSocket.OPEN) return;
    for (const topic of topics) this.subscribed.delete(topic);
    this.socket.send(JSON.stringify({ unsubscribe: topics }));
    this.syncSubscriptions();
  }

  private syncSubscriptions(): void {
    if (!this.leading || this.socket?.readyState !== WebSocket.OPEN) return;
    const all = new Set<TopicName>(this.wanted.keys());
    for (const other of this.others.values()) for (const topic of other.topics) all.add(topic);
    const more = [...all].filter((topic) => !this.subscribed.has(topic));
    const less = [...this.subscribed].filter((topic) => !all.has(topic));
    if (more.length > 0) this.socket.send(JSON.stringify({ subscribe: more }));
    if (less.length > 0) {
      this.socket.send(JSON.stringify({ unsubscribe: less }));
      for (const topic of less) this.dispatch({ type: 'dropped', topic });
    }
    this.subscribed = all;
  }

  // --- both -----------------------------------------------------------------------------------------------------
  private heard(message: Message): void {
    switch (message.kind) {
      case 'want':
        if (!this.leading) return;
        this.others.set(message.from, { topics: message.topics, seen: Date.now() });
        for (const [id, other] of this.others) {
          if (Date.now() - other.seen > FOLLOWER_ALIVE_MS) this.others.delete(id);
        }
        this.syncSubscriptions();
        if (message.snapshot) this.post({ kind: 'state', state: this.state, wall: Date.now() });
        return;
      case 'bye':
        this.others.delete(message.from);
        this.syncSubscriptions();
        return;
      case 'kick':
        if (this.leading) this.reconnectIfSilent();
        return;
      case 'leading':
        if (!this.leading) this.announce(true);
        return;
      case 'state':
        if (this.leading) return;
        // The monotonic clocks of two tabs differ: the moment of the last frame is carried as an age.
        this.dispatch({
          type: 'replaced',
          state: {
            ...message.state,
            lastFrameAt:
              message.state.lastFrameWall === null
                ? null
                : performance.now() - (Date.now() - message.state.lastFrameWall),
          },
        });
        return;
      case 'frame':
        if (!this.leading) this.followed(message.frame, message.wall);
        return;
      case 'connection':
        if (!this.leading) this.dispatch({ type: message.is });
        return;
    }
  }

  private followed(frame: Frame, wall: number): void {
    this.dispatch({ type: 'frame', frame, now: performance.now(), wall });
    if (this.state.gaps.length > 0) this.announce(true);
  }

  private announce(snapshot: boolean): void {
    if (!this.leading) this.post({ kind: 'want', from: this.id, topics: [...this.wanted.keys()], snapshot });
  }

  private wantsChanged(): void {
    if (this.leading) this.syncSubscriptions();
    else this.announce(true);
  }

  private readonly leave = (): void => {
    if (!this.leading) this.post({ kind: 'bye', from: this.id });
  };

  private readonly kick = (): void => {
    if (document.visibilityState === 'hidden') return;
    if (this.leading) this.reconnectIfSilent();
    else {
      this.announce(true);
      this.post({ kind: 'kick' });
    }
  };

  private readonly visibility = (): void => {
    if (document.visibilityState !== 'hidden') return this.kick();
    // A paint that waits for a frame would now wait until the page is shown again.
    if (this.paint > 0) {
      cancelAnimationFrame(this.paint);
      this.paint = 0;
      this.wake();
    }
  };

  private checkSilence(): void {
    const last = this.state.lastFrameAt;
    if (last === null || performance.now() - last <= STALE_AFTER_MS) return;
    if (this.leading) {
      if (this.socket !== null) this.reconnectIfSilent();
    } else if (performance.now() - this.kickedAt > STALE_AFTER_MS) {
      // The leader may be a hidden tab whose timers sleep; messages still wake it.
      this.kickedAt = performance.now();
      this.post({ kind: 'kick' });
    }
    this.wake();
  }

  private reconnectIfSilent(): void {
    const heard = Math.max(this.state.lastFrameAt ?? Number.NEGATIVE_INFINITY, this.openedAt);
    if (performance.now() - heard <= STALE_AFTER_MS) return;
    if (this.socket === null) {
      this.connect();
    } else if (this.socket.readyState === WebSocket.OPEN) {
      // An open socket without heartbeats is dead: the server sends one every 2 s.
      const dead = this.socket;
      this.socket = null;
      dead.close();
      this.connect();
    }
  }

  private post(message: Message): void {
    try {
      this.channel?.postMessage(message);
    } catch {
      // The channel was closed while leaving.
    }
  }

  private dispatch(action: LiveAction): void {
    const next = reduce(this.state, action);
    if (next === this.state) return;
    this.state = next;
    this.wake();
  }

  /** At most one paint per animation frame; hidden pages have no frames, and nothing to paint but the ring. */
  private wake(): void {
    if (this.paint !== 0) return;
    const tell = (): void => {
      this.paint = 0;
      for (const listener of this.listeners) listener();
    };
    if (document.visibilityState === 'hidden') {
      this.paint = -1;
      queueMicrotask(tell);
    } else {
      this.paint = requestAnimationFrame(tell);
    }
  }
}
