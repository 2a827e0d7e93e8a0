import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { openWindow, sent, snapshotAnswer } from '../test/app';
import { FakeLog, feedInfo } from '../test/rows';

describe('Menu', () => {
  it('opens by key, moves, runs an item and gives the focus back', async () => {
    const { calls } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feedInfo()] }));
    const row = document.querySelector<HTMLElement>('[data-feed=alerts]') as HTMLElement;
    row.focus();
    await fireEvent.keyDown(row, { key: 'F10', shiftKey: true });
    const items = await screen.findAllByRole('menuitem');
    expect(items.map(({ textContent }) => textContent)).toEqual(['Reconnect', 'Pause feed', 'Remove…']);
    expect(document.activeElement).toBe(items[0]);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(items[2]);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'p' });
    expect(document.activeElement).toBe(items[1]);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(document.activeElement).toBe(row);
    await fireEvent.keyDown(row, { key: 'ContextMenu' });
    await fireEvent.click(await screen.findByTestId('feed-pause'));
    await waitFor(() => expect(sent(calls, 'set_feed_enabled')).toEqual([{ id: 'alerts', enabled: false }]));
  });

  it('offers to resume a paused feed', async () => {
    const feeds = [feedInfo({ connection: { state: 'off', reason: null } })];
    const { calls } = await openWindow(new FakeLog(), snapshotAnswer({ feeds }));
    await fireEvent.contextMenu(document.querySelector('[data-feed=alerts]') as HTMLElement);
    await fireEvent.click(await screen.findByTestId('feed-resume'));
    await waitFor(() => expect(sent(calls, 'set_feed_enabled')).toEqual([{ id: 'alerts', enabled: true }]));
  });

  it('shows an action that failed', async () => {
    await openWindow(new FakeLog(), {
      reconnect_feed: () => Promise.reject({ code: 'unheard-of', message: 'There is no such feed.' }),
    });
    await fireEvent.contextMenu(document.querySelector('[data-feed=alerts]') as HTMLElement);
    await fireEvent.click(await screen.findByTestId('feed-reconnect'));
    expect((await screen.findByTestId('failed')).textContent).toContain('There is no such feed.');
  });
});
