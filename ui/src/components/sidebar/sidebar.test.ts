import { screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow } from '../../test/app';
import { feedInfo, logOf, snapshotOf } from '../../test/rows';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('Sidebar', () => {
  it('shows the status glyph, the status text and the unread badge of each feed', async () => {
    const reason = { code: 'sign-in', status: 401, detail: null } as const;
    const feeds = [
      feedInfo({ id: 'live', unread: 1200 }),
      feedInfo({ id: 'wait', connection: { state: 'waiting', retryAt: Date.now() + 8000, attempt: 1, reason } }),
      feedInfo({ id: 'slow', connection: { state: 'connecting', since: 0, attempt: 1, slow: true } }),
      feedInfo({
        id: 'need',
        connection: { state: 'parked', since: 0, reason, retryAt: null },
        unread: 2,
        unreadCritical: true,
      }),
      feedInfo({ id: 'off', connection: { state: 'off', reason: null } }),
    ];
    const now = Date.now();
    await openWindow(logOf(1), { snapshot: () => snapshotOf({ feeds, now }) });
    const labelsOf = (id: string) => {
      const element = document.querySelector<HTMLElement>(`[data-feed=${id}]`) as HTMLElement;
      return [
        within(element).getByRole('img').getAttribute('aria-label'),
        element.querySelector('.slot')?.textContent?.trim(),
      ];
    };
    expect(labelsOf('live')).toEqual(['Live', '']);
    expect(labelsOf('wait')).toEqual(['Connecting', 'in 8 s']);
    expect(labelsOf('slow')).toEqual(['Connecting', 'No answer']);
    expect(labelsOf('need')).toEqual(['Needs you', 'Sign in']);
    expect(labelsOf('off')).toEqual(['Off', 'Off']);
    expect(screen.getByLabelText('1,200 unread').textContent).toBe('999+');
    expect(screen.getByLabelText('2 unread, one or more critical').classList).toContain('critical');
  });
});
