/** Texts for failed commands and for problems of the whole app. */
import { t } from '../i18n/index.svelte';
import type { BridgeError } from '../ipc';
import type { ProblemCode } from '../vocabulary';

/** Returns a sentence in the language of the window; null for an unknown error, which has only its English message. */
export function errorSentence({ code }: BridgeError): string | null {
  return code === 'unknown' ? null : t(`error.${code}`);
}

/** Returns what a problem of the whole app means. Its message holds only the details. */
export function problemSentence(code: ProblemCode): string {
  return t(`problem.${code}`);
}
