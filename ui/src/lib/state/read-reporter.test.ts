import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWindow, ring, sent } from '../../test/app';
import { FakeLog, feedInfo, snapshotOf } from '../../test/rows';

describe('a row that is seen before it counts as unread', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('is reported when the count comes', async () => {
    let unread = 0;
    const log = new FakeLog();
    log.addMany(3);
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const { calls } = await openWindow(log, { snapshot: () => snapshotOf({ feeds: [feedInfo({ unread })] }) });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([]);
    unread = 1;
    await ring('status');
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent(calls, 'mark_read')).toEqual([{ feed: null, seq: 3 }]);
  });
});
