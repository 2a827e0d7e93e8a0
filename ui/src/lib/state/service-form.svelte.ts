import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { KnownService } from '../../bindings/KnownService';
import type { Question } from '../../bindings/Question';
import type { ServiceChoice } from '../../bindings/ServiceChoice';
import type { Wording } from '../../bindings/Wording';
import { language } from '../i18n/index.svelte';
import * as ipc from '../ipc';

/** The known service of a new feed: which it is, whether its address was recognised, and the answers to its questions. */
export class ServiceForm {
  /** All that there are to choose from. */
  known = $state.raw<KnownService[]>([]);
  /** Whether the address was recognised, and no other service was chosen. */
  isRecognised = $state(false);
  #name = $state('');
  /** The name of a service that the address looks like; empty where there is none. */
  #similar = $state('');
  /** Whether a person chose; the address then decides no more. */
  #isChosen = false;
  readonly #answers = new SvelteMap<string, string>();
  /** The questions that a person has answered; the others follow the address. */
  readonly #typed = new SvelteSet<string>();
  /** Incremented by each look at an address, so that late answers are dropped. */
  #look = 0;

  /** The name of the chosen service; empty for a plain feed. */
  get name(): string {
    return this.#name;
  }

  get service(): KnownService | null {
    return this.known.find(({ name }) => name === this.#name) ?? null;
  }

  /** Returns the service that a plain feed may be of, until a person has chosen. */
  get similar(): KnownService | null {
    return this.known.find(({ name }) => name === this.#similar) ?? null;
  }

  /** Returns the first question that needs an answer and has none. */
  get missing(): Question | null {
    const needs = ({ key, optional, default: fallback }: Question) =>
      !optional && fallback === null && this.answer(key).trim() === '';
    return this.service?.asks.find(needs) ?? null;
  }

  answer(key: string): string {
    return this.#answers.get(key) ?? '';
  }

  typeAnswer(key: string, text: string): void {
    this.#answers.set(key, text);
    this.#typed.add(key);
  }

  /** Fetches the services. Without them, each feed is a plain one. */
  async load(): Promise<void> {
    this.known = await ipc.knownServices().catch(() => []);
  }

  /** Finds the service of an address, unless a person has chosen one. Returns whether the choice changed. */
  async recognise(url: string): Promise<boolean> {
    if (this.#isChosen) return false;
    this.#look += 1;
    const look = this.#look;
    const guess = await ipc.recogniseService(url.trim()).catch(() => null);
    if (look !== this.#look || this.#isChosen) return false;
    this.#similar = guess?.certain === false ? guess.name : '';
    const found = guess?.certain === true ? guess : null;
    const name = found?.name ?? '';
    const isOther = name !== this.#name;
    if (isOther) this.#clear();
    this.#name = name;
    this.isRecognised = found !== null;
    for (const [key, text] of Object.entries(found?.answers ?? {})) {
      if (text !== undefined && !this.#typed.has(key)) this.#answers.set(key, text);
    }
    return isOther;
  }

  /** Chooses a service by its name, or a plain feed by an empty one. */
  choose(name: string): void {
    this.#isChosen = true;
    this.isRecognised = false;
    this.#similar = '';
    this.#clear();
    this.#name = name;
  }

  /** Returns the choice to send; null for a plain feed. */
  take(): ServiceChoice | null {
    const { service } = this;
    if (service === null) return null;
    const answers = service.asks.map(({ key }) => [key, this.answer(key).trim()] as const);
    return { name: service.name, answers: Object.fromEntries(answers.filter(([, text]) => text !== '')) };
  }

  #clear(): void {
    this.#answers.clear();
    this.#typed.clear();
  }
}

/** Returns a text in the language of the window. */
export function wording(text: Wording): string {
  return text[language()];
}
