import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../bindings/CheckReport';
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
};
const signIn: CheckReport = {
  ...good,
  steps: [
    ...good.steps.slice(0, 2),
    { step: 'answer', ok: false, detail: '401 Unauthorized', reason: { code: 'sign-in', status: 401, detail: null } },
  ],
};

describe('AddFeedDialog', () => {
  async function open(answers: Record<string, (args: never) => unknown>) {
    const opened = await openWindow(new FakeLog(), answers);
    await clickOn('add-feed');
    await screen.findByTestId('add-dialog');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('feed-url')));
    return opened;
  }

  it('checks, shows each step, and takes the suggested name', async () => {
    const { calls, app } = await open({ check_feed: () => good, add_feed: () => 'new' });
    await typeInto('feed-url', ' https://alerts.example.com/stream ');
    await clickOn('check');
    await waitFor(() => expect(marks()).toEqual(['ok', 'ok', 'ok', 'ok', 'open']));
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('alerts.example.com');
    await clickOn('dialog-add');
    await waitFor(() => expect(screen.queryByTestId('add-dialog')).toBeNull());
    expect(sent(calls, 'add_feed')).toEqual([
      { url: 'https://alerts.example.com/stream', name: 'alerts.example.com', secret: null },
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
