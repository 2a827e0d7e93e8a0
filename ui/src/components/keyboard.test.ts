import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, press, rowElement, sent, snapshotAnswer } from '../test/app';
import { detailOf, FakeLog, logOf, snapshotOf } from '../test/rows';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('the keyboard', () => {
  it('selects rows, opens the inspector, changes its tab and closes it', async () => {
    const log = logOf(50);
    await openWindow(log, { event: ({ seq }: { seq: number }) => detailOf(seq) });
    await waitFor(() => expect(rowElement(50)).not.toBeNull());
    screen.getByRole('grid').focus();
    await press('ArrowUp');
    await press('ArrowUp');
    expect(rowElement(49)?.getAttribute('aria-selected')).toBe('true');
    expect(screen.getByRole('grid').getAttribute('aria-activedescendant')).toBe('row-49');
    expect(screen.queryByTestId('inspector')).toBeNull();
    await press('Enter');
    expect((await screen.findByTestId('inspector')).dataset.seq).toBe('49');
    await press('2');
    await screen.findByTestId('json-tree');
    await press('1');
    await screen.findByTestId('fields');
    await press('Escape');
    await waitFor(() => expect(screen.queryByTestId('inspector')).toBeNull());
  });

  const selectedSeq = () => document.querySelector<HTMLElement>('[aria-selected=true].row')?.dataset.seq;

  it.each([
    ['ArrowDown', '1'],
    ['ArrowUp', '20'],
    ['PageDown', '20'],
    ['PageUp', '1'],
  ])('starts at the visible rows: %s after Home selects row %s', async (key, seq) => {
    await openWindow(logOf(2000));
    await waitFor(() => expect(rowElement(2000)).not.toBeNull());
    screen.getByRole('grid').focus();
    await press('Home');
    await waitFor(() => expect(rowElement(1)).not.toBeNull());
    await press(key);
    expect(selectedSeq()).toBe(seq);
  });

  it('applies arrow keys after the rows of a pending Home are loaded', async () => {
    const { app } = await openWindow(logOf(2000));
    screen.getByRole('grid').focus();
    await Promise.all([press('Home'), press('ArrowDown'), press('ArrowDown')]);
    await waitFor(() => expect(selectedSeq()).toBe('2'));
    expect(app.selected).toBe(2);
  });

  it('moves the selection to the first and the last row with Home and End', async () => {
    const { app } = await openWindow(logOf(2000));
    await waitFor(() => expect(rowElement(1990)).not.toBeNull());
    screen.getByRole('grid').focus();
    app.select(1990);
    await press('Home');
    await waitFor(() => expect(selectedSeq()).toBe('1'));
    await press('ArrowDown');
    expect(selectedSeq()).toBe('2');
    await press('End');
    await waitFor(() => expect(selectedSeq()).toBe('2000'));
    expect(app.log.following).toBe(true);
    await press('ArrowUp');
    expect(selectedSeq()).toBe('1999');
  });

  it('starts at the first fully visible row of a scrolled view', async () => {
    await openWindow(logOf(200));
    await waitFor(() => expect(rowElement(200)).not.toBeNull());
    const grid = screen.getByRole('grid');
    grid.scrollTop = 100 * 22 + 5;
    await fireEvent.scroll(grid);
    grid.focus();
    await press('ArrowDown');
    expect(selectedSeq()).toBe('102');
  });

  it('cycles through the panes with F6', async () => {
    await openWindow(logOf(3));
    const pane = () => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
    await press('F6');
    expect(pane()).toBe('sidebar');
    await press('F6');
    expect(pane()).toBe('log');
    await press('F6');
    expect(pane()).toBe('sidebar');
  });

  it('selects gaps with g, and unseen notified events with n', async () => {
    const log = logOf(5);
    log.rows.push({ seq: 6, rev: 6, feed: 'alerts', at: 1, kind: 'gap', from: 1, to: 2, reason: 'no-ids', times: 1 });
    log.rev = 6;
    log.add({ decision: 'notified' });
    log.add();
    log.add({ decision: 'muted' });
    await openWindow(log, snapshotAnswer({ hiddenSeq: 5 }));
    await waitFor(() => expect(rowElement(9)).not.toBeNull());
    await press('g');
    expect(selectedSeq()).toBe('6');
    await press('n');
    expect(selectedSeq()).toBe('7');
    await press('n');
    expect(selectedSeq()).toBe('9');
    await press('n');
    expect(selectedSeq()).toBe('7');
    await press('N', { shiftKey: true });
    expect(selectedSeq()).toBe('9');
  });

  it('copies the whole data of the selected row', async () => {
    const written = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
    const { app } = await openWindow(logOf(3), {
      event: ({ seq }: { seq: number }) => detailOf(seq, 'the whole data'),
    });
    app.select(2);
    await press('c', { ctrlKey: true });
    await waitFor(() => expect(written).toHaveBeenCalledWith('the whole data'));
  });

  it('mutes and unmutes with Ctrl M', async () => {
    let mute = { kind: 'off' };
    const { calls } = await openWindow(logOf(1), {
      snapshot: () => snapshotOf({ mute: mute as { kind: 'off' } }),
      mute: ({ choice }: { choice: { length: string } }) =>
        void (mute = { kind: choice.length === 'off' ? 'off' : 'on' }),
    });
    await press('m', { ctrlKey: true });
    await waitFor(() => expect(screen.getByTestId('mute').dataset.mute).toBe('on'));
    await press('m', { ctrlKey: true });
    await waitFor(() => expect(screen.getByTestId('mute').dataset.mute).toBe('off'));
    expect(sent(calls, 'mute')).toEqual([{ choice: { length: 'ever' } }, { choice: { length: 'off' } }]);
  });

  it('ignores keys that are typed into a field', async () => {
    const { app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [], eventCount: 0 }));
    const field = await screen.findByTestId('first-run-url');
    expect(document.activeElement).toBe(field);
    await press(' ');
    await press('2');
    expect(app.log.following).toBe(true);
    expect(app.tab).toBe('parsed');
  });
});
