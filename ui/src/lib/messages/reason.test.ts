import { beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../bindings/Reason';
import { feedInfo, reasonOf } from '../../test/rows';
import { en } from '../i18n/en';
import { setLanguage } from '../i18n/index.svelte';
import {
  actionLabel,
  bannerOf,
  faults,
  isStopping,
  reasonCodes,
  reasonSentence,
  stepFact,
  stoppedFact,
} from './reason';

const at = new Date(2026, 10, 21, 10, 42, 31, 48).getTime();

describe.each(['en', 'zh-CN'] as const)('every reason in %s', (language) => {
  beforeEach(() => setLanguage(language));

  it.each(reasonCodes)('%s is a sentence, with a banner that names the next step', (code) => {
    const why = reasonOf(code, 418, 'text/html\u202e');
    const feed = feedInfo({ connection: { state: 'parked', since: at, reason: why, retryAt: null } });
    const banner = bannerOf(feed, at);
    const todo = banner?.todo.map(({ text }) => text).join('') ?? '';
    for (const words of [
      reasonSentence(why),
      stoppedFact(why),
      stepFact(why),
      banner?.title ?? '',
      todo,
      banner?.button ?? '',
      actionLabel(code),
    ]) {
      expect(words).not.toBe('');
      expect(words).not.toMatch(/[{}\u202e]|undefined|null/);
    }
    expect(reasonSentence(why)).toMatch(/[.。]$/);
    const signsIn = code.startsWith('sign-in') && code !== 'sign-in-elsewhere';
    const asks = signsIn || code === 'secret-missing' || code === 'bad-cookie';
    expect(banner?.action).toBe(asks ? 'sign-in' : 'reconnect');
  });

  it.each(faults)('the fault %s is a sentence of its own, with a next step and without its word', (fault) => {
    const why: Reason = { code: 'tls', status: null, fault, detail: '2026-11-20\u202e' };
    const feed = feedInfo({ connection: { state: 'parked', since: at, reason: why, retryAt: null } });
    const todo = bannerOf(feed, at)?.todo.map(({ text }) => text) ?? [];
    const sentence = reasonSentence(why);
    expect(todo.join('').startsWith(sentence)).toBe(true);
    expect(todo.join('').length).toBeGreaterThan(sentence.length);
    for (const words of [sentence, ...todo]) {
      expect(words).toMatch(/[.。]$/);
      expect(words).not.toMatch(/[{}\u202e]|undefined|null|[a-z]-[a-z]+-[a-z]/);
    }
  });
});

describe('reason codes', () => {
  const withPrefix = (prefix: string) =>
    Object.keys(en)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort();

  it('have no text that no code uses', () => {
    const stopping = reasonCodes.filter(isStopping);
    expect(withPrefix('reason.')).toEqual([...reasonCodes].sort());
    expect(withPrefix('stopped.')).toEqual([...stopping, 'other'].sort());
    expect(new Set(withPrefix('banner.').map((key) => key.split('.')[0]))).toEqual(
      new Set([...stopping, 'other', 'next', 'off', 'again', 'connect']),
    );
  });

  it('have a text for each fault and no other', () => {
    expect(withPrefix('fault.')).toEqual([...faults, 'words'].sort());
  });

  it('show the words of an older log, or of a file that cannot be read', () => {
    expect(reasonSentence(reasonOf('tls', null, 'ca_file corp.pem is gone'))).toBe(
      'The reason: ca_file corp.pem is gone.',
    );
  });

  it('name an action that helps', () => {
    const labels = (['sign-in', 'secret-missing', 'keychain-locked', 'tls', 'ended'] as const).map(actionLabel);
    expect(labels).toEqual(['Sign in', 'Sign in', 'Unlock', 'See why', 'See why']);
  });
});

describe('bannerOf', () => {
  const parked = (why: Reason, over = {}) =>
    feedInfo({ connection: { state: 'parked', since: at, reason: why, retryAt: null }, ...over });
  const todo = (feed: ReturnType<typeof feedInfo>) =>
    bannerOf(feed, at)
      ?.todo.map(({ text }) => text)
      .join('');

  it('distinguishes a first sign-in from a rejected one, which names its resume point', () => {
    const first = parked(reasonOf('sign-in', 401));
    expect(bannerOf(first, at)?.title).toBe('The server requires a sign-in.');
    expect(todo(first)).toBe('It answered 401 at 10:42. Sign in to continue.');
    const again = parked(reasonOf('sign-in-refused', 401), {
      auth: [{ kind: 'bearer', secretName: 'payments' }],
      lastId: 'p-70421',
    });
    expect(bannerOf(again, at)?.title).toBe('The server does not accept the sign-in.');
    expect(todo(again)).toBe(
      'It answered 401 at 10:42. Sign in to resume after p-70421. No event is lost if the server replays.',
    );
  });

  it('shows when Bellwire retries', () => {
    const feed = feedInfo({
      connection: { state: 'parked', since: at, reason: reasonOf('not-found', 404), retryAt: at + 240_000 },
    });
    expect(bannerOf(feed, at)?.next).toBe('Bellwire retries in 4 min.');
  });

  it('is shown for a feed that the server ended, not for a paused one', () => {
    const ended = feedInfo({ connection: { state: 'off', reason: reasonOf('no-content', 204) } });
    expect(bannerOf(ended, at)?.button).toBe('Reconnect');
    expect(bannerOf(feedInfo({ connection: { state: 'off', reason: null } }), at)).toBeNull();
    expect(bannerOf(feedInfo(), at)).toBeNull();
  });
});
