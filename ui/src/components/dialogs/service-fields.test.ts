import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { RecognisedService } from '../../bindings/RecognisedService';
import { openAddDialog } from '../../test/add-dialog';
import { clickOn, commands, sent, snapshotAnswer, typeInto } from '../../test/app';
import { golden } from '../../test/golden';

const byHost = ({ url }: { url: string }): RecognisedService | null => {
  if (url.includes('ntfy.sh')) return { name: 'ntfy', certain: true, answers: { topic: url.split('/').pop() ?? '' } };
  if (url.includes('clip/v2')) return { name: 'hue', certain: true, answers: {} };
  if (url.includes('/payments')) return { name: 'stellar', certain: false, answers: {} };
  return url.includes('realtime') ? { name: 'pocketbase', certain: true, answers: {} } : null;
};

const open = (answers: Record<string, (args: never) => unknown> = {}) =>
  openAddDialog({
    known_services: () => golden.KnownService,
    recognise_service: byHost,
    check_feed: () => new Promise(() => {}),
    add_feed: () => 'new',
    ...answers,
  });

const note = () => screen.queryByTestId('service-note')?.textContent ?? null;
const value = (testid: string) => (screen.getByTestId(testid) as HTMLInputElement).value;
const choose = (name: string) => fireEvent.change(screen.getByTestId('service'), { target: { value: name } });

describe('A known service', () => {
  it('is recognised by the address, which says what is set and holds an answer', async () => {
    const { calls } = await open();
    await typeInto('feed-url', 'https://ntfy.sh/alerts');
    await waitFor(() => expect(note()).toContain('ntfy Recognised by the address.'));
    expect(note()).toContain('Push messages of a topic, with their priority, title and link.');
    expect(value('answer-topic')).toBe('alerts');
    const sets = screen.getByTestId('service-sets').textContent;
    expect(sets).toContain('Asks with since= for what came after the last event.');
    expect(sets).toContain('open, keepalive, poll_request are shown faintly and never notify.');
    expect(value('secret-kind')).toBe('none');
    await clickOn('check');
    const service = { name: 'ntfy', answers: { topic: 'alerts' } };
    await waitFor(() => expect(sent(calls, 'check_feed')[0]).toMatchObject({ service }));
    await clickOn('dialog-add');
    await waitFor(() => expect(sent(calls, 'add_feed')[0]).toMatchObject({ service, choices: [] }));
  });

  it('follows the address until a person has typed an answer', async () => {
    await open();
    await typeInto('feed-url', 'https://ntfy.sh/alerts');
    await waitFor(() => expect(value('answer-topic')).toBe('alerts'));
    await typeInto('feed-url', 'https://ntfy.sh/backup');
    await waitFor(() => expect(value('answer-topic')).toBe('backup'));
    await typeInto('answer-topic', 'disk');
    await typeInto('feed-url', 'https://ntfy.sh/other');
    await waitFor(() => expect(note()).toContain('Recognised'));
    expect(value('answer-topic')).toBe('disk');
    await typeInto('feed-url', 'https://example.com/stream');
    await waitFor(() => expect(note()).toBeNull());
  });

  it('is suggested where an address only looks like one of its, and set up by one click', async () => {
    const { calls } = await open();
    await typeInto('feed-url', 'https://example.com/accounts/GA2/payments');
    await waitFor(() => expect(note()).toContain('Stellar Horizon Perhaps, by the address.'));
    expect(value('service')).toBe('');
    await clickOn('other-service');
    await waitFor(() => expect(note()).toContain('Chosen by you.'));
    await clickOn('dialog-add');
    await waitFor(() => expect(sent(calls, 'add_feed')[0]).toMatchObject({ service: { name: 'stellar' } }));
  });

  it('becomes a plain feed, whatever the address is then', async () => {
    const { calls } = await open();
    await typeInto('feed-url', 'https://bridge.example/eventstream/clip/v2');
    await waitFor(() => expect(value('secret-kind')).toBe('header'));
    expect(value('secret-name')).toBe('hue-application-key');
    await clickOn('other-service');
    await waitFor(() => expect(note()).toBeNull());
    expect(value('secret-kind')).toBe('none');
    await typeInto('feed-url', 'https://ntfy.sh/alerts');
    await clickOn('dialog-add');
    await waitFor(() => expect(sent(calls, 'add_feed')[0]).toMatchObject({ service: null, secret: null }));
  });

  it('can be chosen, and is neither checked nor added without the answer that it needs', async () => {
    const { calls } = await open();
    await typeInto('feed-url', 'https://pb.example.com/api/realtime');
    await waitFor(() => expect(note()).toContain('PocketBase'));
    await clickOn('check');
    await clickOn('dialog-add');
    const missing = 'Fill in: Topics, such as orders or orders/RECORD_ID.';
    await waitFor(() => expect(screen.getByText(missing)).toBeTruthy());
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('answer-topics')));
    expect(commands(calls).filter((name) => name === 'check_feed' || name === 'add_feed')).toEqual([]);
    await choose('couchdb');
    await waitFor(() => expect(note()).toContain('CouchDB Chosen by you.'));
    expect(screen.queryByText(missing)).toBeNull();
    await typeInto('answer-db', 'orders');
    expect((screen.getByTestId('answer-since') as HTMLInputElement).placeholder).toBe('now');
    await clickOn('dialog-add');
    const service = { name: 'couchdb', answers: { db: 'orders' } };
    await waitFor(() => expect(sent(calls, 'add_feed')[0]).toMatchObject({ service }));
  });

  it('keeps a secret that was typed before it was recognised', async () => {
    const { calls } = await open();
    await fireEvent.change(screen.getByTestId('secret-kind'), { target: { value: 'bearer' } });
    await typeInto('secret-token', 'tk_s3cret');
    await typeInto('feed-url', 'https://ntfy.sh/alerts');
    await waitFor(() => expect(note()).toContain('ntfy'));
    await clickOn('dialog-add');
    const secret = { kind: 'bearer', token: 'tk_s3cret' };
    await waitFor(() => expect(sent(calls, 'add_feed')[0]).toMatchObject({ secret }));
  });

  it('is described in the language of the window', async () => {
    await open(snapshotAnswer({ language: 'zh-CN' }));
    await typeInto('feed-url', 'https://ntfy.sh/alerts');
    await waitFor(() => expect(note()).toContain('根据地址识别。'));
    expect(note()).toContain('某个主题的推送消息');
    expect(screen.getByLabelText('主题')).toBe(screen.getByTestId('answer-topic'));
  });
});
