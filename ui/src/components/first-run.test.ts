import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../bindings/CheckReport';
import { clickOn, commands, openWindow, sent, snapshotAnswer, typeInto } from '../test/app';
import { FakeLog } from '../test/rows';

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
  exposed: null,
  seen: null,
};
describe('FirstRun', () => {
  const nothing = snapshotAnswer({ feeds: [], eventCount: 0 });

  it('opens the dialog and checks the address at once', async () => {
    const { calls } = await openWindow(new FakeLog(), { ...nothing, check_feed: () => good });
    await typeInto('first-run-url', 'https://alerts.example.com/');
    await clickOn('first-run-check');
    await screen.findByTestId('add-dialog');
    await waitFor(() =>
      expect(sent(calls, 'check_feed')).toMatchObject([{ url: 'https://alerts.example.com/', secret: null }]),
    );
  });

  it('adds the demo feeds with one click', async () => {
    const { calls } = await openWindow(new FakeLog(), nothing);
    await clickOn('demo-feeds');
    await waitFor(() => expect(commands(calls)).toContain('add_demo_feeds'));
  });
});
