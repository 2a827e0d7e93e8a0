import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../bindings/CheckReport';
import type { SeenType } from '../../bindings/SeenType';
import type { Advice } from '../../lib/vocabulary';
import { goodReport, marks, openAddDialog } from '../../test/add-dialog';
import { clickOn, commands, sent, settled, snapshotAnswer, typeInto } from '../../test/app';

describe('The choices of AddFeedDialog', () => {
  const type = (event: string, count: number, advice: Advice): SeenType => ({
    event,
    count,
    opening: advice === 'opening' ? count : 0,
    perMinute: count > 1 && advice !== 'opening' ? count * 6 : null,
    advice,
    notify: advice === 'notify' || advice === 'opening',
  });
  const mixed: CheckReport = {
    ...goodReport,
    seen: {
      events: 43,
      types: [
        type('quote', 12, 'frequent'),
        type('outage', 1, 'notify'),
        type('ping', 2, 'control'),
        type('message', 3, 'unnamed'),
        type('alert', 25, 'opening'),
      ],
      ids: 'none',
    },
  };
  const boxes = () => [...document.querySelectorAll<HTMLInputElement>('[data-event-type] input')];
  const box = (event: string) =>
    document.querySelector<HTMLInputElement>(`[data-event-type="${event}"] input`) ?? expect.fail(event);
  const ticked = () => boxes().map(({ checked }) => checked);
  const proposals = () => screen.getAllByTestId('advice').map(({ textContent }) => textContent);

  async function checked(report: CheckReport, answers: Record<string, (args: never) => unknown> = {}) {
    const opened = await openAddDialog({ check_feed: () => report, add_feed: () => 'new', ...answers });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await screen.findByTestId('notify-choices');
    return opened;
  }

  it.each([
    [
      'en',
      [
        '72 a minute: log only.',
        'Seen once.',
        'Looks like a control event: log only.',
        '18 a minute. Its messages are unnamed: notify about them?',
        'Sent together as the stream opened.',
      ],
      'No IDs: events sent while Bellwire is away are not recovered.',
    ],
    [
      'zh-CN',
      [
        '每分钟 72 个：仅记录。',
        '收到一次。',
        '看起来是控制事件：仅记录。',
        '每分钟 18 个。其消息没有名称：要通知吗？',
        '连接时一并发来。',
      ],
      '没有 ID：Bellwire 未接收期间发送的事件无法补回。',
    ],
  ] as const)('propose in %s by what came, each with its reason', async (language, words, ids) => {
    await checked(mixed, snapshotAnswer({ language }));
    expect(ticked()).toEqual([false, true, false, false, true]);
    expect(proposals()).toEqual(words);
    expect(screen.getByTestId('ids').textContent).toBe(ids);
  });

  it('are sent as proposed', async () => {
    const { calls } = await checked(mixed);
    await clickOn('dialog-add');
    await waitFor(() =>
      expect(sent(calls, 'add_feed')).toMatchObject([
        {
          choices: [
            { event: 'quote', notify: false },
            { event: 'outage', notify: true },
            { event: 'ping', notify: false },
            { event: 'message', notify: false },
            { event: 'alert', notify: true },
          ],
        },
      ]),
    );
  });

  it('are sent as a person changed them, and their reasons follow', async () => {
    const { calls } = await checked(mixed);
    for (const event of ['quote', 'outage', 'ping', 'message', 'alert']) await fireEvent.click(box(event));
    expect(ticked()).toEqual([true, false, true, true, false]);
    expect(proposals()).toEqual([
      '72 a minute.',
      'Seen once.',
      'Looks like a control event.',
      '18 a minute. Its messages are unnamed.',
      'Sent together as the stream opened.',
    ]);
    await clickOn('dialog-add');
    await waitFor(() =>
      expect(sent(calls, 'add_feed')).toMatchObject([
        {
          choices: ['quote', 'outage', 'ping', 'message', 'alert'].map((event) => ({
            event,
            notify: !['outage', 'alert'].includes(event),
          })),
        },
      ]),
    );
  });

  it('can be reached and named by assistive technology', async () => {
    await checked(mixed);
    expect(screen.getByRole('group', { name: 'Notify about' })).toBe(screen.getByTestId('notify-choices'));
    expect(screen.getByRole('checkbox', { name: /^quote 12/ })).toBe(box('quote'));
    box('quote').focus();
    expect(document.activeElement).toBe(box('quote'));
  });

  it('show what has come so far, and adding takes it without waiting', async () => {
    let progress: (report: CheckReport) => void = () => {};
    const { calls } = await openAddDialog({
      check_feed: (args: { progress: { onmessage: (report: CheckReport) => void } }) => {
        progress = args.progress.onmessage;
        return new Promise(() => {});
      },
      add_feed: () => 'new',
    });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await waitFor(() => expect(sent(calls, 'check_feed')).toHaveLength(1));
    progress({ ...goodReport, steps: goodReport.steps.slice(0, 4), seen: { events: 0, types: [], ids: 'unknown' } });
    await waitFor(() => expect(marks()).toEqual(['ok', 'ok', 'ok', 'ok', 'now']));
    expect(screen.getByTestId('listening').textContent).toBe('Listening for up to 10 s. 0 events so far.');
    progress({ ...goodReport, seen: { events: 1, types: [type('quote', 1, 'notify')], ids: 'usable' } });
    await waitFor(() => expect(ticked()).toEqual([true]));
    expect(screen.getByTestId('listening').textContent).toBe('Listening for up to 10 s. 1 event so far.');
    progress({ ...goodReport, seen: { events: 5, types: [type('quote', 5, 'frequent')], ids: 'usable' } });
    await waitFor(() => expect(ticked()).toEqual([false]));
    await clickOn('dialog-add');
    await waitFor(() =>
      expect(sent(calls, 'add_feed')).toMatchObject([{ choices: [{ event: 'quote', notify: false }] }]),
    );
    const order = commands(calls).filter((name) => ['check_feed', 'stop_check', 'add_feed'].includes(name));
    expect(order).toEqual(['check_feed', 'stop_check', 'add_feed']);
  });

  it('are kept while more events come', async () => {
    let progress: (report: CheckReport) => void = () => {};
    await openAddDialog({
      check_feed: (args: { progress: { onmessage: (report: CheckReport) => void } }) => {
        progress = args.progress.onmessage;
        return new Promise(() => {});
      },
    });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await settled();
    progress({ ...goodReport, seen: { events: 1, types: [type('outage', 1, 'notify')], ids: 'usable' } });
    await waitFor(() => expect(ticked()).toEqual([true]));
    await fireEvent.click(box('outage'));
    progress({
      ...mixed,
      seen: { events: 2, types: [type('outage', 1, 'notify'), type('b', 1, 'notify')], ids: 'usable' },
    });
    await waitFor(() => expect(ticked()).toEqual([false, true]));
  });

  it('are gone with another address, and the running check is stopped', async () => {
    const { calls } = await openAddDialog({
      check_feed: (args: { progress: { onmessage: (report: CheckReport) => void } }) => {
        void settled().then(() => args.progress.onmessage(mixed));
        return new Promise(() => {});
      },
    });
    await typeInto('feed-url', 'https://one.example/');
    await clickOn('check');
    await screen.findByTestId('notify-choices');
    await typeInto('feed-url', 'https://two.example/');
    expect(screen.queryByTestId('notify-choices')).toBeNull();
    expect(commands(calls)).toContain('stop_check');
  });

  it('stop the running check when the dialog is closed', async () => {
    const { calls } = await openAddDialog({ check_feed: () => new Promise(() => {}) });
    await typeInto('feed-url', 'https://one.example/');
    await clickOn('check');
    await waitFor(() => expect(commands(calls)).toContain('check_feed'));
    await clickOn('dialog-cancel');
    await waitFor(() => expect(commands(calls)).toContain('stop_check'));
  });

  it.each([
    ['fixed', 'The IDs do not change: it cannot resume.'],
    ['usable', 'It sends IDs to resume from.'],
    ['unknown', undefined],
  ] as const)('say of %s ids what they mean', async (ids, words) => {
    await checked({ ...mixed, seen: { events: 1, types: [type('ping', 1, 'control')], ids } });
    expect(screen.queryByTestId('ids')?.textContent).toBe(words);
  });
});
