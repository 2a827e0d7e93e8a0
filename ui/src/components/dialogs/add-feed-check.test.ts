import { screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { CheckReport } from '../../bindings/CheckReport';
import { enter, goodReport, marks, openAddDialog } from '../../test/add-dialog';
import { clickOn, commands, sent, settled, snapshotAnswer, typeInto } from '../../test/app';

describe('The check of AddFeedDialog', () => {
  it('checks on the first Enter in the address and adds on the second', async () => {
    const { calls } = await openAddDialog({ check_feed: () => goodReport, add_feed: () => 'new' });
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
    const { calls } = await openAddDialog({ check_feed: () => new Promise(() => {}) });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await enter();
    expect(commands(calls).filter((name) => name === 'check_feed' || name === 'add_feed')).toEqual(['check_feed']);
  });

  it('checks again on Enter after a check that failed, or a change of the address', async () => {
    let report = {
      ...goodReport,
      steps: [
        {
          step: 'connect' as const,
          ok: false,
          detail: '',
          reason: { code: 'refused' as const, status: null, detail: null },
        },
      ],
    };
    const { calls } = await openAddDialog({ check_feed: () => report });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await waitFor(() => expect(marks()[1]).toBe('bad'));
    expect(document.activeElement).toBe(screen.getByTestId('feed-url'));
    report = { ...goodReport, steps: [] };
    await enter();
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('dialog-add')));
    screen.getByTestId('feed-url').focus();
    await typeInto('feed-url', 'https://other.example.com/stream');
    await enter();
    await waitFor(() => expect(sent(calls, 'check_feed')).toHaveLength(3));
    expect(commands(calls)).not.toContain('add_feed');
  });

  it('says that adding need not wait, until it has ended', async () => {
    const footnote = 'You can add it before the check ends.';
    let answer: (report: CheckReport) => void = () => {};
    await openAddDialog({ check_feed: () => new Promise<CheckReport>((resolve) => (answer = resolve)) });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    await waitFor(() => expect(marks()[0]).toBe('now'));
    expect(screen.getByTestId('add-dialog').textContent).toContain(footnote);
    answer(goodReport);
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    expect(screen.getByTestId('add-dialog').textContent).not.toContain(footnote);
  });

  it('leaves the focus where it is when it has left the address', async () => {
    let answer: (report: CheckReport) => void = () => {};
    await openAddDialog({ check_feed: () => new Promise<CheckReport>((resolve) => (answer = resolve)) });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await enter();
    screen.getByTestId('feed-name').focus();
    await waitFor(() => expect(marks()[0]).toBe('now'));
    answer(goodReport);
    await waitFor(() => expect(marks()[0]).toBe('ok'));
    await settled();
    expect(document.activeElement).toBe(screen.getByTestId('feed-name'));
  });

  const silent: CheckReport = {
    ...goodReport,
    steps: [
      ...goodReport.steps.slice(0, 1),
      { step: 'answer', ok: null, detail: '', reason: { code: 'no-answer', status: null, detail: null } },
    ],
  };

  it.each([
    ['en', ['203.0.113.18', 'Not known yet', 'No answer yet. You can add it anyway.', 'Not reached', 'Not reached']],
    ['zh-CN', ['203.0.113.18', '尚不清楚', '尚无应答。仍然可以添加。', '未进行', '未进行']],
  ] as const)('shows in %s how far the check of a silent server came', async (language, words) => {
    await openAddDialog({ ...snapshotAnswer({ language }), check_feed: () => silent });
    await typeInto('feed-url', 'https://alerts.example.com/stream');
    await clickOn('check');
    await waitFor(() => expect(marks()).toEqual(['ok', 'open', 'open', 'unreached', 'unreached']));
    expect([...document.querySelectorAll('[data-step] .step-detail')].map(({ textContent }) => textContent)).toEqual(
      words,
    );
    expect(screen.getByTestId('dialog-add')).toHaveProperty('disabled', false);
  });

  it('drops the result of a check when the address has changed', async () => {
    const answers: ((report: CheckReport) => void)[] = [];
    await openAddDialog({ check_feed: () => new Promise<CheckReport>((resolve) => answers.push(resolve)) });
    await typeInto('feed-url', 'https://one.example/');
    await clickOn('check');
    await typeInto('feed-url', 'https://two.example/');
    await clickOn('check');
    await waitFor(() => expect(answers).toHaveLength(2));
    answers[0]?.({ ...goodReport, suggestedName: 'one.example' });
    await settled();
    expect(marks()).toEqual(['now', 'wait', 'wait', 'wait', 'wait']);
    answers[1]?.({ ...goodReport, suggestedName: 'two.example' });
    await waitFor(() => expect((screen.getByTestId('feed-name') as HTMLInputElement).value).toBe('two.example'));
  });
});
