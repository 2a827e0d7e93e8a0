import type { FeedInfo } from './FeedInfo';
import type { Mute } from './Mute';
import type { Problem } from './Problem';

/** Everything of the window but the rows. Times are in milliseconds since the epoch. */
export type Snapshot = {
  newestRev: number;
  newestSeq: number;
  now: number;
  receivingSince: number;
  eventCount: number;
  perMinute: number;
  feeds: FeedInfo[];
  mute: Mute;
  problem: Problem | null;
  language: 'en' | 'zh-CN';
  theme: 'system' | 'light' | 'dark';
  hiddenAt: number | null;
  hiddenAtMs: number | null;
};
