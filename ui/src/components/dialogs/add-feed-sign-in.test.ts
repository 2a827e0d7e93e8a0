import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { goodReport, marks, openAddDialog, signInReport } from '../../test/add-dialog';
import { clickOn, sent, typeInto } from '../../test/app';

describe('The sign-in of AddFeedDialog', () => {
  it('asks for a token after a 401, sends it once, and clears it', async () => {
    const { calls } = await openAddDialog({
      check_feed: ({ secret }: { secret: unknown }) => (secret === null ? signInReport : goodReport),
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
    const { calls } = await openAddDialog({
      check_feed: ({ secret }: { secret: unknown }) => (secret === null ? signInReport : goodReport),
      add_feed: () => 'new',
    });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await fireEvent.change(screen.getByTestId('secret-kind'), { target: { value: kind } });
    const value = (await screen.findByTestId('secret-value')) as HTMLInputElement;
    expect(value.type).toBe('password');
    await clickOn('check');
    await screen.findByText('Enter the name.');
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('secret-name')));
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
    const { calls } = await openAddDialog({ check_feed: () => signInReport, add_feed: () => 'new' });
    await typeInto('feed-url', 'https://alerts.example.com/');
    await clickOn('check');
    await screen.findByTestId('wants-sign-in');
    await clickOn('dialog-add');
    await waitFor(() => expect(sent(calls, 'add_feed')).toMatchObject([{ secret: null }]));
  });
});
