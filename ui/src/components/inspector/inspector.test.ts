import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Line } from '../../bindings/Line';
import type { Row } from '../../bindings/Row';
import type { Trace } from '../../bindings/Trace';
import { openWindow, press, ring, sent, settled } from '../../test/app';
import { detailOf, FakeLog, feedInfo, lineOf, logOf, snapshotOf, traceOf } from '../../test/rows';
import { setLanguage } from '../../lib/i18n/index.svelte';
import type { InspectorTab } from '../../lib/state/app.svelte';

const chosenTab = () => document.querySelector('[role=tab][aria-selected=true]')?.id;
const text = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim();
const lines = () => [...screen.getByTestId('raw-lines').querySelectorAll('li')];

function trace(of: (seq: number) => Trace) {
  return {
    event: ({ seq }: { seq: number }) => detailOf(seq),
    trace: ({ seq }: { seq: number }) => of(seq),
  };
}

async function openTab(tab: InspectorTab, of: (seq: number) => Trace, log = logOf(3)) {
  const opened = await openWindow(log, trace(of));
  opened.app.tab = tab;
  opened.app.inspect(log.rows[0]?.seq ?? 1);
  await screen.findByTestId('inspector');
  return opened;
}

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('inspector tabs', () => {
  const plain = (seq: number) => traceOf(seq, [lineOf('lf', `id: ${seq}`)]);

  it('are selected by number keys and, with the focus, by arrow keys', async () => {
    await openTab('parsed', plain);
    for (const [key, tab] of [
      ['2', 'json'],
      ['3', 'raw'],
      ['4', 'timing'],
      ['1', 'parsed'],
    ] as const) {
      await press(key);
      await waitFor(() => expect(chosenTab()).toBe(`tab-${tab}`));
    }
    screen.getByTestId('tab-parsed').focus();
    const seen = [];
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft']) {
      await press(key);
      expect(document.activeElement?.id).toBe(chosenTab());
      seen.push(chosenTab());
    }
    expect(seen).toEqual(['tab-json', 'tab-raw', 'tab-timing', 'tab-parsed', 'tab-timing', 'tab-raw']);
  });

  it('keep the selection between rows; a lifecycle row has only the first tab', async () => {
    const log = logOf(2);
    log.rev += 1;
    log.rows.push({ seq: 3, rev: 3, feed: 'alerts', at: 1, kind: 'retry', ms: 5, times: 1 } satisfies Row);
    const { app, calls } = await openTab('raw', plain, log);
    await waitFor(() => expect(lines().map(text)).toEqual(['1 id: 1↵']));
    app.inspect(2);
    await waitFor(() => expect(lines().map(text)).toEqual(['1 id: 2↵']));
    app.inspect(3);
    await waitFor(() => expect(screen.getAllByRole('tab').map(({ id }) => id)).toEqual(['tab-parsed']));
    screen.getByTestId('tab-parsed').focus();
    await press('ArrowRight');
    expect(app.tab).toBe('raw');
    app.inspect(1);
    await waitFor(() => expect(lines().map(text)).toEqual(['1 id: 1↵']));
    expect(sent(calls, 'trace')).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 1 }]);
  });

  it('read lines and times only while their tab is shown', async () => {
    const { calls } = await openTab('json', plain);
    await screen.findByTestId('json-tree');
    expect(sent(calls, 'trace')).toEqual([]);
  });
});

describe('raw lines', () => {
  it('show invisible characters and line ends as signs, and markup as text', async () => {
    const markup = '<img src=x onerror=alert(1)>';
    const all = [
      lineOf('crlf', 'id: 1'),
      lineOf('cr', ': ', 'E2 82', ' a'),
      lineOf('lf', `data: ${markup}\u202e\u0000`),
      lineOf('lf', 'odd'),
    ];
    await openTab('raw', (seq) => traceOf(seq, all));
    await waitFor(() =>
      expect(lines().map(text)).toEqual(['1 id: 1CR↵', '2 : E2 82 aCR', `3 data: ${markup}U+202EU+0000↵`, '4 odd↵']),
    );
    expect(document.querySelector('img')).toBeNull();
    expect([...document.querySelectorAll('.bytes')].map(({ textContent }) => textContent)).toEqual(['E2 82']);
    expect(
      screen
        .getAllByRole('img')
        .map((end) => end.getAttribute('aria-label'))
        .filter((name) => /^(CR|LF)/.test(name ?? '')),
    ).toEqual(['CRLF', 'CR', 'LF', 'LF']);
  });

  it('are copied unchanged, by the button and by the key', async () => {
    const written = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { value: { writeText: written }, configurable: true });
    const { app } = await openTab('raw', (seq) =>
      traceOf(seq, [lineOf('crlf', 'data: ', 'FF'), lineOf('lf', 'id: 1')]),
    );
    await waitFor(() => expect(screen.getByTestId('copy-data').title).toBe('Copy lines (Ctrl C)'));
    await fireEvent.click(screen.getByTestId('copy-data'));
    await press('c', { ctrlKey: true });
    await waitFor(() => expect(written).toHaveBeenCalledTimes(2));
    expect(written.mock.calls).toEqual([['data: \ufffd\r\nid: 1\n'], ['data: \ufffd\r\nid: 1\n']]);
    app.tab = 'parsed';
    await waitFor(() => expect(screen.getByTestId('copy-data').title).toBe('Copy data (Ctrl C)'));
    await press('c', { ctrlKey: true });
    await waitFor(() => expect(written).toHaveBeenLastCalledWith('{"n":1}'));
  });

  it('of a large event are drawn in portions, with a note where they were cut', async () => {
    const all: Line[] = [lineOf('lf', ': c'), lineOf(null, `data: ${'x'.repeat(40_000)}`)];
    const cut = { kind: 'as-received', lines: all, size: 2_000_000, shown: 1_048_576 } as const;
    await openTab('raw', (seq) => ({ ...traceOf(seq, []), lines: cut }));
    await screen.findByTestId('raw-lines');
    expect(text(lines()[1] as Element)?.length).toBeLessThan(17_000);
    const more = () => screen.getByTestId('raw-lines').querySelector('button');
    for (let clicks = 0; clicks < 10 && more() !== null; clicks += 1) await fireEvent.click(more() as HTMLElement);
    expect(text(lines()[1] as Element)).toBe(`2 data: ${'x'.repeat(40_000)}`);
    expect(screen.getByTestId('raw-lines').textContent).toContain('Only the first 1,048,576 bytes are shown.');
  });

  it.each([
    ['too-large', 'The lines were too large to store. The Parsed tab shows the whole event.'],
    ['unknown', 'An older version stored this event without its lines.'],
  ] as const)('show why there are none: %s', async (kind, sentence) => {
    await openTab('raw', (seq) => ({ ...traceOf(seq, []), lines: { kind } }));
    expect(await screen.findByText(sentence)).toBeTruthy();
    expect(screen.getByTestId('copy-data').title).toBe('Copy data (Ctrl C)');
  });

  it('show an error when they cannot be read', async () => {
    await openTab('raw', () => {
      throw { code: 'read-failed', message: 'disk' };
    });
    expect((await screen.findByRole('alert')).textContent).toContain('The log could not be read.');
  });
});

