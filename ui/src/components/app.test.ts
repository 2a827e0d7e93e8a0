import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, mockBridge, openWindow, ring, rowElement, rowElements, snapshotAnswer } from '../test/app';
import { detailOf, FakeLog, feedInfo, logOf, snapshotOf } from '../test/rows';
import { App } from '../lib/state/app.svelte';

beforeEach(() => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
});

describe('App', () => {
  it('listens before it reads, so that an event during the first read is not lost', async () => {
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

  it('shows the row that a notification requested', async () => {
    const { app } = await openWindow(logOf(400), { take_target: () => 7, event: () => new Promise(() => {}) });
    await waitFor(() => expect(rowElement(7)?.getAttribute('aria-selected')).toBe('true'));
    expect(app.log.following).toBe(false);
    expect(screen.getByTestId('inspector').dataset.seq).toBe('7');
  });

  it('shows a row that is requested later, from any view', async () => {
    let target: number | null = null;
    const { app } = await openWindow(logOf(400), { take_target: () => target, event: () => new Promise(() => {}) });
    await app.show({ feed: 'alerts', notified: false });
    target = 3;
    await ring('show');
    await waitFor(() => expect(rowElement(3)?.getAttribute('aria-selected')).toBe('true'));
    expect(app.view).toEqual({ feed: null, notified: false });
  });

  it('shows an error when the first snapshot fails', async () => {
    await openWindow(new FakeLog(), { snapshot: () => Promise.reject({ code: 'unheard-of', message: 'No store.' }) });
    expect(screen.getByRole('alert').textContent).toContain('No store.');
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
      'The configuration has an error. Bellwire keeps using the last valid one.',
      '/home/ann/config.toml: line 7, column 3: expected a value',
      '7 | url =',
      '  |      ^',
    ]);
    await app.show({ feed: 'alerts', notified: false });
    expect(screen.getByTestId('problem')).toBeTruthy();
  });

  it('reads the log again and leaves the view of a feed that was removed', async () => {
    const log = logOf(3);
    let feeds = [feedInfo({ id: 'a' }), feedInfo({ id: 'b' })];
    const { app } = await openWindow(log, { snapshot: () => snapshotOf({ feeds }) });
    await app.show({ feed: 'b', notified: false });
    feeds = feeds.slice(0, 1);
    log.rows = log.rows.slice(0, 1);
    await ring('status');
    await waitFor(() => expect(app.view).toEqual({ feed: null, notified: false }));
    await waitFor(() => expect(rowElements()).toHaveLength(1));
  });
});

describe('a long feed name', () => {
  const name = 'n'.repeat(120);

  it('is complete in the tooltip of every place that cuts it', async () => {
    const snapshot = snapshotAnswer({ feeds: [feedInfo({ name })] });
    const { app } = await openWindow(logOf(1), { ...snapshot, event: ({ seq }: { seq: number }) => detailOf(seq) });
    await waitFor(() => expect(rowElement(1)).not.toBeNull());
    expect(rowElement(1)?.querySelector('.feed-cell')?.getAttribute('title')).toBe(name);
    await app.show({ feed: 'alerts', notified: false });
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 }).title).toBe(name));
    await fireEvent.click(rowElement(1) as HTMLElement);
    const head = (await screen.findByTestId('inspector')).querySelector('.summary .cut');
    expect(head?.getAttribute('title')).toBe(name);
    app.dialog = { kind: 'remove', feed: 'alerts' };
    await waitFor(() => expect(document.getElementById('dialog-title')?.title).toBe(`Remove ${name}?`));
  });
});
