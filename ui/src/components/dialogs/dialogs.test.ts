import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../bindings/CheckReport';
import { commands, openWindow, sent, snapshotAnswer } from '../../test/app';
import { FakeLog, feedInfo } from '../../test/rows';

const type = (testid: string, value: string) => fireEvent.input(screen.getByTestId(testid), { target: { value } });
const click = (testid: string) => fireEvent.click(screen.getByTestId(testid));
const marks = () => [...document.querySelectorAll<HTMLElement>('[data-step]')].map(({ dataset }) => dataset.mark);

/** Resolves after all pending microtasks. */
const everythingDone = () => new Promise<void>((resolve) => void setTimeout(resolve));

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

describe('adding a feed', () => {
  async function open(answers: Record<string, (args: never) => unknown>) {
    const opened = await openWindow(new FakeLog(), answers);
    await click('add-feed');
    await screen.findByTestId('add-dialog');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('feed-url')));
    return opened;
  }

  it('checks, shows each step, and takes the suggested name', async () => {
    const { calls, app } = await open({ check_feed: () => good, add_feed: () => 'new' });
    await type('feed-url', ' https://alerts.example.com/stream ');
    await click('check');
    await waitFor(() => expect(marks()).toEqual(['ok', 'ok', 'ok', 'ok', 'open']));
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('alerts.example.com');
    await click('dialog-add');
    await waitFor(() => expect(screen.queryByTestId('add-dialog')).toBeNull());
    expect(sent(calls, 'add_feed')).toEqual([
      { url: 'https://alerts.example.com/stream', name: 'alerts.example.com', secret: null },
    ]);
    await waitFor(() => expect(app.view.feed).toBe('new'));
  });

  it('never waits for the check', async () => {
    const { calls } = await open({ check_feed: () => new Promise(() => {}), add_feed: () => 'new' });
    await type('feed-url', 'http://127.0.0.1:3009/stream');
    await click('check');
    await waitFor(() => expect(marks()).toEqual(['now', 'wait', 'wait', 'wait', 'wait']));
    await click('dialog-add');
    await waitFor(() => expect(commands(calls)).toContain('add_feed'));
  });

  const enter = () => fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Enter' });

  it('takes two Enters in the address: the first checks, the second adds', async () => {
    const { calls } = await open({ check_feed: () => good, add_feed: () => 'new' });
    await type('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('dialog-add')));
    screen.getByTestId('feed-url').focus();
    await enter();
    await waitFor(() => expect(commands(calls)).toContain('add_feed'));
    expect(sent(calls, 'check_feed')).toHaveLength(1);
  });

  it('checks once however often Enter is pressed meanwhile', async () => {
    const { calls } = await open({ check_feed: () => new Promise(() => {}) });
    await type('feed-url', 'https://alerts.example.com/stream');
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
    await type('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await waitFor(() => expect(marks()[1]).toBe('bad'));
    expect(document.activeElement).toBe(screen.getByTestId('feed-url'));
    report = { ...good, steps: [] };
    await enter();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('dialog-add')));
    screen.getByTestId('feed-url').focus();
    await type('feed-url', 'https://other.example.com/stream');
    await enter();
    await waitFor(() => expect(sent(calls, 'check_feed')).toHaveLength(3));
    expect(commands(calls)).not.toContain('add_feed');
  });

  it('leaves the focus with a person who has moved on', async () => {
    let answer: (report: CheckReport) => void = () => {};
    await open({ check_feed: () => new Promise<CheckReport>((resolve) => (answer = resolve)) });
    await type('feed-url', 'https://alerts.example.com/stream');
    await enter();
    screen.getByTestId('feed-name').focus();
    await waitFor(() => expect(marks()[0]).toBe('now'));
    answer(good);
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    await everythingDone();
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
    [
      'en',
      ['203.0.113.18', 'Not known yet', 'No answer yet. You can add it all the same.', 'Not reached', 'Not reached'],
    ],
    ['zh-CN', ['203.0.113.18', '尚不清楚', '尚无应答。仍然可以添加。', '未进行', '未进行']],
  ] as const)('says in %s how far the check of a silent server came', async (language, words) => {
    await open({ ...snapshotAnswer({ language }), check_feed: () => silent });
    await type('feed-url', 'https://alerts.example.com/stream');
    await click('check');
    await waitFor(() => expect(marks()).toEqual(['ok', 'open', 'open', 'unreached', 'unreached']));
    expect([...document.querySelectorAll('[data-step] .step-detail')].map(({ textContent }) => textContent)).toEqual(
      words,
    );
    expect(screen.getByTestId('dialog-add')).toHaveProperty('disabled', false);
  });

  it('says in Chinese why it was not added, by the code', async () => {
    await open({
      ...snapshotAnswer({ language: 'zh-CN' }),
      add_feed: () => Promise.reject({ code: 'feed-taken', message: 'there is a feed named alerts already' }),
    });
    await type('feed-url', 'https://alerts.example.com/');
    await click('dialog-add');
    const failure = await screen.findByTestId('add-failure');
    expect(failure.textContent?.replace(/\s+/g, ' ').trim()).toBe('未能添加订阅源。 已有同名的订阅源。请换一个名称。');
  });

  it('keeps the focus when its backdrop is pressed', async () => {
    await open({});
    const dialog = screen.getByTestId('add-dialog');
    expect(await fireEvent.mouseDown(dialog)).toBe(false);
    expect(await fireEvent.mouseDown(screen.getByTestId('feed-url'))).toBe(true);
  });

  it('keeps a name that was typed', async () => {
    await open({ check_feed: () => good });
    await type('feed-url', 'https://alerts.example.com/');
    await type('feed-name', '演练告警');
    await click('check');
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('演练告警');
  });

  it('asks for a token where the server does, sends it once, and forgets it', async () => {
    const { calls } = await open({
      check_feed: ({ secret }: { secret: unknown }) => (secret === null ? signIn : good),
      add_feed: () => 'new',
    });
    await type('feed-url', 'https://alerts.example.com/');
    await click('check');
    const token = (await screen.findByTestId('secret-token')) as HTMLInputElement;
    await waitFor(() => expect(document.activeElement).toBe(token));
    expect(token.type).toBe('password');
    expect(marks()).toEqual(['ok', 'ok', 'bad', 'unreached', 'unreached']);
    expect(screen.getByTestId('dialog-add').textContent).toBe('Add without sign-in');
    await type('secret-token', ' canary-token ');
    await click('check');
    await waitFor(() => expect(marks()[2]).toBe('ok'));
    await click('dialog-add');
    await waitFor(() => expect(screen.queryByTestId('add-dialog')).toBeNull());
    const secret = { kind: 'bearer', token: 'canary-token' };
    expect(sent(calls, 'check_feed')).toMatchObject([{ secret: null }, { secret }]);
    expect(sent(calls, 'add_feed')).toMatchObject([{ secret }]);
    await click('add-feed');
    await fireEvent.change(await screen.findByTestId('secret-kind'), { target: { value: 'bearer' } });
    expect(((await screen.findByTestId('secret-token')) as HTMLInputElement).value).toBe('');
    expect(new XMLSerializer().serializeToString(document)).not.toContain('canary-token');
  });

  it('adds without a sign-in where the server asked for one', async () => {
    const { calls } = await open({ check_feed: () => signIn, add_feed: () => 'new' });
    await type('feed-url', 'https://alerts.example.com/');
    await click('check');
    await screen.findByTestId('wants-sign-in');
    await click('dialog-add');
    await waitFor(() => expect(sent(calls, 'add_feed')).toMatchObject([{ secret: null }]));
  });

  it.each([
    ['', 'Paste the address of a feed.'],
    ['ftp://x', 'A feed’s address starts with https:// or http://.'],
    ['javascript:alert(1)', 'A feed’s address starts with https:// or http://.'],
    ['https://', 'A feed’s address starts with https:// or http://.'],
    ['https://me:canary@x.example/', 'Take the name and password out'],
  ])('refuses the address “%s” in place, and sends nothing', async (url, problem) => {
    const { calls } = await open({});
    await type('feed-url', url);
    await click('check');
    await click('dialog-add');
    expect(document.getElementById('feed-url-problem')?.textContent).toContain(problem);
    expect(commands(calls)).not.toContain('check_feed');
    expect(commands(calls)).not.toContain('add_feed');
  });

  it('says why it was not added, and keeps what was typed', async () => {
    await open({ add_feed: () => Promise.reject({ code: 'exists', message: 'There is a feed with this address.' }) });
    await type('feed-url', 'https://alerts.example.com/');
    await click('dialog-add');
    expect((await screen.findByTestId('add-failure')).textContent).toContain('There is a feed with this address.');
    expect((screen.getByTestId('feed-url') as HTMLInputElement).value).toBe('https://alerts.example.com/');
  });

  it('drops the answer of a check whose address has changed', async () => {
    const answers: ((report: CheckReport) => void)[] = [];
    await open({ check_feed: () => new Promise<CheckReport>((resolve) => answers.push(resolve)) });
    await type('feed-url', 'https://one.example/');
    await click('check');
    await type('feed-url', 'https://two.example/');
    await click('check');
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[0]?.({ ...good, suggestedName: 'one.example' });
    await everythingDone();
    expect(marks()).toEqual(['now', 'wait', 'wait', 'wait', 'wait']);
    answers[1]?.({ ...good, suggestedName: 'two.example' });
    await waitFor(() => expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('two.example'));
  });
});

