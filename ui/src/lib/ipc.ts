/** The bridge to the app: all commands and doorbells. The only module that imports Tauri. */
import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { BridgeError as CommandError } from '../bindings/BridgeError';
import type { Changes } from '../bindings/Changes';
import type { CheckReport } from '../bindings/CheckReport';
import type { EventDetail } from '../bindings/EventDetail';
import type { KnownService } from '../bindings/KnownService';
import type { MuteChoice } from '../bindings/MuteChoice';
import type { NewSecret } from '../bindings/NewSecret';
import type { Page } from '../bindings/Page';
import type { RecognisedService } from '../bindings/RecognisedService';
import type { RenewedSecret } from '../bindings/RenewedSecret';
import type { ServiceChoice } from '../bindings/ServiceChoice';
import type { Snapshot } from '../bindings/Snapshot';
import type { Trace } from '../bindings/Trace';
import type { TypeChoice } from '../bindings/TypeChoice';
import type { View } from '../bindings/View';
import { errorTexts } from './i18n/en';
import type { ErrorCode } from './vocabulary';

/** A doorbell: an event without a payload, after which the window pulls. */
export type Ring = 'bell' | 'status' | 'show';

/** An error of a command. `message` is English and safe to show. `unknown`: thrown by something other than a command. */
export type BridgeError = CommandError | { code: 'unknown'; message: string };

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

/** Checks an address. Calls `onReport` with what is known so far, at each change; resolves to the final report. */
export function checkFeed(
  url: string,
  secret: NewSecret | null,
  service: ServiceChoice | null,
  onReport: (report: CheckReport) => void,
): Promise<CheckReport> {
  return invoke<CheckReport>('check_feed', { url, secret, service, progress: new Channel<CheckReport>(onReport) });
}

export const knownServices = () => invoke<KnownService[]>('known_services');
export const recogniseService = (url: string) => invoke<RecognisedService | null>('recognise_service', { url });

export const stopCheck = () => invoke<null>('stop_check');
/** A feed to add. `choices` are about the event types that came, where it is not of a known service. */
export type FeedToAdd = {
  url: string;
  name: string | null;
  secret: NewSecret | null;
  choices: TypeChoice[];
  service: ServiceChoice | null;
};

export const addFeed = (feed: FeedToAdd) => invoke<string>('add_feed', feed);
export const addDemoFeeds = () => invoke<null>('add_demo_feeds');
export const removeFeed = (id: string, deleteEvents: boolean) => invoke<null>('remove_feed', { id, deleteEvents });
export const setFeedEnabled = (id: string, enabled: boolean) => invoke<null>('set_feed_enabled', { id, enabled });
export const reconnectFeed = (id: string) => invoke<null>('reconnect_feed', { id });
export const signIn = (id: string, secret: NewSecret) => invoke<null>('sign_in', { id, secret });
export const renewSecrets = (id: string, secrets: RenewedSecret[]) => invoke<null>('renew_secrets', { id, secrets });

/** Converts any thrown value. */
export function asBridgeError(thrown: unknown): BridgeError {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) {
    return { code: 'unknown', message: String(thrown) };
  }
  const code = 'code' in thrown && isErrorCode(thrown.code) ? thrown.code : 'unknown';
  return { code, message: String(thrown.message) };
}

/** Returns whether a thrown code is one of the app's: each of those, and nothing else, has a text. */
function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTexts, `error.${code}`);
}
