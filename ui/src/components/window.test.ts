import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, mockBridge, openWindow, ring, sent, snapshotAnswer } from '../test/app';
import { detailOf, FakeLog, feedInfo, snapshotOf } from '../test/rows';
import { App } from '../lib/state/app.svelte';

const rows = () => [...document.querySelectorAll<HTMLElement>('[data-seq].row')];
const row = (seq: number) => document.querySelector<HTMLElement>(`.row[data-seq="${seq}"]`);
const press = (key: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });

function logOf(count: number): FakeLog {
  const log = new FakeLog();
  log.addMany(count);
  return log;
}

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('the start', () => {
  it('listens before it reads, so that the events of the first millisecond are there', async () => {
    const log = logOf(3);
    const calls = mockBridge(log, {
      rows: (query) => {
        // An event arrives while the page is on its way, and its bell rings at once.
        const page = log.rowsCommand(query);
        log.add();
        void ring('bell');
        return page;
      },
    });
    const app = new App();
    await app.start();
    await waitFor(() => expect(app.log.rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]));
    expect(commands(calls)).toEqual(['snapshot', 'take_target', 'rows', 'changes', 'changes']);
  });

  it('shows the row that a notification asked for', async () => {
    const { app } = await openWindow(logOf(400), { take_target: () => 7, event: () => new Promise(() => {}) });
    await waitFor(() => expect(row(7)?.getAttribute('aria-selected')).toBe('true'));
    expect(app.log.following).toBe(false);
    expect(screen.getByTestId('inspector').dataset.seq).toBe('7');
  });

  it('goes to a row asked for later, whatever is shown', async () => {
    let target: number | null = null;
    const { app } = await openWindow(logOf(400), { take_target: () => target, event: () => new Promise(() => {}) });
    await app.show({ feed: 'alerts', notified: false });
    target = 3;
    await ring('show');
    await waitFor(() => expect(row(3)?.getAttribute('aria-selected')).toBe('true'));
    expect(app.view).toEqual({ feed: null, notified: false });
  });

  it('says so when the bridge does not answer', async () => {
    await openWindow(new FakeLog(), { snapshot: () => Promise.reject({ code: 'store', message: 'No store.' }) });
    expect(screen.getByRole('alert').textContent).toContain('No store.');
  });
});

