import type { AuthPart } from '../../bindings/AuthPart';
import type { NewSecret } from '../../bindings/NewSecret';
import { t } from '../i18n/index.svelte';

export type SecretKind = 'none' | NewSecret['kind'];
/** In the order in which they are offered. */
export const secretKinds: readonly SecretKind[] = ['none', 'bearer', 'basic', 'header', 'query', 'cookie'];

/** A credential while it is typed. It is sent to the keychain and never read back. */
export class SecretForm {
  kind = $state<SecretKind>('none');
  token = $state('');
  user = $state('');
  password = $state('');
  /** The name of the header, query parameter or cookie. */
  name = $state('');
  /** Its value. */
  value = $state('');

  constructor(kind: SecretKind = 'none') {
    this.kind = kind;
  }

  /** Returns a form that renews the secret of this part, with all but the secret filled in. */
  static renewing(part: AuthPart): SecretForm {
    const form = new SecretForm(part.kind);
    if (part.kind === 'basic') form.user = part.user;
    else if (part.kind !== 'bearer') form.name = part.name;
    return form;
  }

  /** Returns which field is missing, as a sentence; null when none is. */
  get problem(): string | null {
    switch (this.kind) {
      case 'none':
        return null;
      case 'bearer':
        return this.token.trim() === '' ? t('add.token.empty') : null;
      case 'basic':
        return this.user === '' ? t('add.user.empty') : null;
      case 'header':
      case 'query':
      case 'cookie':
        if (this.name.trim() === '') return t('add.part-name.empty');
        return this.value.trim() === '' ? t('add.value.empty') : null;
    }
  }

  get isFilled(): boolean {
    return this.kind !== 'none' && this.problem === null;
  }

  /** Returns whether no credential was typed; the name of a header, parameter or cookie may be there. */
  get isUntouched(): boolean {
    return [this.token, this.user, this.password, this.value].every((text) => text === '');
  }

  /** Returns the credential to send; null when there is none. */
  take(): NewSecret | null {
    if (!this.isFilled) return null;
    switch (this.kind) {
      case 'none':
        return null;
      case 'bearer':
        return { kind: 'bearer', token: this.token.trim() };
      case 'basic':
        return { kind: 'basic', user: this.user, password: this.password };
      case 'header':
      case 'query':
      case 'cookie':
        return { kind: this.kind, name: this.name.trim(), value: this.value.trim() };
    }
  }

  /** Clears all fields. */
  clear(): void {
    this.token = '';
    this.user = '';
    this.password = '';
    this.name = '';
    this.value = '';
  }
}
