import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, ring, rowElement, rowElements, snapshotAnswer } from '../../test/app';
import { detailOf, FakeLog, feedInfo, logOf } from '../../test/rows';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('LogPane', () => {
  it('draws only the last of many rows, with their position for screen readers', async () => {
    await openWindow(logOf(5000));
    await waitFor(() => expect(rowElement(5000)).not.toBeNull());
    expect(rowElements().length).toBeLessThan(80);
    const grid = screen.getByRole('grid');
    expect(grid.getAttribute('aria-rowcount')).toBe('5000');
    expect(rowElement(5000)?.getAttribute('aria-rowindex')).toBe('5000');
  });

  it('replaces a row in place when it changes', async () => {
    const log = logOf(3);
    await openWindow(log);
    await waitFor(() => expect(rowElement(2)).not.toBeNull());
    const element = rowElement(2);
    log.change(2, { decision: 'notified' });
    await ring('bell');
    await waitFor(() => expect(within(rowElement(2) as HTMLElement).getByLabelText('Notified')).toBeTruthy());
    expect(rowElement(2)).toBe(element);
  });

  it('shows markup in feed names and events as text', async () => {
    const log = new FakeLog();
    const hostile = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>{{7*7}}javascript:';
    const feed = feedInfo({ id: 'f', name: hostile });
    log.add({ feed: 'f', event: hostile, id: hostile, preview: hostile });
    log.add({ feed: 'f', preview: JSON.stringify({ [hostile]: hostile }) });
    log.rows.push({
      ...{ seq: 3, rev: 3, feed: 'f', at: 1 },
      ...{ kind: 'parked', reason: { code: 'wrong-type', status: 200, detail: hostile } },
    });
    const detail = { ...detailOf(2), data: JSON.stringify({ [hostile]: [hostile] }), origin: hostile, rule: hostile };
    await openWindow(log, { ...snapshotAnswer({ feeds: [feed] }), event: () => detail });
    await waitFor(() => expect(rowElement(3)).not.toBeNull());
    await fireEvent.click(rowElement(2) as HTMLElement);
    await waitFor(() => expect(screen.getByTestId('fields').textContent).toContain('<img src=x'));
    await fireEvent.click(screen.getByTestId('tab-json'));
    await waitFor(() => expect(screen.getByTestId('json-tree').textContent).toContain('<img src=x'));
    expect(rowElement(1)?.querySelector('.data-cell')?.textContent).toContain('<script>window.ran = 1</script>');
    expect(rowElement(3)?.textContent).toContain('<img');
    expect(document.querySelectorAll('.app img, .app script, .app a, .app iframe')).toHaveLength(0);
    expect('ran' in window).toBe(false);
  });

  it('isolates text direction in every cell and shows direction marks', async () => {
    const log = new FakeLog();
    log.add({ event: 'a\u202eb', id: '\u2067id', preview: 'gnp\u202e.exe' });
    await openWindow(log);
    await waitFor(() => expect(rowElement(1)).not.toBeNull());
    expect(rowElement(1)?.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(rowElement(1)?.textContent).toContain('gnpU+202E.exe');
    expect(rowElement(1)?.querySelectorAll('bdi').length).toBeGreaterThanOrEqual(3);
  });

  it('hides the id column until an event of the view has an id', async () => {
    const log = new FakeLog();
    log.addMany(3, { id: '' });
    const { app } = await openWindow(log);
    await waitFor(() => expect(rowElement(3)).not.toBeNull());
    const columns = () => [document.querySelectorAll('.id-cell').length, screen.queryByText('ID') !== null];
    expect(columns()).toEqual([0, false]);
    log.add({ id: 'a' });
    await ring('bell');
    await waitFor(() => expect(columns()).toEqual([4, true]));
    log.rows = log.rows.slice(0, 3);
    await app.log.reload();
    await waitFor(() => expect(columns()).toEqual([3, true]));
    await app.show({ feed: 'alerts', notified: false });
    await waitFor(() => expect(columns()).toEqual([0, false]));
  });

  it('explains an empty log', async () => {
    const feeds = [feedInfo({ id: 'a', count: 0 })];
    const { app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds, eventCount: 0 }));
    expect(screen.getByTestId('log-empty').textContent).toBe('Nothing has arrived yet.');
    await app.show({ feed: 'a', notified: false });
    await waitFor(() =>
      expect(screen.getByTestId('log-empty').textContent).toBe('Connected. Nothing has arrived yet.'),
    );
  });

  it('marks the first row that arrived while the window was hidden', async () => {
    const { app } = await openWindow(
      logOf(10),
      snapshotAnswer({ hiddenSeq: 6, hiddenAt: new Date(2026, 10, 21, 10, 41, 58).getTime() }),
    );
    await waitFor(() => expect(screen.getByTestId('new-since').textContent).toContain('New since 10:41:58'));
    const order = [...document.querySelectorAll<HTMLElement>('.row, .since')].sort(
      (a, b) => Number.parseInt(a.style.top) - Number.parseInt(b.style.top),
    );
    const place = order.findIndex((element) => element.classList.contains('since'));
    expect(order[place - 1]?.dataset.seq).toBe('6');
    expect(order[place + 1]?.dataset.seq).toBe('7');
    app.select(7);
    await waitFor(() => expect(screen.getByRole('grid').getAttribute('aria-activedescendant')).toBe('row-7'));
  });
});

describe('pausing', () => {
  it('counts arrivals in the pill, which makes the view follow again', async () => {
    const log = logOf(100);
    await openWindow(log);
    await waitFor(() => expect(rowElement(100)).not.toBeNull());
    await fireEvent.click(screen.getByTestId('pause'));
    log.addMany(36);
    log.add({ severity: 'critical' });
    await ring('bell');
    const pill = await screen.findByTestId('jump-latest');
    expect(pill.textContent?.replace(/\s+/g, ' ').trim()).toBe('37 new, jump to latest 1');
    await fireEvent.click(pill);
    await waitFor(() => expect(screen.queryByTestId('jump-latest')).toBeNull());
    expect(screen.getByTestId('log').dataset.following).toBe('true');
  });
});
