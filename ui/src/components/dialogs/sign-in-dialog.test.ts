import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { clickOn, openWindow, sent, snapshotAnswer, typeInto } from '../../test/app';
import { FakeLog, feedInfo } from '../../test/rows';

describe('SignInDialog', () => {
  it('opens from the banner and sends user and password once', async () => {
    const reason = { code: 'sign-in', status: 401, detail: null } as const;
    const feed = feedInfo({ connection: { state: 'parked', since: 0, reason, retryAt: null }, secretName: 'alerts' });
    const { calls, app } = await openWindow(new FakeLog(), snapshotAnswer({ feeds: [feed] }));
    await app.show({ feed: 'alerts', notified: false });
    await waitFor(() => screen.getByTestId('feed-banner'));
    await clickOn('feed-banner-action');
    await screen.findByTestId('sign-in-dialog');
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
    expect(new XMLSerializer().serializeToString(document)).not.toContain('canary-password');
  });
});
