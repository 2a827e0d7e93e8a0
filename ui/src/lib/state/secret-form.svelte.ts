import type { NewSecret } from '../../bindings/NewSecret';
import { t } from '../i18n/index.svelte';

export type SecretKind = 'none' | NewSecret['kind'];

/** A credential while it is typed. It is sent to the keychain and never read back. */
export class SecretForm {
  kind = $state<SecretKind>('none');
  token = $state('');
  user = $state('');
  password = $state('');

  constructor(kind: SecretKind = 'none') {
    this.kind = kind;
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
    }
  }

  get isFilled(): boolean {
    return this.kind !== 'none' && this.problem === null;
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
    }
  }

  /** Clears all fields. */
  clear(): void {
    this.token = '';
    this.user = '';
    this.password = '';
  }
}