describe('the log', () => {
  it('draws few of many rows, the newest last, with what a screen reader needs', async () => {
    await openWindow(logOf(5000));
    await waitFor(() => expect(row(5000)).not.toBeNull());
    expect(rows().length).toBeLessThan(80);
    const grid = screen.getByRole('grid');
    expect(grid.getAttribute('aria-rowcount')).toBe('5000');
    expect(row(5000)?.getAttribute('aria-rowindex')).toBe('5000');
  });

  it('replaces a row in place when it changes', async () => {
    const log = logOf(3);
    await openWindow(log);
    await waitFor(() => expect(row(2)).not.toBeNull());
    const element = row(2);
    log.change(2, { decision: 'notified' });
    await ring('bell');
    await waitFor(() => expect(within(row(2) as HTMLElement).getByLabelText('Notified')).toBeTruthy());
    expect(row(2)).toBe(element);
  });

  it('shows hostile text as text', async () => {
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
    await waitFor(() => expect(row(3)).not.toBeNull());
    await fireEvent.click(row(2) as HTMLElement);
    await waitFor(() => expect(screen.getByTestId('fields').textContent).toContain('<img src=x'));
    await fireEvent.click(screen.getByTestId('tab-json'));
    await waitFor(() => expect(screen.getByTestId('json-tree').textContent).toContain('<img src=x'));
    expect(row(1)?.querySelector('.data-cell')?.textContent).toContain('<script>window.ran = 1</script>');
    expect(row(3)?.textContent).toContain('<img');
    expect(document.querySelectorAll('.app img, .app script, .app a, .app iframe')).toHaveLength(0);
    expect('ran' in window).toBe(false);
  });

  it('isolates direction in every cell and shows direction marks', async () => {
    const log = new FakeLog();
    log.add({ event: 'a\u202eb', id: '\u2067id', preview: 'gnp\u202e.exe' });
    await openWindow(log);
    await waitFor(() => expect(row(1)).not.toBeNull());
    expect(row(1)?.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
    expect(row(1)?.textContent).toContain('gnpU+202E.exe');
    expect(row(1)?.querySelectorAll('bdi').length).toBeGreaterThanOrEqual(3);
  });

  it('gives the room of the ids to the events until one has an id, and keeps it then', async () => {
    const log = new FakeLog();
    log.addMany(3, { id: '' });
    const { app } = await openWindow(log);
    await waitFor(() => expect(row(3)).not.toBeNull());
    const columns = () => [document.querySelectorAll('.id-cell').length, screen.queryByText('Id') !== null];
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

  it('says why there is nothing', async () => {
    const feeds = [feedInfo({ id: 'a', count: 0 })];
    const { app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds, eventCount: 0 }));
    expect(screen.getByTestId('log-empty').textContent).toBe('Nothing has arrived yet.');
    await app.show({ feed: 'a', notified: false });
    await waitFor(() =>
      expect(screen.getByTestId('log-empty').textContent).toBe('Connected. Nothing has arrived yet.'),
    );
  });

  it('marks once what came while the window was hidden', async () => {
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

describe('pause', () => {
  it('holds the view, counts in the pill, and follows again by the pill', async () => {
    const log = logOf(100);
    await openWindow(log);
    await waitFor(() => expect(row(100)).not.toBeNull());
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

describe('the keyboard', () => {
  it('moves, inspects, changes tabs and closes', async () => {
    const log = logOf(50);
    await openWindow(log, { event: ({ seq }: { seq: number }) => detailOf(seq) });
    await waitFor(() => expect(row(50)).not.toBeNull());
    screen.getByRole('grid').focus();
    await press('ArrowUp');
    await press('ArrowUp');
    expect(row(49)?.getAttribute('aria-selected')).toBe('true');
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

  const chosen = () => document.querySelector<HTMLElement>('[aria-selected=true].row')?.dataset.seq;

  it.each([
    ['ArrowDown', '1'],
    ['ArrowUp', '20'],
    ['PageDown', '20'],
    ['PageUp', '1'],
  ])('begins at what is in viewport: %s after Home chooses row %s', async (key, seq) => {
    await openWindow(logOf(2000));
    await waitFor(() => expect(row(2000)).not.toBeNull());
    screen.getByRole('grid').focus();
    await press('Home');
    await waitFor(() => expect(row(1)).not.toBeNull());
    await press(key);
    expect(chosen()).toBe(seq);
  });

  it('waits for the rows that Home asked for', async () => {
    const { app } = await openWindow(logOf(2000));
    screen.getByRole('grid').focus();
    await Promise.all([press('Home'), press('ArrowDown'), press('ArrowDown')]);
    await waitFor(() => expect(chosen()).toBe('2'));
    expect(app.selected).toBe(2);
  });

  it('takes the choice along to the first and the last row', async () => {
    const { app } = await openWindow(logOf(2000));
    await waitFor(() => expect(row(1990)).not.toBeNull());
    screen.getByRole('grid').focus();
    app.select(1990);
    await press('Home');
    await waitFor(() => expect(chosen()).toBe('1'));
    await press('ArrowDown');
    expect(chosen()).toBe('2');
    await press('End');
    await waitFor(() => expect(chosen()).toBe('2000'));
    expect(app.log.following).toBe(true);
    await press('ArrowUp');
    expect(chosen()).toBe('1999');
  });

  it('begins at the first whole row where the view was scrolled to', async () => {
    await openWindow(logOf(200));
    await waitFor(() => expect(row(200)).not.toBeNull());
    const grid = screen.getByRole('grid');
    grid.scrollTop = 100 * 22 + 5;
    await fireEvent.scroll(grid);
    grid.focus();
    await press('ArrowDown');
    expect(chosen()).toBe('102');
  });

  it('goes round the panes', async () => {
    await openWindow(logOf(3));
    const pane = () => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
    await press('F6');
    expect(pane()).toBe('sidebar');
    await press('F6');
    expect(pane()).toBe('log');
    await press('F6');
    expect(pane()).toBe('sidebar');
  });

  it('finds gaps and unread events', async () => {
    const log = logOf(5);
    log.rows.push({ seq: 6, rev: 6, feed: 'alerts', at: 1, kind: 'gap', from: 1, to: 2, reason: 'no-ids' });
    log.rev = 6;
    log.add({ decision: 'notified' });
    log.add();
    log.add({ decision: 'muted' });
    await openWindow(log, snapshotAnswer({ hiddenSeq: 5 }));
    await waitFor(() => expect(row(9)).not.toBeNull());
    const chosen = () => document.querySelector<HTMLElement>('[aria-selected=true].row')?.dataset.seq;
    await press('g');
    expect(chosen()).toBe('6');
    await press('n');
    expect(chosen()).toBe('7');
    await press('n');
    expect(chosen()).toBe('9');
    await press('n');
    expect(chosen()).toBe('7');
    await press('N', { shiftKey: true });
    expect(chosen()).toBe('9');
  });

  it('copies the whole data of the chosen row', async () => {
    const written = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
    const { app } = await openWindow(logOf(3), {
      event: ({ seq }: { seq: number }) => detailOf(seq, 'the whole data'),
    });
    app.select(2);
    await press('c', { ctrlKey: true });
    await waitFor(() => expect(written).toHaveBeenCalledWith('the whole data'));
  });

  it('mutes and turns on again', async () => {
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

  it('leaves typing alone', async () => {
    const { app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [], eventCount: 0 }));
    const field = await screen.findByTestId('first-run-url');
    expect(document.activeElement).toBe(field);
    await press(' ');
    await press('2');
    expect(app.log.following).toBe(true);
    expect(app.tab).toBe('parsed');
  });
});

describe('reading', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  const unread = snapshotAnswer({ feeds: [feedInfo({ unread: 2 })] });

  it('is reported once for what stands in sight, and again for what follows', async () => {
    const log = logOf(30);
    const { calls } = await openWindow(log, unread);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 30 }]);
    log.addMany(2);
    await ring('bell');
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([
      { feed: null, seq: 30 },
      { feed: null, seq: 32 },
    ]);
  });

  it('is not reported while the window has no focus, and is when it comes back', async () => {
    vi.mocked(document.hasFocus).mockReturnValue(false);
    const { calls } = await openWindow(logOf(3), unread);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([]);
    vi.mocked(document.hasFocus).mockReturnValue(true);
    window.dispatchEvent(new Event('focus'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 3 }]);
  });

  it('is not reported when the focus goes before the report does', async () => {
    const { calls } = await openWindow(logOf(3), unread);
    await vi.advanceTimersByTimeAsync(100);
    vi.mocked(document.hasFocus).mockReturnValue(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([]);
  });

  it('is not reported where nothing is unread', async () => {
    const { calls } = await openWindow(logOf(3), snapshotAnswer({ feeds: [feedInfo({ unread: 0 })] }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([]);
  });

  it('is not reported while hidden, or from the view of notified rows', async () => {
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const { calls, app } = await openWindow(logOf(3), unread);
    await vi.advanceTimersByTimeAsync(1000);
    hidden.mockReturnValue('visible');
    await app.show({ feed: null, notified: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([]);
  });

  it('reports nothing below the fold of a held view', async () => {
    const log = logOf(30);
    const { calls, app } = await openWindow(log, unread);
    await vi.advanceTimersByTimeAsync(1000);
    app.log.pause();
    log.addMany(5);
    await ring('bell');
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 30 }]);
  });

  it('is told to a screen reader at most every 10 s', async () => {
    const log = logOf(1);
    await openWindow(log);
    const line = () => screen.getByTestId('live-line').textContent;
    const arrive = async (critical: boolean) => {
      log.add({ severity: critical ? 'critical' : 'info' });
      await ring('bell');
      await vi.advanceTimersByTimeAsync(100);
    };
    await arrive(false);
    expect(line()).toBe('1 new');
    await arrive(false);
    await arrive(true);
    expect(line()).toBe('1 new');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(line()).toBe('2 new, 1 critical');
  });
});

describe('the sidebar', () => {
  it('has four shapes with names, a slot each, and unread pills', async () => {
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
    const said = (id: string) => {
      const element = document.querySelector<HTMLElement>(`[data-feed=${id}]`) as HTMLElement;
      return [
        within(element).getByRole('img').getAttribute('aria-label'),
        element.querySelector('.slot')?.textContent?.trim(),
      ];
    };
    expect(said('live')).toEqual(['Live', '']);
    expect(said('wait')).toEqual(['Connecting', 'in 8 s']);
    expect(said('slow')).toEqual(['Connecting', 'No answer']);
    expect(said('need')).toEqual(['Needs you', 'Sign in']);
    expect(said('off')).toEqual(['Off', 'Off']);
    expect(screen.getByLabelText('1,200 unread').textContent).toBe('999+');
    expect(screen.getByLabelText('2 unread, one or more critical').classList).toContain('critical');
  });

  it('reads the log anew when a feed is gone, and leaves its view', async () => {
    const log = logOf(3);
    let feeds = [feedInfo({ id: 'a' }), feedInfo({ id: 'b' })];
    const { app } = await openWindow(log, { snapshot: () => snapshotOf({ feeds }) });
    await app.show({ feed: 'b', notified: false });
    feeds = feeds.slice(0, 1);
    log.rows = log.rows.slice(0, 1);
    await ring('status');
    await waitFor(() => expect(app.view).toEqual({ feed: null, notified: false }));
    await waitFor(() => expect(rows()).toHaveLength(1));
  });

  it('follows language and theme', async () => {
    await openWindow(logOf(1), snapshotAnswer({ language: 'zh-CN', theme: 'dark' }));
    expect(document.documentElement.lang).toBe('zh-CN');
    expect(document.documentElement.dataset.theme).toBe('dark');
    expect(screen.getByTestId('add-feed').textContent).toContain('添加订阅源');
    expect(screen.getByRole('grid').getAttribute('aria-label')).toBe('事件');
  });

  it('shows a problem of the whole app above every view', async () => {
    const message = '/home/ann/config.toml: line 7, column 3: expected a value\n7 | url =\r\n  |      ^\n';
    const { app } = await openWindow(logOf(1), snapshotAnswer({ problem: { code: 'config', message } }));
    const lines = [...screen.getByTestId('problem').querySelectorAll('p')].map(({ textContent }) => textContent);
    expect(lines).toEqual([
      'The configuration has a mistake. The last good one stays in force.',
      '/home/ann/config.toml: line 7, column 3: expected a value',
      '7 | url =',
      '  |      ^',
    ]);
    await app.show({ feed: 'alerts', notified: false });
    expect(screen.getByTestId('problem')).toBeTruthy();
  });
});

describe('the state of all feeds', () => {
  const reason = { code: 'sign-in', status: 401, detail: null } as const;
  const items = () =>
    [...screen.getByTestId('state-line').children].map((item) => item.textContent?.replace(/\s+/g, ' ').trim());

  it('begins with what needs a person, for the end is left out first', async () => {
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
      '39 events a minute, receiving for 1 min',
    ]);
  });

  it('gives no rate before there was a minute to count in', async () => {
    const now = Date.now();
    await openWindow(logOf(1), snapshotAnswer({ now, receivingSince: now - 13_000, perMinute: 39 }));
    expect(items()).toEqual(['1 live', 'Receiving for 13 s']);
  });
});

describe('a long name of a feed', () => {
  const name = 'n'.repeat(120);

  it('is whole in the tooltip of every place that cuts it', async () => {
    const snapshot = snapshotAnswer({ feeds: [feedInfo({ name })] });
    const { app } = await openWindow(logOf(1), { ...snapshot, event: ({ seq }: { seq: number }) => detailOf(seq) });
    await waitFor(() => expect(row(1)).not.toBeNull());
    expect(row(1)?.querySelector('.feed-cell')?.getAttribute('title')).toBe(name);
    await app.show({ feed: 'alerts', notified: false });
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 }).title).toBe(name));
    await fireEvent.click(row(1) as HTMLElement);
    const head = (await screen.findByTestId('inspector')).querySelector('.summary .cut');
    expect(head?.getAttribute('title')).toBe(name);
    app.dialog = { kind: 'remove', feed: 'alerts' };
    await waitFor(() => expect(document.getElementById('dialog-title')?.title).toBe(`Remove ${name}?`));
  });
});
