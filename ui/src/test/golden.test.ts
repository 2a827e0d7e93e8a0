/**
 * The window with the messages of the golden file. Its types are checked where it is compiled; here it is drawn. A field
 * that is missing or has another type would show as one of `broken`.
 */
import { render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Row } from '../bindings/Row';
import type { Snapshot } from '../bindings/Snapshot';
import ErrorText from '../components/ErrorText.svelte';
import { outcomeGlyphs, severityGlyphs } from '../lib/glyphs';
import { errorTexts } from '../lib/i18n/en';
import { setLanguage, t } from '../lib/i18n/index.svelte';
import { asBridgeError } from '../lib/ipc';
import { LogModel } from '../lib/log/log-model.svelte';
import { sidebarStatus } from '../lib/messages/feed';
import { lifecycleMessage, messageText } from '../lib/messages/lifecycle';
import { reasonCodes } from '../lib/messages/reason';
import { wordsOf } from '../lib/vocabulary';
import { clickOn, openWindow, rowElements, snapshotAnswer } from './app';
import { golden } from './golden';
import { FakeLog, feedInfo } from './rows';

const broken = /undefined|null|NaN|Invalid Date|\[object/;
const text = () => document.body.textContent ?? '';
const numbered = <Message>(messages: Message[]) => messages.map((message, index) => ({ message, number: index + 1 }));
const ofKind = <Kind extends Row['kind']>(kind: Kind) =>
  golden.Row.filter((row): row is Extract<Row, { kind: Kind }> => row.kind === kind);

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('the golden file', () => {
  const sorted = (words: string[]) => [...new Set(words)].sort();

  it('has each word of the vocabularies of rows', () => {
    expect(sorted(ofKind('reconnecting').map(({ reason }) => reason.code))).toEqual(sorted(reasonCodes));
    expect(sorted(ofKind('event').map(({ severity }) => severity))).toEqual(sorted(wordsOf(severityGlyphs)));
    expect(sorted(ofKind('event').map(({ decision }) => decision))).toEqual(sorted(wordsOf(outcomeGlyphs)));
  });
});

describe('a snapshot', () => {
  it.each(numbered(golden.Snapshot))('is drawn: $number', async ({ message: snapshot }) => {
    const { app } = await openWindow(new FakeLog(), { snapshot: () => snapshot });
    expect(app.failed).toBeNull();
    expect(document.documentElement.lang).toBe(snapshot.language);
    expect(document.documentElement.dataset.theme ?? 'system').toBe(snapshot.theme);
    expect(screen.queryByTestId('problem')?.dataset.problem).toBe(snapshot.problem?.code);
    for (const { name, connection } of snapshot.feeds) {
      expect(text()).toContain(name);
      expect(text()).toContain(sidebarStatus(connection, snapshot.now) ?? '');
    }
    expect(text()).not.toMatch(broken);
  });

  it.each(golden.Snapshot.flatMap(({ feeds }) => feeds))('has a view of its feed $name', async ({ id }) => {
    const snapshot = golden.Snapshot.find(({ feeds }) => feeds.length > 0);
    const { app } = await openWindow(new FakeLog(), { snapshot: () => snapshot });
    await app.show({ feed: id, notified: false });
    await screen.findByTestId('state-line');
    expect(text()).not.toMatch(broken);
  });
});

describe('rows', () => {
  const portion = 15;
  const portions = Array.from({ length: Math.ceil(golden.Row.length / portion) }, (_, index) =>
    golden.Row.slice(index * portion, (index + 1) * portion),
  );

  it.each(portions.map((rows) => ({ rows, first: rows[0]?.seq })))('are drawn from row $first on', async ({ rows }) => {
    for (const language of ['en', 'zh-CN'] as const) {
      const snapshot: Partial<Snapshot> = { feeds: [feedInfo({ id: 'ops', name: 'Ops' })], language };
      const page = { rows, moreBefore: false, moreAfter: false, rev: 200, total: rows.length, control: 0 };
      const { unmount } = await openWindow(new FakeLog(), { ...snapshotAnswer(snapshot), rows: () => page });
      await waitFor(() => expect(rowElements().map(({ dataset }) => dataset.kind)).toEqual(rows.map((r) => r.kind)));
      expect(text()).not.toMatch(broken);
      unmount();
    }
  });

  it.each(golden.Row.filter((row) => row.kind !== 'event'))('have a sentence: $kind, row $seq', (row) => {
    for (const language of ['en', 'zh-CN'] as const) {
      setLanguage(language);
      const sentence = messageText(lifecycleMessage(row));
      expect(sentence).toMatch(/[.。]$/);
      expect(sentence).not.toMatch(/[{}]/);
      expect(sentence).not.toMatch(broken);
    }
  });

  it('are read in pages and as changes', async () => {
    const [page] = golden.Page;
    const changes = [...golden.Changes];
    const log = new LogModel({
      rows: async () => page ?? expect.fail('no page'),
      changes: async () => changes.shift() ?? expect.fail('asked after the last changes'),
    });
    await log.open({ feed: null, notified: false, hidesControl: true });
    expect(log.error).toBeNull();
    expect(log.rows).toEqual([...(page?.rows ?? []), ...golden.Changes.flatMap(({ rows }) => rows)]);
    expect(log.range.moreBefore).toBe(page?.moreBefore);
    expect(log.total).toBe(golden.Changes.at(-1)?.total);
    expect(log.control).toBe(golden.Changes.at(-1)?.control);
    expect(changes).toEqual([]);
  });
});

describe('an event', () => {
  const inspected = golden.EventDetail.flatMap((detail) => {
    const row = golden.Row.find(({ seq }) => seq === detail.seq);
    return row === undefined ? [] : [{ detail, row, seq: detail.seq }];
  });
  const page = (row: Row) => ({ rows: [row], moreBefore: false, moreAfter: false, rev: 200, total: 1, control: 0 });
  const feed = feedInfo({ id: 'ops', name: 'Ops' });

  it('has a row for each detail', () => {
    expect(inspected).toHaveLength(ofKind('event').length);
  });

  it.each(inspected)('is inspected: $seq', async ({ detail, row }) => {
    const answers = { rows: () => page(row), event: () => detail };
    const { app } = await openWindow(new FakeLog(), { ...snapshotAnswer({ feeds: [feed] }), ...answers });
    app.inspect(detail.seq);
    const inspector = await screen.findByTestId('inspector');
    await screen.findByTestId('fields');
    const { event, id, origin, rule, fault, links } = detail;
    const facts = [event, id, origin, rule ?? '', fault ?? '', ...links.map(({ host }) => host)];
    for (const fact of [...facts, t(`severity.${detail.severity}`), t(`decision.${detail.decision}`)]) {
      expect(inspector.textContent).toContain(fact);
    }
    app.tab = 'json';
    await screen.findByTestId('json-tree');
    expect(text()).not.toMatch(broken);
  });

  it.each(numbered(golden.Trace))('has its lines and times: $number', async ({ message: trace }) => {
    const [first] = inspected;
    if (first === undefined) return expect.fail('no event');
    const answers = { rows: () => page(first.row), event: () => first.detail, trace: () => trace };
    const { app } = await openWindow(new FakeLog(), { ...snapshotAnswer({ feeds: [feed] }), ...answers });
    app.tab = 'raw';
    app.inspect(first.seq);
    if (trace.lines.kind === 'as-received') {
      const lines = trace.lines.lines.length;
      await waitFor(() => expect(screen.getByTestId('raw-lines').querySelectorAll('li')).toHaveLength(lines));
    } else {
      await screen.findByTestId('raw-none');
    }
    app.tab = 'timing';
    const chart = await screen.findByTestId('timing-chart');
    const { tookUs, storedAt, shownAt } = trace.timing;
    const known = [tookUs, storedAt, shownAt].filter((time) => time !== null);
    expect(chart.querySelectorAll('dd')).toHaveLength(known.length);
    expect(text()).not.toMatch(broken);
  });
});

describe('a report about a check', () => {
  it.each(numbered(golden.CheckReport))('is drawn: $number', async ({ message: report }) => {
    const { app } = await openWindow(new FakeLog(), { check_feed: () => report });
    app.dialog = { kind: 'add', url: 'https://example.com/ops' };
    await screen.findByTestId('add-dialog');
    await clickOn('check');
    for (const { step, ok } of report.steps) {
      const mark = ok === null ? 'open' : ok ? 'ok' : 'bad';
      await waitFor(() => expect(document.querySelector(`[data-step=${step}][data-mark=${mark}]`)).not.toBeNull());
    }
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe(report.suggestedName);
    expect(text()).not.toMatch(broken);
  });
});

describe('an error', () => {
  it.each(golden.BridgeError)('is shown in words of the window: $code', (thrown) => {
    for (const language of ['en', 'zh-CN'] as const) {
      setLanguage(language);
      const error = asBridgeError(thrown);
      expect(error).toEqual(thrown);
      const { container, unmount } = render(ErrorText, { error });
      expect(container.textContent).toMatch(/[.。]$/);
      expect(container.textContent).not.toMatch(/[{}]|undefined|null/);
      expect(container.textContent).not.toContain(thrown.message);
      unmount();
    }
  });

  it('exists for each text', () => {
    expect(golden.BridgeError.map(({ code }) => `error.${code}`).sort()).toEqual(wordsOf(errorTexts).sort());
  });
});
