import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { clickOn, commands, openWindow, sent, snapshotAnswer } from '../../test/app';
import { FakeLog, feedInfo } from '../../test/rows';

describe('RemoveDialog', () => {
  async function open(count: number) {
    const opened = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feedInfo({ name: 'Payments', count })] }));
    opened.app.dialog = { kind: 'remove', feed: 'alerts' };
    await screen.findByTestId('remove-dialog');
    return opened;
  }

  it('names the feed and its number of events, and focuses Cancel', async () => {
    const { calls } = await open(8208);
    expect(screen.getByTestId('remove-dialog').textContent).toContain('Remove Payments?');
    expect(screen.getByTestId('remove-delete').textContent?.trim()).toBe('Remove and delete 8,208 events');
    expect(document.activeElement).toBe(screen.getByTestId('dialog-cancel'));
    await clickOn('dialog-cancel');
    await waitFor(() => expect(screen.queryByTestId('remove-dialog')).toBeNull());
    expect(commands(calls)).not.toContain('remove_feed');
  });

  it.each([
    ['remove-keep', false],
    ['remove-delete', true],
  ])('%s sends whether to delete the events', async (button, deleteEvents) => {
    const { calls } = await open(3);
    await clickOn(button);
    await waitFor(() => expect(sent(calls, 'remove_feed')).toEqual([{ id: 'alerts', deleteEvents }]));
  });
});
