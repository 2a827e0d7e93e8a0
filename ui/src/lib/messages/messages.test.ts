import { beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../bindings/Reason';
import { feedInfo } from '../../test/rows';
import { setLanguage } from '../i18n/index.svelte';
import { errorSentence, problemSentence } from './error';
import { countsSeconds, emptyLogText, feedStatusLine, sidebarStatus } from './feed';
import { lifecycleMessage, type LifecycleRow, messageText } from './lifecycle';
import { bannerOf, reasonSentence, stepFact, stoppedFact } from './reason';

const at = new Date(2026, 10, 21, 10, 42, 31, 48).getTime();
const reason = (code: Reason['code'], status: number | null = null, detail: string | null = null): Reason => ({
  code,
  status,
  detail,
});

type Body<Row> = Row extends unknown ? Omit<Row, 'seq' | 'rev' | 'feed' | 'at'> : never;
const row = (body: Body<LifecycleRow>) => ({ seq: 1, rev: 1, feed: 'a', at, ...body }) as LifecycleRow;

describe('lifecycle rows', () => {
  const cases: [Body<LifecycleRow>, string, string][] = [
    [
      { kind: 'open', status: 200, http: '2', afterMs: 24_000, attempt: 3, mayMiss: false, repeated: 0 },
      'Connected after 24 s. 200, HTTP/2, try 3.',
      '已连接，断开了 24 秒。200，HTTP/2，第 3 次尝试。',
    ],
    [
      { kind: 'open', status: 200, http: '1.1', afterMs: 0, attempt: 1, mayMiss: false, repeated: 0 },
      'Connected. 200, HTTP/1.1.',
      '已连接。200，HTTP/1.1。',
    ],
    [
      { kind: 'open', status: 200, http: '1.1', afterMs: 2000, attempt: 1, mayMiss: true, repeated: 0 },
      'Connected after 2 s. 200, HTTP/1.1, try 1. Events before it may be missing.',
      '已连接，断开了 2 秒。200，HTTP/1.1，第 1 次尝试。此前的事件可能缺失。',
    ],
    [
      { kind: 'open', status: 200, http: '1.1', afterMs: 0, attempt: 1, mayMiss: false, repeated: 1 },
      'Connected. 200, HTTP/1.1. 1 event came again and was left out.',
      '已连接。200，HTTP/1.1。1 个重复发来的事件未再记录。',
    ],
    [
      { kind: 'reconnecting', reason: reason('ended'), inMs: 8000, tries: 1, since: at, lastId: '' },
      'Reconnecting in 8 s. The server closed the stream. Try 1.',
      '8 秒后重连。服务器关闭了数据流。第 1 次尝试。',
    ],
    [
      {
        kind: 'reconnecting',
        reason: reason('refused'),
        inMs: 8000,
        tries: 14,
        since: new Date(2026, 10, 21, 10, 20).getTime(),
        lastId: 'b-5512',
      },
      'Reconnecting, 14 tries since 10:20. Connection refused. Last id kept: b-5512.',
      '重连中，自 10:20 起已试 14 次。连接被拒绝。保留的 ID：b-5512。',
    ],
    [
      { kind: 'no-answer', afterMs: 10_000 },
      'No answer for 10 s. The server took the connection and has said nothing yet. Bellwire keeps waiting.',
      '10 秒没有应答。服务器接受了连接，但还没有应答。Bellwire 继续等待。',
    ],
    [
      { kind: 'retry', ms: 10_000 },
      'Retry set to 10 s by the server. Bellwire waits at least that long before it reconnects.',
      '重连间隔设为 10 秒，由服务器指定。Bellwire 重连前至少等待这么久。',
    ],
    [
      { kind: 'gap', from: at - 24_000, to: at, reason: 'no-ids' },
      'Events may be missing 10:42:07–10:42:31. This feed sends no ids, so it cannot resume. Later connections say it in their own row.',
      '10:42:07–10:42:31 可能缺失事件。此订阅源不发送 ID，无法续传。以后每次连接会在自己的行中说明。',
    ],
    [
      { kind: 'gap', from: at - 24_000, to: at, reason: 'no-event-yet' },
      'Events may be missing 10:42:07–10:42:31. No event had come yet, so there was none to resume after.',
      '10:42:07–10:42:31 可能缺失事件。此前还没有收到事件，无从续传。',
    ],
    [
      { kind: 'gap', from: at - 24_000, to: at, reason: 'no-usable-id' },
      'Events may be missing 10:42:07–10:42:31. The last id is empty, or holds characters that no header can carry.',
      '10:42:07–10:42:31 可能缺失事件。最后的 ID 为空，或含有请求头无法携带的字符。',
    ],
    [
      { kind: 'gap', from: at - 24_000, to: at, reason: 'no-cursor' },
      'Events may be missing 10:42:07–10:42:31. This feed’s cursor expression finds nothing in its events.',
      '10:42:07–10:42:31 可能缺失事件。此订阅源的游标表达式在事件中找不到内容。',
    ],
    [
      { kind: 'gap', from: at - 24_000, to: at, reason: 'resume-off' },
      'Events may be missing 10:42:07–10:42:31. This feed is set not to resume.',
      '10:42:07–10:42:31 可能缺失事件。此订阅源设为不续传。',
    ],
    [
      { kind: 'gap', from: at - 24_000, to: at, reason: 'history-too-short' },
      'Events may be missing 10:42:07–10:42:31. The server no longer had what was sent since then.',
      '10:42:07–10:42:31 可能缺失事件。服务器已不再保留那之后发出的内容。',
    ],
    [
      { kind: 'gap', from: at, to: at, reason: 'oversize' },
      '1 event was skipped. It was larger than this feed’s limit (max_event).',
      '跳过了 1 个事件。它超过了此订阅源的大小上限 (max_event)。',
    ],
    [
      { kind: 'gap', from: at, to: at, reason: 'store-replaced' },
      'Events may be missing 10:42:31. The log was damaged. It was kept aside and a new one was started.',
      '10:42:31 可能缺失事件。日志已损坏，已另存并新建。',
    ],
    [
      { kind: 'parked', reason: reason('sign-in', 401) },
      'Stopped: 401, not signed in. The server wants you to sign in (401).',
      '已停止：401，未登录。服务器要求登录 (401)。',
    ],
    [
      { kind: 'closed', reason: reason('no-content', 204) },
      'Stopped: 204, the server has no more.',
      '已停止：204，服务器没有更多内容。',
    ],
    [
      { kind: 'closed', reason: null },
      'Paused. Bellwire does not connect to this feed until you resume it.',
      '已暂停。恢复之前，Bellwire 不会连接此订阅源。',
    ],
  ];

  it.each(cases)('%j', (body, english, chinese) => {
    expect(messageText(lifecycleMessage(row(body)))).toBe(english);
    setLanguage('zh-CN');
    expect(messageText(lifecycleMessage(row(body)))).toBe(chinese);
  });
});

const codes: Reason['code'][] = [
  'ended',
  'refused',
  'reset',
  'dns',
  'connect-timeout',
  'no-answer',
  'idle',
  'tls',
  'network',
  'status',
  'no-content',
  'sign-in',
  'not-found',
  'wrong-type',
  'unexpected-status',
  'redirect',
  'encoding',
  'insecure-auth',
  'bad-header',
  'keychain-locked',
  'keychain-absent',
  'keychain-timeout',
  'secret-missing',
  'restart',
];

describe.each(['en', 'zh-CN'] as const)('every reason in %s', (language) => {
  beforeEach(() => setLanguage(language));

  it.each(codes)('%s is a sentence, and a banner says what to do', (code) => {
    const why = reason(code, 418, 'text/html\u202e');
    const feed = feedInfo({ connection: { state: 'parked', since: at, reason: why, retryAt: null } });
    const banner = bannerOf(feed, at);
    const todo = banner?.todo.map(({ text }) => text).join('') ?? '';
    for (const words of [
      reasonSentence(why),
      stoppedFact(why),
      stepFact(why),
      banner?.title ?? '',
      todo,
      banner?.button ?? '',
    ]) {
      expect(words).not.toBe('');
      expect(words).not.toMatch(/[{}\u202e]|undefined|null/);
    }
    expect(reasonSentence(why)).toMatch(/[.。]$/);
    expect(banner?.action).toBe(code === 'sign-in' || code === 'secret-missing' ? 'sign-in' : 'reconnect');
  });
});

describe('the banner', () => {
  const parked = (why: Reason, over = {}) =>
    feedInfo({ connection: { state: 'parked', since: at, reason: why, retryAt: null }, ...over });
  const todo = (feed: ReturnType<typeof feedInfo>) =>
    bannerOf(feed, at)
      ?.todo.map(({ text }) => text)
      .join('');

  it('tells a first sign-in from one that was refused, and from where it goes on', () => {
    const first = parked(reason('sign-in', 401));
    expect(bannerOf(first, at)?.title).toBe('The server wants you to sign in.');
    expect(todo(first)).toBe('It answered 401 at 10:42. Sign in to go on.');
    const again = parked(reason('sign-in', 401), { secretName: 'payments', lastId: 'p-70421' });
    expect(bannerOf(again, at)?.title).toBe('The server no longer accepts the sign-in.');
    expect(todo(again)).toBe(
      'It answered 401 at 10:42. Sign in to go on from p-70421; nothing is lost if the server replays.',
    );
  });

  it('says when it tries again by itself', () => {
    const feed = feedInfo({
      connection: { state: 'parked', since: at, reason: reason('not-found', 404), retryAt: at + 240_000 },
    });
    expect(bannerOf(feed, at)?.next).toBe('Bellwire tries again by itself in 4 min.');
  });

  it('stands over a feed that the server ended, not over one that a person paused', () => {
    const ended = feedInfo({ connection: { state: 'off', reason: reason('no-content', 204) } });
    expect(bannerOf(ended, at)?.button).toBe('Connect again');
    expect(bannerOf(feedInfo({ connection: { state: 'off', reason: null } }), at)).toBeNull();
    expect(bannerOf(feedInfo(), at)).toBeNull();
  });
});

describe('a feed', () => {
  it('says how long it is live, and when it tries again', () => {
    const live = feedInfo({
      connection: { state: 'live', since: at - (3 * 60 + 12) * 60_000, http: '2', status: 200 },
    });
    expect(feedStatusLine(live, at)).toBe('Live for 3 h 12 min');
    const waiting = feedInfo({
      connection: { state: 'waiting', retryAt: at + 7400, attempt: 2, reason: reason('refused') },
    });
    expect(feedStatusLine(waiting, at)).toBe('Reconnecting in 8 s');
    expect(sidebarStatus(waiting.connection, at)).toBe('in 8 s');
    expect(emptyLogText(waiting.connection, at)).toBe('Not connected. The next try is in 8 s.');
  });

  it('that takes the connection and never answers says so', () => {
    const silent = feedInfo({ connection: { state: 'connecting', since: at - 14_000, attempt: 1, slow: true } });
    expect(feedStatusLine(silent, at)).toBe('No answer yet, for 14 s');
    expect(emptyLogText(silent.connection, at)).toBe('The server took the connection and has said nothing yet.');
  });

  it('counts by the second only while something does', () => {
    const live = (since: number) => feedInfo({ connection: { state: 'live', since, http: '2', status: 200 } });
    expect(countsSeconds([live(at - 61_000)], at)).toBe(false);
    expect(countsSeconds([live(at - 59_000)], at)).toBe(true);
    expect(
      countsSeconds(
        [live(0), feedInfo({ connection: { state: 'waiting', retryAt: at, attempt: 1, reason: reason('dns') } })],
        at,
      ),
    ).toBe(true);
  });
});

const errorCodes = [
  'config-broken',
  'config-unwritable',
  'config-inline',
  'no-such-feed',
  'feed-taken',
  'bad-address',
  'keychain',
  'demo-failed',
  'no-such-event',
  'no-such-link',
  'open-failed',
  'read-failed',
  'ended',
];

describe.each(['en', 'zh-CN'] as const)('a failure in %s', (language) => {
  beforeEach(() => setLanguage(language));

  it.each(errorCodes)('%s is a sentence', (code) => {
    expect(errorSentence({ code, message: 'raw' })).toMatch(/[.。]$/);
  });

  it('of an unknown code has no sentence, and a problem of one has a general one', () => {
    expect(errorSentence({ code: 'constructor', message: 'raw' })).toBeNull();
    expect(problemSentence('constructor')).toBe(language === 'en' ? 'Bellwire has a problem.' : 'Bellwire 出现问题。');
  });

  it('says whether anything is received with a mistake in the configuration', () => {
    const sentences = ['config', 'config-at-start', 'store'].map(problemSentence);
    expect(sentences).toEqual(
      language === 'en'
        ? [
            'The configuration has a mistake. The last good one stays in force.',
            'The configuration has a mistake. Nothing is received until it is mended.',
            'The log cannot be written. Make room on the disk; receiving waits.',
          ]
        : [
            '配置有误。上一次有效的配置继续生效。',
            '配置有误。改正之前不接收任何内容。',
            '无法写入日志。请腾出磁盘空间；接收会等待。',
          ],
    );
  });
});
