/** Texts for failed commands and for problems of the whole app. */
import { t } from '../i18n/index.svelte';
import type { BridgeError } from '../ipc';

/** A sentence in the language of the window; null where the code has none and only the English message is left. */
export function errorSentence({ code }: BridgeError): string | null {
  switch (code) {
    case 'config-broken':
    case 'config-unwritable':
    case 'config-inline':
    case 'no-such-feed':
    case 'feed-taken':
    case 'bad-address':
    case 'keychain':
    case 'demo-failed':
    case 'no-such-event':
    case 'no-such-link':
    case 'open-failed':
    case 'read-failed':
    case 'ended':
      return t(`error.${code}`);
    default:
      return null;
  }
}

/** What a problem of the whole app means. The message beside it holds the facts alone. */
export function problemSentence(code: string): string {
  switch (code) {
    case 'config':
    case 'config-at-start':
    case 'disk':
    case 'store':
    case 'replaced':
      return t(`problem.${code}`);
    default:
      return t('problem.other');
  }
}
