import { SvelteMap } from 'svelte/reactivity';
import type { CheckReport } from '../../bindings/CheckReport';
import type { CheckStep } from '../../bindings/CheckStep';
import type { SeenType } from '../../bindings/SeenType';
import { t } from '../i18n/index.svelte';
import * as ipc from '../ipc';
import { type CheckStage, wordsOf } from '../vocabulary';
import { SecretForm } from './secret-form.svelte';
import { ServiceForm, wording } from './service-form.svelte';

/**
 * `ok`, `bad` and `open` (not known yet) are results of a check; `now` and `wait` are steps that it may still reach;
 * `unreached` are steps after its end.
 */
export type StepMark = 'ok' | 'bad' | 'open' | 'now' | 'wait' | 'unreached';
export type ShownStep = { step: CheckStage; mark: StepMark; answer: CheckStep | null };

/** The stages of a check, in order. */
const stages: Record<CheckStage, true> = {
  'address': true,
  'connect': true,
  'answer': true,
  'type': true,
  'first-event': true,
};
const stageNames = wordsOf(stages);

/** The form that adds a feed. Adding does not wait for the check. */
export class AddFeedForm {
  url = $state('');
  name = $state('');
  readonly secret = new SecretForm();
  readonly service = new ServiceForm();
  /** The newest report. While `checking`, it is what is known so far. */
  report = $state.raw<CheckReport | null>(null);
  checking = $state(false);
  adding = $state(false);
  urlProblem = $state<string | null>(null);
  secretProblem = $state<string | null>(null);
  serviceProblem = $state<string | null>(null);
  /** The error of the last check or addition that did not run. */
  failure = $state.raw<{ doing: 'check' | 'add'; error: ipc.BridgeError } | null>(null);
  #nameTyped = false;
  /** The event types that a person has ticked or unticked; the others are as proposed. */
  readonly #ticks = new SvelteMap<string, boolean>();
  /** Incremented by each check and each change of the address, so that late answers are dropped. */
  #check = 0;
  /** Resolves when the last check that was stopped has been told so: the next one must not be stopped in its place. */
  #stopping: Promise<unknown> = Promise.resolve();

  constructor(url: string) {
    this.url = url;
  }

  get steps(): ShownStep[] {
    const answers = this.report?.steps ?? [];
    const last = Math.max(-1, ...answers.map(({ step }) => stageNames.indexOf(step)));
    return stageNames.map((step, index) => {
      const answer = answers.find((each) => each.step === step) ?? null;
      if (answer !== null) return { step, mark: answer.ok === null ? 'open' : answer.ok ? 'ok' : 'bad', answer };
      if (index < last) return { step, mark: 'open', answer: null };
      if (this.checking) return { step, mark: index === last + 1 ? 'now' : 'wait', answer: null };
      return { step, mark: this.report === null ? 'wait' : 'unreached', answer: null };
    });
  }

