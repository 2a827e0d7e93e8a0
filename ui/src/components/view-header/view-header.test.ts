import { screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, snapshotAnswer } from '../../test/app';
import { feedInfo, logOf } from '../../test/rows';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('AllFeedsStatus', () => {
  const reason = { code: 'sign-in', status: 401, detail: null } as const;
  const items = () =>
    [...screen.getByTestId('state-line').children].map((item) => item.textContent?.replace(/\s+/g, ' ').trim());

  it('starts with the feeds that need a person, because the end is cut first', async () => {
    const now = Date.now();
    const feeds = [
      feedInfo({ id: 'live' }),
      feedInfo({ id: 'off', connection: { state: 'off', reason: null } }),
      feedInfo({ id: 'new', connection: { state: 'connecting', since: now, attempt: 1, slow: false } }),
      feedInfo({ id: 'slow', name: 'Slow', connection: { state: 'connecting', since: now, attempt: 1, slow: true } }),
      feedInfo({ id: 'wait', connection: { state: 'waiting', retryAt: now + 8000, attempt: 1, reason } }),
      feedInfo({ id: 'need', name: 'Pay', connection: { state: 'parked', since: now, reason, retryAt: null } }),
    ];
    await openWindow(logOf(1), snapshotAnswer({ feeds, now, receivingSince: now - 60_000, perMinute: 39 }));
    expect(items()).toEqual([
      'Pay needs you',
      'Slow does not answer',
      '1 reconnecting in 8 s',
      '1 connecting',
      '1 live',
      '1 off',
      '39 events per minute, receiving for 1 min',
    ]);
  });

  it('shows no rate during the first minute', async () => {
    const now = Date.now();
    await openWindow(logOf(1), snapshotAnswer({ now, receivingSince: now - 13_000, perMinute: 39 }));
    expect(items()).toEqual(['1 live', 'Receiving for 13 s']);
  });
});
