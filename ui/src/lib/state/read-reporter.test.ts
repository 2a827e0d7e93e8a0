import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, ring, sent, snapshotAnswer } from '../../test/app';
import { FakeLog, feedInfo, logOf, snapshotOf } from '../../test/rows';

describe('ReadReporter', () => {
  beforeEach(() => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => vi.useRealTimers());

  const unread = snapshotAnswer({ feeds: [feedInfo({ unread: 2 })] });

  it('reports the visible rows once, and new rows when they become visible', async () => {
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

  it('reports nothing without focus, and reports when the focus comes back', async () => {
    vi.mocked(document.hasFocus).mockReturnValue(false);
    const { calls } = await openWindow(logOf(3), unread);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([]);
    vi.mocked(document.hasFocus).mockReturnValue(true);
    window.dispatchEvent(new Event('focus'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 3 }]);
  });

  it('reports nothing when the focus is lost before the delay is over', async () => {
    const { calls } = await openWindow(logOf(3), unread);
    await vi.advanceTimersByTimeAsync(100);
    vi.mocked(document.hasFocus).mockReturnValue(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([]);
  });

  it('reports nothing when nothing is unread', async () => {
    const { calls } = await openWindow(logOf(3), snapshotAnswer({ feeds: [feedInfo({ unread: 0 })] }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([]);
  });

  it('reports nothing while hidden, or from the view of notified rows', async () => {
    const hidden = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    const { calls, app } = await openWindow(logOf(3), unread);
    await vi.advanceTimersByTimeAsync(1000);
    hidden.mockReturnValue('visible');
    await app.show({ feed: null, notified: true });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([]);
  });

  it('reports nothing below the viewport of a paused view', async () => {
    const log = logOf(30);
    const { calls, app } = await openWindow(log, unread);
    await vi.advanceTimersByTimeAsync(1000);
    app.log.pause();
    log.addMany(5);
    await ring('bell');
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 30 }]);
  });

  it('reports a row that was visible before the snapshot counted it as unread', async () => {
    let unread = 0;
    const log = new FakeLog();
    log.addMany(3);
    const { calls } = await openWindow(log, { snapshot: () => snapshotOf({ feeds: [feedInfo({ unread })] }) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([]);
    unread = 1;
    await ring('status');
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 3 }]);
  });
});
