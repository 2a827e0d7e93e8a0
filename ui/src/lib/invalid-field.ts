import { tick } from 'svelte';

/** Moves the focus to the first field of the open dialog that has a problem. Resolves to whether there is one. */
export async function focusInvalidField(): Promise<boolean> {
  // A problem that was found just now is not drawn yet.
  await tick();
  const field = document.querySelector<HTMLElement>('dialog [aria-invalid=true]');
  field?.focus();
  return field !== null;
}
