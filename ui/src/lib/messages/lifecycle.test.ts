import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../test/rows';
import { setLanguage } from '../i18n/index.svelte';
import { type LifecycleRow, lifecycleMessage, messageText } from './lifecycle';
import { reasonCodes, reasonSentence } from './reason';
import { type GapReason, wordsOf } from '../vocabulary';

const at = new Date(2026, 10, 21, 10, 42, 31, 48).getTime();

type Body<Row> = Row extends unknown ? Omit<Row, 'seq' | 'rev' | 'feed' | 'at'> : never;
const row = (body: Body<LifecycleRow>) => ({ seq: 1, rev: 1, feed: 'a', at, ...body }) as LifecycleRow;

const gaps: Record<GapReason, { 'en': string; 'zh-CN': string }> = {
  'no-ids': {
    'en': 'Events may be missing: 10:42:07–10:42:31. This feed sends no IDs, so it cannot resume. Later connections show this in their own row.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。此订阅源不发送 ID，无法续传。之后的连接会在各自的行中注明。',
  },
  'no-event-yet': {
    'en': 'Events may be missing: 10:42:07–10:42:31. No event had arrived yet, so there was nothing to resume from.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。此前没有收到过事件，无法续传。',
  },
  'no-usable-id': {
    'en': 'Events may be missing: 10:42:07–10:42:31. The last ID is empty or contains characters that a header cannot carry.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。最后的 ID 为空，或含有请求头不支持的字符。',
  },
  'no-cursor': {
    'en': 'Events may be missing: 10:42:07–10:42:31. This feed’s cursor expression matches nothing in its events.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。此订阅源的游标表达式在事件中没有匹配。',
  },
  'resume-off': {
    'en': 'Events may be missing: 10:42:07–10:42:31. Resuming is turned off for this feed.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。此订阅源已关闭续传。',
  },
  'cursor-dropped': {
    'en': 'Events may be missing: 10:42:07–10:42:31. A redirect led to an address without the cursor.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。重定向后的地址没有带上游标。',
  },
  'address-changed': {
    'en': 'Events may be missing: 10:42:07–10:42:31. This feed has a new address, so there was nothing to resume from.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。此订阅源的地址已更换，无法续传。',
  },
  'no-head': {
    'en': 'Events may be missing: 10:42:07–10:42:31. A request was cut off before the server answered it.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。有请求在服务器应答之前中断。',
  },
  'resume-unshown': {
    'en': 'Events may be missing: 10:42:07–10:42:31. The place to resume from was sent. Nothing shows yet that the server heeded it.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。已发送续传位置，但尚无迹象表明服务器采用了它。',
  },
  'not-a-cursor': {
    'en': 'Events may be missing: 10:42:07–10:42:31. This feed’s IDs do not say where to resume, so it cannot. Later connections show this in their own row.',
    'zh-CN':
      '10:42:07–10:42:31 有缺口，可能缺失事件。此订阅源的 ID 不能表示续传位置，无法续传。之后的连接会在各自的行中注明。',
  },
  'place-refused': {
    'en': 'Events may be missing: 10:42:07–10:42:31. The server refused to resume after the last ID, so the feed started without it.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。服务器拒绝从最后的 ID 续传，订阅源已不带 ID 重新开始。',
  },
  'history-too-short': {
    'en': 'Events may be missing: 10:42:07–10:42:31. The server no longer had the events from that time.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。服务器已不再保留这段时间的事件。',
  },
  'oversize': {
    'en': '1 event was skipped. Larger than this feed’s limit (max_event).',
    'zh-CN': '跳过了 1 个事件。超过了此订阅源的大小上限 (max_event)。',
  },
  'not-storable': {
    'en': '1 event was skipped. Larger than the log can hold.',
    'zh-CN': '跳过了 1 个事件。超过了日志所能容纳的大小。',
  },
  'store-replaced': {
    'en': 'Events may be missing: 10:42:07–10:42:31. The log was damaged. Bellwire kept the damaged file and started a new log.',
    'zh-CN': '10:42:07–10:42:31 有缺口，可能缺失事件。日志已损坏。Bellwire 保留了损坏的文件，并新建了日志。',
  },
};