describe('signing in', () => {
  it('from the banner of a feed that needs it sends user and password once', async () => {
    const reason = { code: 'sign-in', status: 401, detail: null } as const;
    const feed = feedInfo({ connection: { state: 'parked', since: 0, reason, retryAt: null }, secretName: 'alerts' });
    const { calls, app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feed] }));
    await app.show({ feed: 'alerts', notified: false });
    await waitFor(() => screen.getByTestId('feed-banner'));
    await click('feed-banner-action');
    await screen.findByTestId('sign-in-dialog');
    await click('dialog-sign-in');
    expect(screen.getByRole('alert').textContent).toBe('Paste the token.');
    await fireEvent.change(screen.getByTestId('secret-kind'), { target: { value: 'basic' } });
    await screen.findByTestId('secret-user');
    await type('secret-user', 'ops');
    await type('secret-password', 'canary-password');
    await click('dialog-sign-in');
    await waitFor(() => expect(screen.queryByTestId('sign-in-dialog')).toBeNull());
    expect(sent(calls, 'sign_in')).toEqual([
      { id: 'alerts', secret: { kind: 'basic', user: 'ops', password: 'canary-password' } },
    ]);
    expect(new XMLSerializer().serializeToString(document)).not.toContain('canary-password');
  });
});

describe('removing', () => {
  async function open(count: number) {
    const opened = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feedInfo({ name: 'Payments', count })] }));
    opened.app.dialog = { kind: 'remove', feed: 'alerts' };
    await screen.findByTestId('remove-dialog');
    return opened;
  }

  it('names the feed and the number, and its first button does nothing', async () => {
    const { calls } = await open(8208);
    expect(screen.getByTestId('remove-dialog').textContent).toContain('Remove Payments?');
    expect(screen.getByTestId('remove-delete').textContent?.trim()).toBe('Remove and delete 8,208 events');
    expect(document.activeElement).toBe(screen.getByTestId('dialog-cancel'));
    await click('dialog-cancel');
    await waitFor(() => expect(screen.queryByTestId('remove-dialog')).toBeNull());
    expect(commands(calls)).not.toContain('remove_feed');
  });

  it.each([
    ['remove-keep', false],
    ['remove-delete', true],
  ])('%s sends whether events go too', async (button, deleteEvents) => {
    const { calls } = await open(3);
    await click(button);
    await waitFor(() => expect(sent(calls, 'remove_feed')).toEqual([{ id: 'alerts', deleteEvents }]));
  });
});

