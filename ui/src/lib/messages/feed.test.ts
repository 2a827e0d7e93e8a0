import { describe, expect, it } from 'vitest';
import { feedInfo, reasonOf } from '../../test/rows';
import { setLanguage } from '../i18n/index.svelte';
import { countsSeconds, emptyLogText, feedStatusLine, quietLimitNote, sidebarStatus, statusOf } from './feed';

const at = new Date(2026, 10, 21, 10, 42, 31, 48).getTime();

describe('feed status', () => {
  it('shows how long a feed is live, and when it reconnects', () => {
    const live = feedInfo({
      connection: { state: 'live', since: at - (3 * 60 + 12) * 60_000, http: '2', status: 200, pollMs: null },
    });
    expect(feedStatusLine(live, at)).toBe('Live for 3 h 12 min');
    const waiting = feedInfo({
      connection: { state: 'waiting', retryAt: at + 7400, attempt: 2, reason: reasonOf('refused') },
    });
    expect(feedStatusLine(waiting, at)).toBe('Reconnecting in 8 s');
    expect(sidebarStatus(waiting.connection, at)).toBe('in 8 s');
    expect(emptyLogText(waiting.connection, at)).toBe('Not connected. Reconnecting in 8 s.');
  });

  it('shows how often a server that ends each connection is asked', () => {
    const polled = feedInfo({
      connection: { state: 'live', since: at - 600_000, http: '1.1', status: 200, pollMs: 1000 },
    });
    expect(feedStatusLine(polled, at)).toBe('Live, polled every 1 s');
    expect(statusOf(polled.connection)).toBe('live');
    setLanguage('zh-CN');
    expect(feedStatusLine(polled, at)).toBe('在线，每 1 秒轮询一次');
  });

  it('shows a known limit on quiet connections', () => {
    expect(quietLimitNote(feedInfo())).toBeNull();
    const cut = feedInfo({ quietLimitMs: 60_000 });
    expect(quietLimitNote(cut)).toBe('Something on the way cuts quiet connections after 1 min.');
    setLanguage('zh-CN');
    expect(quietLimitNote(cut)).toBe('中途有设备会在静默 1 分钟后切断连接。');
  });

  it('shows that a server accepted the connection but has not answered', () => {
    const silent = feedInfo({ connection: { state: 'connecting', since: at - 14_000, attempt: 1, slow: true } });
    expect(feedStatusLine(silent, at)).toBe('No answer for 14 s');
    expect(emptyLogText(silent.connection, at)).toBe('The server accepted the connection but has not answered yet.');
  });

  it('counts seconds only while a countdown or a short age is shown', () => {
    const live = (since: number) =>
      feedInfo({ connection: { state: 'live', since, http: '2', status: 200, pollMs: null } });
    expect(countsSeconds([live(at - 61_000)], at)).toBe(false);
    expect(countsSeconds([live(at - 59_000)], at)).toBe(true);
    expect(
      countsSeconds(
        [live(0), feedInfo({ connection: { state: 'waiting', retryAt: at, attempt: 1, reason: reasonOf('dns') } })],
        at,
      ),
    ).toBe(true);
  });
});
