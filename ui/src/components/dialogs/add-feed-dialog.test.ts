import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../bindings/CheckReport';
import type { SeenType } from '../../bindings/SeenType';
import type { Advice } from '../../lib/vocabulary';
import { clickOn, commands, openWindow, sent, settled, snapshotAnswer, typeInto } from '../../test/app';
import { FakeLog } from '../../test/rows';

const marks = () => [...document.querySelectorAll<HTMLElement>('[data-step]')].map(({ dataset }) => dataset.mark);

const good: CheckReport = {
  steps: [
    { step: 'address', ok: true, detail: '203.0.113.18', reason: null },
    { step: 'connect', ok: true, detail: '12 ms', reason: null },
    { step: 'answer', ok: true, detail: '200, HTTP/1.1, 84 ms', reason: null },
    { step: 'type', ok: true, detail: 'text/event-stream', reason: null },
    { step: 'first-event', ok: null, detail: 'none within 5 s', reason: null },
  ],
  suggestedName: 'alerts.example.com',
  addable: true,
  seen: null,
};
const signIn: CheckReport = {
  ...good,
  steps: [
    ...good.steps.slice(0, 2),
    { step: 'answer', ok: false, detail: '401 Unauthorized', reason: { code: 'sign-in', status: 401, detail: null } },
  ],
};

async function open(answers: Record<string, (args: never) => unknown>) {
  const opened = await openWindow(new FakeLog(), answers);
  await clickOn('add-feed');
  await screen.findByTestId('add-dialog');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('feed-url')));
  return opened;
}