describe('the first run', () => {
  const nothing = snapshotAnswer({ feeds: [], eventCount: 0 });

  it('opens the dialog with the check running', async () => {
    const { calls } = await openWindow(new FakeLog(), { ...nothing, check_feed: () => good });
    await type('first-run-url', 'https://alerts.example.com/');
    await click('first-run-check');
    await screen.findByTestId('add-dialog');
    await waitFor(() =>
      expect(sent(calls, 'check_feed')).toEqual([{ url: 'https://alerts.example.com/', secret: null }]),
    );
  });

  it('adds the demo feeds with one click', async () => {
    const { calls } = await openWindow(new FakeLog(), nothing);
    await click('demo-feeds');
    await waitFor(() => expect(commands(calls)).toContain('add_demo_feeds'));
  });
});

describe('menus', () => {
  it('open by key, move, run and give the focus back', async () => {
    const { calls } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feedInfo()] }));
    const row = document.querySelector<HTMLElement>('[data-feed=alerts]') as HTMLElement;
    row.focus();
    await fireEvent.keyDown(row, { key: 'F10', shiftKey: true });
    const items = await screen.findAllByRole('menuitem');
    expect(items.map(({ textContent }) => textContent)).toEqual(['Reconnect', 'Pause feed', 'Remove…']);
    expect(document.activeElement).toBe(items[0]);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(items[2]);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'p' });
    expect(document.activeElement).toBe(items[1]);
    await fireEvent.keyDown(document.activeElement as HTMLElement, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    expect(document.activeElement).toBe(row);
    await fireEvent.keyDown(row, { key: 'ContextMenu' });
    await fireEvent.click(await screen.findByTestId('feed-pause'));
    await waitFor(() => expect(sent(calls, 'set_feed_enabled')).toEqual([{ id: 'alerts', enabled: false }]));
  });

  it('a paused feed can be resumed', async () => {
    const feeds = [feedInfo({ connection: { state: 'off', reason: null } })];
    const { calls } = await openWindow(new FakeLog(), snapshotAnswer({ feeds }));
    await fireEvent.contextMenu(document.querySelector('[data-feed=alerts]') as HTMLElement);
    await fireEvent.click(await screen.findByTestId('feed-resume'));
    await waitFor(() => expect(sent(calls, 'set_feed_enabled')).toEqual([{ id: 'alerts', enabled: true }]));
  });

  it('what fails is said', async () => {
    await openWindow(new FakeLog(), {
      reconnect_feed: () => Promise.reject({ code: 'gone', message: 'There is no such feed.' }),
    });
    await fireEvent.contextMenu(document.querySelector('[data-feed=alerts]') as HTMLElement);
    await fireEvent.click(await screen.findByTestId('feed-reconnect'));
    expect((await screen.findByTestId('failed')).textContent).toContain('There is no such feed.');
  });
});