describe('lifecycleMessage', () => {
  const cases: [Body<LifecycleRow>, string, string][] = [
    [
      {
        kind: 'open',
        status: 200,
        http: '2',
        afterMs: 24_000,
        attempt: 3,
        resumed: 'shown',
        mayMiss: false,
        repeated: 0,
      },
      'Connected after 24 s. 200, HTTP/2, attempt 3. Resume shown.',
      '已连接，断开了 24 秒。200，HTTP/2，第 3 次尝试。已确认续传。',
    ],
    [
      { kind: 'open', status: 200, http: '1.1', afterMs: 0, attempt: 1, resumed: 'no', mayMiss: false, repeated: 0 },
      'Connected. 200, HTTP/1.1.',
      '已连接。200，HTTP/1.1。',
    ],
    [
      {
        kind: 'open',
        status: 200,
        http: '1.1',
        afterMs: 2000,
        attempt: 1,
        resumed: 'cannot',
        mayMiss: true,
        repeated: 0,
      },
      'Connected after 2 s. 200, HTTP/1.1, attempt 1. Cannot resume. Earlier events may be missing.',
      '已连接，断开了 2 秒。200，HTTP/1.1，第 1 次尝试。无法续传。此前的事件可能缺失。',
    ],
    [
      { kind: 'open', status: 200, http: '1.1', afterMs: 0, attempt: 1, resumed: 'asked', mayMiss: false, repeated: 1 },
      'Connected. 200, HTTP/1.1. Resume asked. 1 repeated event was skipped.',
      '已连接。200，HTTP/1.1。已请求续传。跳过了 1 个重复的事件。',
    ],
    [
      { kind: 'reconnecting', reason: reasonOf('ended'), inMs: 8000, tries: 1, since: at, lastId: '' },
      'Reconnecting in 8 s. The server closed the stream. Attempt 1.',
      '8 秒后重连。服务器关闭了数据流。第 1 次尝试。',
    ],
    [
      {
        kind: 'reconnecting',
        reason: reasonOf('refused'),
        inMs: 8000,
        tries: 14,
        since: new Date(2026, 10, 21, 10, 20).getTime(),
        lastId: 'b-5512',
      },
      'Reconnecting, 14 attempts since 10:20. Connection refused. Last ID: b-5512.',
      '重连中，自 10:20 起已试 14 次。连接被拒绝。最后 ID：b-5512。',
    ],
    [
      {
        kind: 'polled',
        everyMs: 1000,
        polls: 600,
        since: new Date(2026, 10, 21, 10, 20).getTime(),
        resumed: 'no',
        repeated: 1,
      },
      'Polled every 1 s. The server ends each connection after its events: 600 connections since 10:20. 1 repeated event was skipped.',
      '每 1 秒轮询一次。服务器发送事件后即结束连接：自 10:20 起共 600 次连接。跳过了 1 个重复的事件。',
    ],
    [
      { kind: 'no-answer', afterMs: 10_000 },
      'No answer for 10 s. The server accepted the connection but has not answered yet. Bellwire keeps waiting.',
      '10 秒没有应答。服务器接受了连接，但还没有应答。Bellwire 继续等待。',
    ],
    [
      { kind: 'retry', ms: 10_000, times: 1 },
      'Reconnection time set to 10 s by the server. Bellwire waits at least this long before it reconnects.',
      '重连间隔设为 10 秒，由服务器指定。Bellwire 至少等待这么久才重连。',
    ],
    [
      { kind: 'retry', ms: 10_000, times: 1234 },
      'Reconnection time set to 10 s by the server. Bellwire waits at least this long before it reconnects. This happened 1,234 times within a minute.',
      '重连间隔设为 10 秒，由服务器指定。Bellwire 至少等待这么久才重连。一分钟内发生了 1,234 次。',
    ],
    [
      { kind: 'gap', reason: 'oversize', from: 0, to: at, times: 3 },
      '3 events were skipped. Larger than this feed’s limit (max_event).',
      '跳过了 3 个事件。超过了此订阅源的大小上限 (max_event)。',
    ],
    [
      { kind: 'gap', reason: 'history-too-short', from: at - 24_000, to: at, times: 2 },
      'Events may be missing: 10:42:07–10:42:31. The server no longer had the events from that time. This happened 2 times within a minute.',
      '10:42:07–10:42:31 有缺口，可能缺失事件。服务器已不再保留这段时间的事件。一分钟内发生了 2 次。',
    ],
    [
      { kind: 'parked', reason: reasonOf('sign-in', 401) },
      'Stopped. The server requires a sign-in (401).',
      '已停止。服务器要求登录 (401)。',
    ],
    [
      { kind: 'parked', reason: { code: 'tls', status: null, fault: 'expired', detail: '2026-11-20' } },
      'Stopped. The certificate has expired (2026-11-20).',
      '已停止。证书已过期（2026-11-20）。',
    ],
    [
      { kind: 'closed', reason: reasonOf('no-content', 204) },
      'Stopped (204): the server ended the feed.',
      '已停止 (204)：服务器已结束此订阅源。',
    ],
    [
      { kind: 'closed', reason: reasonOf('complete') },
      'Complete: the server ended its answer. Bellwire does not ask again by itself, because the request may have an effect or a price.',
      '已完成：服务器的应答已结束。此请求可能产生影响或费用，Bellwire 不会自动再次请求。',
    ],
    [
      { kind: 'closed', reason: null },
      'Paused. Bellwire does not connect to this feed until you resume it.',
      '已暂停。恢复之前，Bellwire 不会连接此订阅源。',
    ],
  ];

  it.each(cases)('of %j', (body, english, chinese) => {
    expect(messageText(lifecycleMessage(row(body)))).toBe(english);
    setLanguage('zh-CN');
    expect(messageText(lifecycleMessage(row(body)))).toBe(chinese);
  });
});

describe.each(['en', 'zh-CN'] as const)('rows in %s', (language) => {
  it.each(wordsOf(gaps))('a gap: %s', (reason) => {
    setLanguage(language);
    const message = lifecycleMessage(row({ kind: 'gap', from: at - 24_000, to: at, reason, times: 1 }));
    expect(messageText(message)).toBe(gaps[reason][language]);
  });

  it.each(reasonCodes)('the reason %s is a sentence in its row', (code) => {
    setLanguage(language);
    const reason = reasonOf(code, 418, 'text/html');
    const stopped = messageText(lifecycleMessage(row({ kind: 'parked', reason })));
    const waiting = { kind: 'reconnecting', reason, inMs: 8000, tries: 1, since: at, lastId: '' } as const;
    for (const text of [stopped, messageText(lifecycleMessage(row(waiting)))]) {
      expect(text).toContain(reasonSentence(reason));
      expect(text).not.toMatch(/[{}]|undefined|null/);
    }
  });
});