describe('AddFeedDialog', () => {
  it('checks, shows each step, and takes the suggested name', async () => {
    const { calls, app } = await open({ check_feed: () => good, add_feed: () => 'new' });
    await typeInto('feed-url', ' https://alerts.example.com/stream ');
    await clickOn('check');
    await waitFor(() => expect(marks()).toEqual(['ok', 'ok', 'ok', 'ok', 'open']));
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('alerts.example.com');
    await clickOn('dialog-add');
    await waitFor(() => expect(screen.queryByTestId('add-dialog')).toBeNull());
    expect(sent(calls, 'add_feed')).toEqual([
      {
        url: 'https://alerts.example.com/stream',
        name: 'alerts.example.com',
        secret: null,
        choices: [],
        service: null,
      },
    ]);
    await waitFor(() => expect(app.view.feed).toBe('new'));
  });

  it('adds without waiting for the check', async () => {
    const { calls } = await open({ check_feed: () => new Promise(() => {}), add_feed: () => 'new' });
    await typeInto('feed-url', 'http://127.0.0.1:3009/stream');
    await clickOn('check');
    await waitFor(() => expect(marks()).toEqual(['now', 'wait', 'wait', 'wait', 'wait']));
    await clickOn('dialog-add');
    await waitFor(() => expect(commands(calls)).toContain('add_feed'));
  });

  const enter = () => fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Enter' });

  it('checks on the first Enter in the address and adds on the second', async () => {
    const { calls } = await open({ check_feed: () => good, add_feed: () => 'new' });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('dialog-add')));
    screen.getByTestId('feed-url').focus();
    await enter();
    await waitFor(() => expect(commands(calls)).toContain('add_feed'));
    expect(sent(calls, 'check_feed')).toHaveLength(1);
  });

  it('ignores Enter while a check is running', async () => {
    const { calls } = await open({ check_feed: () => new Promise(() => {}) });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await enter();
    expect(commands(calls).filter((name) => name === 'check_feed' || name === 'add_feed')).toEqual(['check_feed']);
  });

  it('checks again on Enter after a check that failed, or a change of the address', async () => {
    let report = {
      ...good,
      steps: [
        {
          step: 'connect' as const,
          ok: false,
          detail: '',
          reason: { code: 'refused' as const, status: null, detail: null },
        },
      ],
    };
    const { calls } = await open({ check_feed: () => report });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await waitFor(() => expect(marks()[1]).toBe('bad'));
    expect(document.activeElement).toBe(screen.getByTestId('feed-url'));
    report = { ...good, steps: [] };
    await enter();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('dialog-add')));
    screen.getByTestId('feed-url').focus();
    await typeInto('feed-url', 'https://other.example.com/stream');
    await enter();
    await waitFor(() => expect(sent(calls, 'check_feed')).toHaveLength(3));
    expect(commands(calls)).not.toContain('add_feed');
  });

  it('leaves the focus where it is when it has left the address', async () => {
    let answer: (report: CheckReport) => void = () => {};
    await open({ check_feed: () => new Promise<CheckReport>((resolve) => (answer = resolve)) });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    screen.getByTestId('feed-name').focus();
    await waitFor(() => expect(marks()[0]).toBe('now'));
    answer(good);
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    await settled();
    expect(document.activeElement).toBe(screen.getByTestId('feed-name'));
  });

  const silent: CheckReport = {
    ...good,
    steps: [
      ...good.steps.slice(0, 1),
      { step: 'answer', ok: null, detail: '', reason: { code: 'no-answer', status: null, detail: null } },
    ],
  };

  it.each([
    ['en', ['203.0.113.18', 'Not known yet', 'No answer yet. You can add it anyway.', 'Not reached', 'Not reached']],
    ['zh-CN', ['203.0.113.18', '尚不清楚', '尚无应答。仍然可以添加。', '未进行', '未进行']],
  ] as const)('shows in %s how far the check of a silent server came', async (language, words) => {
    await open({ ...snapshotAnswer({ language }), check_feed: () => silent });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await waitFor(() => expect(marks()).toEqual(['ok', 'open', 'open', 'unreached', 'unreached']));
    expect([...document.querySelectorAll('[data-step] .step-detail')].map(({ textContent }) => textContent)).toEqual(
      words,
    );
    expect(screen.getByTestId('dialog-add')).toHaveProperty('disabled', false);
  });

  it('shows in Chinese why a feed was not added', async () => {
    await open({
      ...snapshotAnswer({ language: 'zh-CN' }),
      add_feed: () => Promise.reject({ code: 'feed-taken', message: 'there is a feed named alerts already' }),
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('dialog-add');
    const failure = await screen.findByTestId('add-failure');
    expect(failure.textContent?.replace(/\s+/g, ' ').trim()).toBe('未能添加订阅源。 已有同名的订阅源。请换一个名称。');
  });

  it('keeps the focus when the backdrop is pressed', async () => {
    await open({});
    const dialog = screen.getByTestId('add-dialog');
    expect(await fireEvent.mouseDown(dialog)).toBe(false);
    expect(await fireEvent.mouseDown(screen.getByTestId('feed-url'))).toBe(true);
  });

  it('keeps a name that was typed', async () => {
    await open({ check_feed: () => good });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await typeInto('feed-name', '演练告警');
    await clickOn('check');
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('演练告警');
  });

  it('asks for a token after a 401, sends it once, and clears it', async () => {
    const { calls } = await open({
      check_feed: ({ secret }: { secret: unknown }) => (secret === null ? signIn : good),
      add_feed: () => 'new',
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('check');
    const token = (await screen.findByTestId('secret-token')) as HTMLInputElement;
    await waitFor(() => expect(document.activeElement).toBe(token));
    expect(token.type).toBe('password');
    expect(marks()).toEqual(['ok', 'ok', 'bad', 'unreached', 'unreached']);
    expect(screen.getByTestId('dialog-add').textContent).toBe('Add without sign-in');
    await typeInto('secret-token', ' canary-token ');
    await clickOn('check');
    await waitFor(() => expect(marks()[2]).toBe('ok'));
    await clickOn('dialog-add');
    await waitFor(() => expect(screen.queryByTestId('add-dialog')).toBeNull());
    const secret = { kind: 'bearer', token: 'canary-token' };
    expect(sent(calls, 'check_feed')).toMatchObject([{ secret: null }, { secret }]);
    expect(sent(calls, 'add_feed')).toMatchObject([{ secret }]);
    await clickOn('add-feed');
    await fireEvent.change(await screen.findByTestId('secret-kind'), { target: { value: 'bearer' } });
    expect(((await screen.findByTestId('secret-token')) as HTMLInputElement).value).toBe('');
    expect(new XMLSerializer().serializeToString(document)).not.toContain('canary-token');
  });

  it.each(['header', 'query', 'cookie'] as const)('sends a %s with its name, once, and clears it', async (kind) => {
    const { calls } = await open({
      check_feed: ({ secret }: { secret: unknown }) => (secret === null ? signIn : good),
      add_feed: () => 'new',
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await fireEvent.change(screen.getByTestId('secret-kind'), { target: { value: kind } });
    const value = (await screen.findByTestId('secret-value')) as HTMLInputElement;
    expect(value.type).toBe('password');
    await clickOn('check');
    await screen.findByText('Enter the name.');
    await typeInto('secret-name', ' key ');
    await clickOn('check');
    await screen.findByText('Paste the secret.');
    expect(sent(calls, 'check_feed')).toEqual([]);
    await typeInto('secret-value', ' canary-value ');
    await clickOn('check');
    await waitFor(() => expect(marks()[2]).toBe('ok'));
    await clickOn('dialog-add');
    await waitFor(() => expect(screen.queryByTestId('add-dialog')).toBeNull());
    const secret = { kind, name: 'key', value: 'canary-value' };
    expect(sent(calls, 'check_feed')).toMatchObject([{ secret }]);
    expect(sent(calls, 'add_feed')).toMatchObject([{ secret }]);
    expect(new XMLSerializer().serializeToString(document)).not.toContain('canary-value');
  });

  it('adds without a sign-in after a 401', async () => {
    const { calls } = await open({ check_feed: () => signIn, add_feed: () => 'new' });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('check');
    await screen.findByTestId('wants-sign-in');
    await clickOn('dialog-add');
    await waitFor(() => expect(sent(calls, 'add_feed')).toMatchObject([{ secret: null }]));
  });

  it.each([
    ['', 'Paste the address of a feed.'],
    ['ftp://x', 'A feed’s address starts with https:// or http://.'],
    ['javascript:alert(1)', 'A feed’s address starts with https:// or http://.'],
    ['https://', 'A feed’s address starts with https:// or http://.'],
    ['https://me:canary@x.example/', 'Remove the user name and password'],
  ])('rejects the address “%s” at its field, and sends nothing', async (url, problem) => {
    const { calls } = await open({});
    await typeInto('feed-url', url);
    await clickOn('check');
    await clickOn('dialog-add');
    expect(document.getElementById('feed-url-problem')?.textContent).toContain(problem);
    expect(commands(calls)).not.toContain('check_feed');
    expect(commands(calls)).not.toContain('add_feed');
  });

  it('shows why a feed was not added, and keeps what was typed', async () => {
    await open({
      add_feed: () => Promise.reject({ code: 'unheard-of', message: 'There is a feed with this address.' }),
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('dialog-add');
    expect((await screen.findByTestId('add-failure')).textContent).toContain('There is a feed with this address.');
    expect((screen.getByTestId('feed-url') as HTMLInputElement).value).toBe('https://alerts.example.com/');
  });

  it('drops the result of a check when the address has changed', async () => {
    const answers: ((report: CheckReport) => void)[] = [];
    await open({ check_feed: () => new Promise<CheckReport>((resolve) => answers.push(resolve)) });
    await typeInto('feed-url', 'https://one.example/');
    await clickOn('check');
    await typeInto('feed-url', 'https://two.example/');
    await clickOn('check');
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[0]?.({ ...good, suggestedName: 'one.example' });
    await settled();
    expect(marks()).toEqual(['now', 'wait', 'wait', 'wait', 'wait']);
    answers[1]?.({ ...good, suggestedName: 'two.example' });
    await waitFor(() => expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('two.example'));
  });
});

describe('The choices of AddFeedDialog', () => {
  const type = (event: string, count: number, advice: Advice): SeenType => ({
    event,
    count,
    perMinute: count > 1 ? count * 6 : null,
    advice,
    notify: advice === 'notify',
  });
  const mixed: CheckReport = {
    ...good,
    seen: {
      events: 18,
      types: [
        type('quote', 12, 'frequent'),
        type('outage', 1, 'notify'),
        type('ping', 2, 'control'),
        type('message', 3, 'unnamed'),
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
    const opened = await open({ check_feed: () => report, add_feed: () => 'new', ...answers });
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
      ],
      '没有 ID：Bellwire 未接收期间发送的事件无法补回。',
    ],
  ] as const)('propose in %s by what came, each with its reason', async (language, words, ids) => {
    await checked(mixed, snapshotAnswer({ language }));
    expect(ticked()).toEqual([false, true, false, false]);
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
          ],
        },
      ]),
    );
  });

  it('are sent as a person changed them, and their reasons follow', async () => {
    const { calls } = await checked(mixed);
    for (const event of ['quote', 'outage', 'ping', 'message']) await fireEvent.click(box(event));
    expect(ticked()).toEqual([true, false, true, true]);
    expect(proposals()).toEqual([
      '72 a minute.',
      'Seen once.',
      'Looks like a control event.',
      '18 a minute. Its messages are unnamed.',
    ]);
    await clickOn('dialog-add');
    await waitFor(() =>
      expect(sent(calls, 'add_feed')).toMatchObject([
        { choices: ['quote', 'outage', 'ping', 'message'].map((event) => ({ event, notify: event !== 'outage' })) },
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
    const { calls } = await open({
      check_feed: (args: { progress: { onmessage: (report: CheckReport) => void } }) => {
        progress = args.progress.onmessage;
        return new Promise(() => {});
      },
      add_feed: () => 'new',
    });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await waitFor(() => expect(sent(calls, 'check_feed')).toHaveLength(1));
    progress({ ...good, steps: good.steps.slice(0, 4), seen: { events: 0, types: [], ids: 'unknown' } });
    await waitFor(() => expect(marks()).toEqual(['ok', 'ok', 'ok', 'ok', 'now']));
    expect(screen.getByTestId('listening').textContent).toBe('Listening for up to 10 s. 0 events so far.');
    progress({ ...good, seen: { events: 1, types: [type('quote', 1, 'notify')], ids: 'usable' } });
    await waitFor(() => expect(ticked()).toEqual([true]));
    expect(screen.getByTestId('listening').textContent).toBe('Listening for up to 10 s. 1 event so far.');
    progress({ ...good, seen: { events: 5, types: [type('quote', 5, 'frequent')], ids: 'usable' } });
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
    await open({
      check_feed: (args: { progress: { onmessage: (report: CheckReport) => void } }) => {
        progress = args.progress.onmessage;
        return new Promise(() => {});
      },
    });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await settled();
    progress({ ...good, seen: { events: 1, types: [type('outage', 1, 'notify')], ids: 'usable' } });
    await waitFor(() => expect(ticked()).toEqual([true]));
    await fireEvent.click(box('outage'));
    progress({
      ...mixed,
      seen: { events: 2, types: [type('outage', 1, 'notify'), type('b', 1, 'notify')], ids: 'usable' },
    });
    await waitFor(() => expect(ticked()).toEqual([false, true]));
  });

  it('are gone with another address, and the running check is stopped', async () => {
    const { calls } = await open({
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
    const { calls } = await open({ check_feed: () => new Promise(() => {}) });
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
