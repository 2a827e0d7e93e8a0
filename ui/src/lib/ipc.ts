/** The bridge to the app: all commands and doorbells. The only module that imports Tauri. */
import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Changes } from '../bindings/Changes';
import type { CheckReport } from '../bindings/CheckReport';
import type { EventDetail } from '../bindings/EventDetail';
import type { MuteChoice } from '../bindings/MuteChoice';
import type { NewSecret } from '../bindings/NewSecret';
import type { Page } from '../bindings/Page';
import type { Snapshot } from '../bindings/Snapshot';
import type { Trace } from '../bindings/Trace';
import type { View } from '../bindings/View';

/** A doorbell: an event without a payload, after which the window pulls. */
export type Ring = 'bell' | 'status' | 'show';

/** The codes of failed commands, in step with `BridgeError` of the app. */
export const bridgeErrorCodes = [
  'bad-address',
  'config-broken',
  'config-inline',
  'config-unwritable',
  'demo-failed',
  'ended',
  'feed-taken',
  'keychain',
  'no-such-event',
  'no-such-feed',
  'no-such-link',
  'open-failed',
  'read-failed',
] as const;
export type BridgeErrorCode = (typeof bridgeErrorCodes)[number];

/** An error of a command. `message` is English and safe to show. `unknown`: thrown by something else than a command. */
export type BridgeError = { code: BridgeErrorCode | 'unknown'; message: string };

export type PageQuery = { view: View; limit: number; before?: number; after?: number; around?: number };
export type ChangesQuery = { view: View; afterRev: number; limit: number };

/** Calls `pull` at each ring. Resolves, once it listens, to a function that stops listening. */
export function onRing(ring: Ring, pull: () => void): Promise<() => void> {
  return listen(ring, () => pull());
}

export const snapshot = () => invoke<Snapshot>('snapshot');
export const rows = (query: PageQuery) => invoke<Page>('rows', query);
export const changes = (query: ChangesQuery) => invoke<Changes>('changes', query);
export const event = (seq: number) => invoke<EventDetail>('event', { seq });
export const trace = (seq: number) => invoke<Trace>('trace', { seq });
export const takeTarget = () => invoke<number | null>('take_target');

export const openLink = (seq: number, number: number) => invoke<null>('open_link', { seq, number });
export const markRead = (feed: string | null, seq: number) => invoke<null>('mark_read', { feed, seq });
export const mute = (length: MuteChoice['length']) => invoke<null>('mute', { choice: { length } });

export const checkFeed = (url: string, secret: NewSecret | null) => invoke<CheckReport>('check_feed', { url, secret });
export const addFeed = (url: string, name: string | null, secret: NewSecret | null) =>
  invoke<string>('add_feed', { url, name, secret });
export const addDemoFeeds = () => invoke<null>('add_demo_feeds');
export const removeFeed = (id: string, deleteEvents: boolean) => invoke<null>('remove_feed', { id, deleteEvents });
export const setFeedEnabled = (id: string, enabled: boolean) => invoke<null>('set_feed_enabled', { id, enabled });
export const reconnectFeed = (id: string) => invoke<null>('reconnect_feed', { id });
export const signIn = (id: string, secret: NewSecret) => invoke<null>('sign_in', { id, secret });

/** Converts any thrown value. */
export function asBridgeError(thrown: unknown): BridgeError {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
    const code = 'code' in thrown ? bridgeErrorCodes.find((known) => known === thrown.code) : undefined;
    return { code: code ?? 'unknown', message: String(thrown.message) };
  }
  return { code: 'unknown', message: String(thrown) };
}
