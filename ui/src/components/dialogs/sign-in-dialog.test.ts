import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { AuthPart } from '../../bindings/AuthPart';
import { clickOn, openWindow, sent, snapshotAnswer, typeInto } from '../../test/app';
import { FakeLog, feedInfo } from '../../test/rows';

/** Opens the dialog of a feed that signs in like this, from its banner. */
async function open(auth: AuthPart[]) {
  const reason = { code: 'sign-in', status: 401, detail: null } as const;
  const feed = feedInfo({ connection: { state: 'parked', since: 0, reason, retryAt: null }, auth });
  const { calls, app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feed] }));
  await app.show({ feed: 'alerts', notified: false });
  await waitFor(() => screen.getByTestId('feed-banner'));
  await clickOn('feed-banner-action');
  await screen.findByTestId('sign-in-dialog');
  return calls;
}

const valueOf = (testid: string) => (screen.getByTestId(testid) as HTMLInputElement).value;
const page = () => new XMLSerializer().serializeToString(document);

describe('SignInDialog', () => {
  it('opens from the banner and sends user and password once', async () => {
    const calls = await open([]);
    await clickOn('dialog-sign-in');
    expect(screen.getByRole('alert').textContent).toBe('Paste the token.');
    await fireEvent.change(screen.getByTestId('secret-kind'), { target: { value: 'basic' } });
    await screen.findByTestId('secret-user');
    await typeInto('secret-user', 'ops');
    await typeInto('secret-password', 'canary-password');
    await clickOn('dialog-sign-in');
    await waitFor(() => expect(screen.queryByTestId('sign-in-dialog')).toBeNull());
    expect(sent(calls, 'sign_in')).toEqual([
      { id: 'alerts', secret: { kind: 'basic', user: 'ops', password: 'canary-password' } },
    ]);
    expect(page()).not.toContain('canary-password');
  });

  it.each([
    ['header', 'Header name'],
    ['query', 'Parameter'],
    ['cookie', 'Cookie name'],
  ] as const)('keeps the form of a feed with a %s', async (kind, label) => {
    const calls = await open([{ kind, name: 'session', secretName: 'ops' }]);
    expect(screen.getByLabelText(label)).toBe(screen.getByTestId('secret-name'));
    const value = screen.getByTestId('secret-value') as HTMLInputElement;
    expect([valueOf('secret-kind'), valueOf('secret-name'), value.type]).toEqual([kind, 'session', 'password']);
    await waitFor(() => expect(document.activeElement).toBe(value));
    screen.getByTestId('dialog-sign-in').focus();
    await clickOn('dialog-sign-in');
    expect(screen.getByRole('alert').textContent).toBe('Paste the secret.');
    await waitFor(() => expect(document.activeElement).toBe(value));
    await typeInto('secret-value', ' canary-value ');
    await fireEvent.keyDown(value, { key: 'Enter' });
    await waitFor(() => expect(screen.queryByTestId('sign-in-dialog')).toBeNull());
    expect(sent(calls, 'sign_in')).toEqual([
      { id: 'alerts', secret: { kind, name: 'session', value: 'canary-value' } },
    ]);
    expect(page()).not.toContain('canary-value');
  });

  it('keeps the user of a feed with a password', async () => {
    await open([{ kind: 'basic', user: 'ann', secretName: 'ops' }]);
    expect([valueOf('secret-kind'), valueOf('secret-user')]).toEqual(['basic', 'ann']);
  });

  it('asks for each secret of a feed with several, and sends those that were typed', async () => {
    const calls = await open([
      { kind: 'basic', user: 'ann', secretName: 'shared' },
      { kind: 'query', name: 'key', secretName: 'shared' },
      { kind: 'cookie', name: 'session', secretName: 'my session' },
    ]);
    expect(screen.queryByTestId('secret-kind')).toBeNull();
    const shared = screen.getByLabelText('Password of ann, Query parameter key');
    const session = screen.getByLabelText('Cookie session');
    expect(session.getAttribute('type')).toBe('password');
    expect(page()).toContain('In the keychain: my session');
    await waitFor(() => expect(document.activeElement).toBe(shared));
    await clickOn('dialog-sign-in');
    expect(screen.getByRole('alert').textContent).toBe('Paste at least one secret.');
    await typeInto('renew-my session', 'canary-session');
    await clickOn('dialog-sign-in');
    await waitFor(() => expect(screen.queryByTestId('sign-in-dialog')).toBeNull());
    expect(sent(calls, 'renew_secrets')).toEqual([
      { id: 'alerts', secrets: [{ name: 'my session', text: 'canary-session' }] },
    ]);
    expect(sent(calls, 'sign_in')).toEqual([]);
    expect(page()).not.toContain('canary-session');
  });
});
