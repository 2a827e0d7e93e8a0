import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../test/rows';
import { setLanguage } from '../i18n/index.svelte';
import { type LifecycleRow, lifecycleMessage, messageText } from './lifecycle';

const at = new Date(2026, 10, 21, 10, 42, 31, 48).getTime();

type Body<Row> = Row extends unknown ? Omit<Row, 'seq' | 'rev' | 'feed' | 'at'> : never;
const row = (body: Body<LifecycleRow>) => ({ seq: 1, rev: 1, feed: 'a', at, ...body }) as LifecycleRow;

describe('lifecycleMessage', () => {
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
      { kind: 'reconnecting', reason: reasonOf('ended'), inMs: 8000, tries: 1, since: at, lastId: '' },
      'Reconnecting in 8 s. The server closed the stream. Try 1.',
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
      { kind: 'parked', reason: reasonOf('sign-in', 401) },
      'Stopped: 401, not signed in. The server wants you to sign in (401).',
      '已停止：401，未登录。服务器要求登录 (401)。',
    ],
    [
      { kind: 'closed', reason: reasonOf('no-content', 204) },
      'Stopped: 204, the server has no more.',
      '已停止：204，服务器没有更多内容。',
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