describe('timing', () => {
  const shownTimes = () =>
    [...document.querySelectorAll('[data-testid=timing-chart] dt')].map((dt) => [
      text(dt),
      text(dt.nextElementSibling as Element),
    ]);
  const facts = () => [...document.querySelectorAll('[data-testid=timing-facts] dt')].map(text);

  it('shows known times only', async () => {
    const log = logOf(1);
    const feeds = [feedInfo({ connection: { state: 'live', since: 400, http: '2', status: 200, pollMs: null } })];
    const times = { tookUs: 430, chunks: 2, inGroup: 6, shownAt: 1129, sinceLastMs: 16_500 };
    const { app } = await openWindow(log, {
      ...trace((seq) => traceOf(seq, [], times)),
      snapshot: () => snapshotOf({ feeds }),
    });
    app.tab = 'timing';
    app.inspect(1);
    await screen.findByTestId('timing-chart');
    expect(shownTimes()).toEqual([
      ['Arrived', '0.4 ms, 2 chunks'],
      ['Stored', '18 ms, in a batch of 6'],
      ['Notified', '111 ms'],
    ]);
    expect(facts()).toEqual(['Arrived', 'Stored', 'Notified', 'Since last', 'Open for', 'Protocol']);
    expect(text(screen.getByTestId('timing-facts'))).toContain('Since last 16.5 s Open for 600 ms Protocol HTTP/2');
  });

  it('explains missing times of an event from an older version', async () => {
    const unknown = { chunks: null, tookUs: null, storedAt: null, inGroup: null };
    const since = 1001;
    const feeds = [feedInfo({ connection: { state: 'live', since, http: '2', status: 200, pollMs: null } })];
    const { app } = await openWindow(logOf(1), {
      ...trace((seq) => traceOf(seq, [], unknown)),
      snapshot: () => snapshotOf({ feeds }),
    });
    app.tab = 'timing';
    app.inspect(1);
    const chart = await screen.findByTestId('timing-chart');
    expect(text(chart)).toBe('An older version stored this event without all its times.');
    // The open connection began after the event.
    expect(facts()).toEqual(['Arrived']);
  });

  it('is translated to Chinese', async () => {
    setLanguage('zh-CN');
    const answers = trace((seq) => traceOf(seq, [], { inGroup: 3, sinceLastMs: 0 }));
    const { app } = await openWindow(logOf(1), { ...answers, snapshot: () => snapshotOf({ language: 'zh-CN' }) });
    app.tab = 'timing';
    app.inspect(1);
    await screen.findByTestId('timing-chart');
    expect(shownTimes()).toEqual([
      ['到达', '1 个数据块'],
      ['存储', '18 毫秒，同批 3 个'],
    ]);
  });

  it('is read again until the notification of a new event is shown', async () => {
    const log = new FakeLog();
    log.add({ at: Date.now(), decision: 'notified' });
    let shownAt: number | null = null;
    const { calls } = await openTab('timing', (seq) => traceOf(seq, [], { shownAt }), log);
    await screen.findByTestId('timing-chart');
    expect(shownTimes().map(([name]) => name)).toEqual(['Arrived', 'Stored']);
    shownAt = 1129;
    await ring('status');
    await waitFor(() => expect(shownTimes().map(([name]) => name)).toEqual(['Arrived', 'Stored', 'Notified']));
    const [asked, pulled] = [sent(calls, 'trace').length, sent(calls, 'snapshot').length];
    await ring('status');
    await waitFor(() => expect(sent(calls, 'snapshot').length).toBeGreaterThan(pulled));
    await settled();
    expect(sent(calls, 'trace')).toHaveLength(asked);
  });
});
