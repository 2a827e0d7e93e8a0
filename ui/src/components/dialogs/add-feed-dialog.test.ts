import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { goodReport, marks, openAddDialog } from '../../test/add-dialog';
import { clickOn, commands, sent, snapshotAnswer, typeInto } from '../../test/app';

describe('AddFeedDialog', () => {
  it('checks, shows each step, and takes the suggested name', async () => {
    const { calls, app } = await openAddDialog({ check_feed: () => goodReport, add_feed: () => 'new' });
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
    const { calls } = await openAddDialog({ check_feed: () => new Promise(() => {}), add_feed: () => 'new' });
    await typeInto('feed-url', 'http://127.0.0.1:3009/stream');
    await clickOn('check');
    await waitFor(() => expect(marks()).toEqual(['now', 'wait', 'wait', 'wait', 'wait']));
    await clickOn('dialog-add');
    await waitFor(() => expect(commands(calls)).toContain('add_feed'));
  });

  it('shows in Chinese why a feed was not added', async () => {
    await openAddDialog({
      ...snapshotAnswer({ language: 'zh-CN' }),
      add_feed: () => Promise.reject({ code: 'feed-taken', message: 'there is a feed named alerts already' }),
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('dialog-add');
    const failure = await screen.findByTestId('add-failure');
    expect(failure.textContent?.replace(/\s+/g, ' ').trim()).toBe('未能添加订阅源。 已有同名的订阅源。请换一个名称。');
  });

  it('shows why a feed was not added, and keeps what was typed', async () => {
    await openAddDialog({
      add_feed: () => Promise.reject({ code: 'unheard-of', message: 'There is a feed with this address.' }),
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('dialog-add');
    expect((await screen.findByTestId('add-failure')).textContent).toContain('There is a feed with this address.');
    expect((screen.getByTestId('feed-url') as HTMLInputElement).value).toBe('https://alerts.example.com/');
  });

  it.each([
    ['', 'Paste the address of a feed.'],
    ['ftp://x', 'A feed’s address starts with https:// or http://.'],
    ['javascript:alert(1)', 'A feed’s address starts with https:// or http://.'],
    ['https://', 'A feed’s address starts with https:// or http://.'],
    ['https://me:canary@x.example/', 'Remove the user name and password'],
  ])('rejects the address “%s” at its field, and sends nothing', async (url, problem) => {
    const { calls } = await openAddDialog({});
    await typeInto('feed-url', url);
    await clickOn('check');
    await clickOn('dialog-add');
    expect(document.getElementById('feed-url-problem')?.textContent).toContain(problem);
    expect(commands(calls)).not.toContain('check_feed');
    expect(commands(calls)).not.toContain('add_feed');
  });

  it.each(['alerts.example.com/stream', 'localhost:3000/events', '127.0.0.1:8080'])(
    'checks the address “%s”, whose scheme the app adds',
    async (url) => {
      const { calls } = await openAddDialog({ check_feed: () => goodReport });
      await typeInto('feed-url', url);
      await clickOn('check');
      await waitFor(() => expect(sent(calls, 'check_feed')[0]).toMatchObject({ url }));
    },
  );

  it('keeps a name that was typed', async () => {
    await openAddDialog({ check_feed: () => goodReport });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await typeInto('feed-name', '演练告警');
    await clickOn('check');
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('演练告警');
  });

  it('keeps the focus when the backdrop is pressed', async () => {
    await openAddDialog({});
    const dialog = screen.getByTestId('add-dialog');
    expect(await fireEvent.mouseDown(dialog)).toBe(false);
    expect(await fireEvent.mouseDown(screen.getByTestId('feed-url'))).toBe(true);
  });
});
