import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, openWindow, ring, rowElement, rowElements, sent, snapshotAnswer } from '../../test/app';
import { detailOf, FakeLog, logOf } from '../../test/rows';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

/** Three events, and after each a control event of critical severity that was replayed. */
function mixedLog(): FakeLog {
  const log = new FakeLog();
  for (let n = 0; n < 3; n += 1) {
    log.add();
    log.add({ event: 'ping', decision: 'control', severity: 'critical', replayed: true });
  }
  return log;
}

const total = () => screen.getByTestId('log-total').textContent;
const drawn = () => rowElements().map(({ dataset }) => Number(dataset.seq));
const toggle = () => screen.getByRole('switch', { name: 'Control events' });

describe('the switch for control events', () => {
  it('shows and hides them, and the head says how many there are', async () => {
    await openWindow(mixedLog());
    await waitFor(() => expect(drawn()).toEqual([1, 3, 5]));
    expect(total()).toBe('3 rows, 3 control hidden');
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('3');
    expect(rowElement(5)?.getAttribute('aria-rowindex')).toBe('3');
    expect(toggle().getAttribute('aria-checked')).toBe('false');
    expect(toggle().getAttribute('aria-describedby')).toBe(screen.getByTestId('log-total').id);
    await fireEvent.click(toggle());
    await waitFor(() => expect(drawn()).toEqual([1, 2, 3, 4, 5, 6]));
    expect(total()).toBe('6 rows, 3 control');
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('6');
    expect(toggle().getAttribute('aria-checked')).toBe('true');
    await fireEvent.click(toggle());
    await waitFor(() => expect(drawn()).toEqual([1, 3, 5]));
    expect(total()).toBe('3 rows, 3 control hidden');
  });

  it('can have the focus, and its state is the same in every view until the window is closed', async () => {
    const { app, calls } = await openWindow(mixedLog());
    toggle().focus();
    expect(document.activeElement).toBe(toggle());
    await fireEvent.click(toggle());
    await app.show({ feed: 'alerts', notified: false });
    expect(toggle().getAttribute('aria-checked')).toBe('true');
    expect(sent(calls, 'rows').at(-1)).toMatchObject({ view: { feed: 'alerts', hidesControl: false } });
    await app.show({ feed: null, notified: true });
    expect(screen.queryByRole('switch')).toBeNull();
  });

  it('has no text about control events where there are none', async () => {
    await openWindow(logOf(3));
    await waitFor(() => expect(total()).toBe('3 rows'));
  });

  it('says that only control events have arrived', async () => {
    const log = new FakeLog();
    log.add({ decision: 'control' });
    await openWindow(log);
    await waitFor(() =>
      expect(screen.getByTestId('log-empty').textContent).toBe('Only control events have arrived. They are hidden.'),
    );
    await fireEvent.click(toggle());
    await waitFor(() => expect(drawn()).toEqual([1]));
    expect(screen.queryByTestId('log-empty')).toBeNull();
  });
});

describe('a control event', () => {
  it('has an outlined tag, no severity and no decision', async () => {
    const { app } = await openWindow(mixedLog());
    await app.showControl(true);
    await waitFor(() => expect(rowElement(2)).not.toBeNull());
    const row = rowElement(2);
    expect(row?.classList.contains('control')).toBe(true);
    expect(row?.classList.contains('critical')).toBe(false);
    expect(row?.querySelector('.tag')?.className).toContain('control');
    expect(row?.querySelectorAll('.severity-cell *, .decision-cell *')).toHaveLength(0);
    expect(rowElement(1)?.classList.contains('control')).toBe(false);
  });

  it('does not count as new, and no line is drawn for it alone', async () => {
    const log = mixedLog();
    await openWindow(log, snapshotAnswer({ hiddenSeq: 5, hiddenAt: 1 }));
    await waitFor(() => expect(drawn()).toEqual([1, 3, 5]));
    expect(screen.queryByTestId('new-since')).toBeNull();
    await fireEvent.click(screen.getByTestId('pause'));
    log.add({ decision: 'control' });
    await ring('bell');
    await waitFor(() => expect(total()).toBe('3 rows, 4 control hidden'));
    expect(screen.queryByTestId('jump-latest')).toBeNull();
  });

  it('is shown when it is requested, which switches them on', async () => {
    const detail = { ...detailOf(4), decision: 'control' as const };
    const { app } = await openWindow(mixedLog(), { take_target: () => 4, event: () => detail });
    await waitFor(() => expect(rowElement(4)?.getAttribute('aria-selected')).toBe('true'));
    expect(toggle().getAttribute('aria-checked')).toBe('true');
    expect(screen.getByTestId('inspector').dataset.seq).toBe('4');
    await fireEvent.click(toggle());
    await waitFor(() => expect(screen.queryByTestId('inspector')).toBeNull());
    expect(app.selected).toBeNull();
  });

  it('stays hidden when the requested row is another one, or gone', async () => {
    for (const target of [3, 99]) {
      const gone = () => Promise.reject({ code: 'no-such-event', message: 'It is gone.' });
      const { app, calls, unmount } = await openWindow(mixedLog(), { take_target: () => target, event: gone });
      await waitFor(() => expect(drawn()).toEqual([1, 3, 5]));
      expect(app.showsControl).toBe(false);
      expect(commands(calls).filter((command) => command === 'rows')).toHaveLength(1);
      unmount();
    }
  });
});
