/** Texts about what a check saw on a stream. */
import type { SeenType } from '../../bindings/SeenType';
import { count, t } from '../i18n/index.svelte';
import type { Ids } from '../vocabulary';

/** Returns what is proposed for an event type and why; once a person has ticked it, only the facts. */
export function adviceText({ advice, notify, perMinute }: SeenType): string {
  const rate = perMinute === null ? null : { n: count(perMinute) };
  switch (advice) {
    case 'notify':
      return t('add.notify.once');
    case 'opening':
      return t('add.notify.opening');
    case 'frequent':
      if (rate === null) return '';
      return notify ? t('add.notify.rate', rate) : t('add.notify.rate.log', rate);
    case 'control':
      return notify ? t('add.notify.control') : t('add.notify.control.log');
    case 'unnamed': {
      const sentences = [notify ? t('add.notify.unnamed') : t('add.notify.unnamed.ask')];
      if (rate !== null) sentences.unshift(t('add.notify.rate', rate));
      return sentences.join(t('sentence.join'));
    }
  }
}

/** Returns what the ids show about resuming; null where they show nothing. */
export function idsText(ids: Ids): string | null {
  switch (ids) {
    case 'unknown':
      return null;
    case 'none':
      return t('add.ids.none');
    case 'fixed':
      return t('add.ids.fixed');
    case 'usable':
      return t('add.ids.usable');
  }
}
