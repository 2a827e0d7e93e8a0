import type { AuthPart } from '../../bindings/AuthPart';
import type { RenewedSecret } from '../../bindings/RenewedSecret';
import { t } from '../i18n/index.svelte';

/** One secret of a feed, and all that it is for. */
export type Renewable = { secretName: string; uses: string[] };

/** New texts for the secrets of a feed that has several, by their names. They are sent to the keychain and never read back. */
export class RenewalForm {
  readonly secrets: Renewable[];
  /** The text of each secret; empty for one that stays. */
  texts = $state<Record<string, string>>({});

  constructor(parts: AuthPart[]) {
    const all = parts.map(({ secretName }) => secretName);
    const names = all.filter((name, index) => all.indexOf(name) === index);
    this.secrets = names.map((secretName) => ({
      secretName,
      uses: parts.filter((part) => part.secretName === secretName).map(useOf),
    }));
    this.clear();
  }

  /** Returns what is missing, as a sentence; null when nothing is. */
  get problem(): string | null {
    return this.take().length === 0 ? t('sign-in.empty') : null;
  }

  /** Returns the secrets to send. */
  take(): RenewedSecret[] {
    const renewed = this.secrets.map(({ secretName }) => ({
      name: secretName,
      text: this.texts[secretName]?.trim() ?? '',
    }));
    return renewed.filter(({ text }) => text !== '');
  }

  /** Clears all fields. */
  clear(): void {
    this.texts = Object.fromEntries(this.secrets.map(({ secretName }) => [secretName, '']));
  }
}

function useOf(part: AuthPart): string {
  switch (part.kind) {
    case 'bearer':
      return t('sign-in.part.bearer');
    case 'basic':
      return t('sign-in.part.basic', { name: part.user });
    case 'header':
    case 'query':
    case 'cookie':
      return t(`sign-in.part.${part.kind}`, { name: part.name });
  }
}