  /** Returns the event types that came, with the person's choice or the proposal; none where a service has rules. */
  get types(): SeenType[] {
    if (this.service.service !== null) return [];
    const types = this.report?.seen?.types ?? [];
    return types.map((seen) => ({ ...seen, notify: this.#ticks.get(seen.event) ?? seen.notify }));
  }

  /** Returns the step at which the check failed. */
  get failed(): CheckStep | null {
    return this.report?.steps.find(({ ok }) => ok === false) ?? null;
  }

  get wantsSignIn(): boolean {
    return this.failed?.reason?.code === 'sign-in';
  }

  /** Returns whether a check finished without a failed step. */
  get passed(): boolean {
    return !this.checking && this.report?.addable === true && this.failed === null;
  }

  get canAdd(): boolean {
    return !this.adding && this.report?.addable !== false;
  }

  /** Returns whether no answer and no secret is missing. */
  get isComplete(): boolean {
    return this.service.missing === null && this.secret.problem === null;
  }

  typedUrl(): void {
    this.#forgetCheck();
    this.urlProblem = null;
    void this.recognise();
  }

  /** Finds the service of the address. */
  async recognise(): Promise<void> {
    if (await this.service.recognise(this.url)) this.#suggestSignIn();
  }

  /** Chooses a known service by its name, or a plain feed by an empty one. */
  chooseService(name: string): void {
    this.#forgetCheck();
    this.service.choose(name);
    this.#suggestSignIn();
  }

  /** Offers the service's way to sign in, unless a person has begun to type a credential. */
  #suggestSignIn(): void {
    this.serviceProblem = null;
    if (!this.secret.isUntouched) return;
    const signIn = this.service.service?.signIn ?? null;
    this.secret.name = signIn?.name ?? '';
    this.secret.kind = signIn !== null && !signIn.optional ? signIn.kind : 'none';
  }

  #forgetCheck(): void {
    void this.stop();
    this.report = null;
    this.#ticks.clear();
    this.failure = null;
  }

  typedName(): void {
    this.#nameTyped = this.name !== '';
  }

  tick(event: string, notify: boolean): void {
    this.#ticks.set(event, notify);
  }

  /** Ends the running check, if there is one, and keeps what it has found so far. */
  async stop(): Promise<void> {
    this.#check += 1;
    if (!this.checking) return;
    this.checking = false;
    // The check ends by itself within 18 s even if it could not be stopped.
    this.#stopping = ipc.stopCheck().catch(() => null);
    await this.#stopping;
  }

  async check(): Promise<void> {
    if (!this.#isValid()) return;
    this.#check += 1;
    const check = this.#check;
    this.report = null;
    this.failure = null;
    this.checking = true;
    try {
      const onReport = (report: CheckReport) => {
        if (check === this.#check && this.checking) this.#take(report);
      };
      await this.#stopping;
      const report = await ipc.checkFeed(this.url.trim(), this.secret.take(), this.service.take(), onReport);
      if (check === this.#check) this.#take(report);
    } catch (thrown) {
      if (check === this.#check) this.failure = { doing: 'check', error: ipc.asBridgeError(thrown) };
    } finally {
      if (check === this.#check) this.checking = false;
    }
  }

  #take(report: CheckReport): void {
    this.report = report;
    if (!this.#nameTyped) this.name = report.suggestedName;
    if (this.wantsSignIn && this.secret.kind === 'none')
      this.secret.kind = this.service.service?.signIn?.kind ?? 'bearer';
  }

  /**
   * Adds the feed, with a rule for each event type whose choice needs one, and clears the credential. Does not wait for
   * a running check: what it has seen so far decides. Returns the new feed's id; null when it was not added.
   */
  async add(): Promise<string | null> {
    if (!this.canAdd || !this.#isValid(this.wantsSignIn)) return null;
    this.adding = true;
    this.failure = null;
    const choices = this.types.map(({ event, notify }) => ({ event, notify }));
    try {
      // Ended first: some servers allow one connection at a time.
      await this.stop();
      const name = this.name.trim();
      const id = await ipc.addFeed({
        url: this.url.trim(),
        name: name === '' ? null : name,
        secret: this.secret.take(),
        choices,
        service: this.service.take(),
      });
      this.secret.clear();
      return id;
    } catch (thrown) {
      this.failure = { doing: 'add', error: ipc.asBridgeError(thrown) };
      return null;
    } finally {
      this.adding = false;
    }
  }

  /** Validates the fields. With `secretMayMiss`, an empty credential is valid. */
  #isValid(secretMayMiss = false): boolean {
    this.urlProblem = urlProblem(this.url.trim());
    this.secretProblem = secretMayMiss && this.secret.isUntouched ? null : this.secret.problem;
    const { missing } = this.service;
    this.serviceProblem = missing === null ? null : t('service.missing', { question: wording(missing.text) });
    return [this.urlProblem, this.secretProblem, this.serviceProblem].every((problem) => problem === null);
  }
}

/** Returns what is wrong with an address, as a sentence; null when nothing is. The app validates it again. */
function urlProblem(url: string): string | null {
  if (url === '') return t('add.url.empty');
  // `example.com/stream` is read as https; after the colon of `localhost:3000` comes a port.
  const hasScheme = /^[a-z][a-z\d+.-]*:(?!\d+(?:[/?#]|$))/i.test(url);
  const whole = hasScheme ? url : `https://${url}`;
  if (!/^https?:\/\//i.test(whole) || !URL.canParse(whole)) return t('add.url.scheme');
  const { username, password } = new URL(whole);
  return username === '' && password === '' ? null : t('add.url.userinfo');
}
