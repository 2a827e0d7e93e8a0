/** What a known service sets for a new feed, in words. */
import type { KnownService } from '../../bindings/KnownService';
import { language, t } from '../i18n/index.svelte';
import { wording } from '../state/service-form.svelte';

/** One thing that is set. `limits`: it says what the feed cannot do. */
export type ServiceSet = { title: string; text: string; limits: boolean };

export function serviceSets(service: KnownService): ServiceSet[] {
  const sets: ServiceSet[] = [resumes(service)];
  const add = (title: string, text: string, limits = false) => sets.push({ title, text, limits });
  if (service.control.length > 0) {
    add(t('service.control'), t('service.control.text', { names: service.control.join(listComma()) }));
  }
  if (service.typesFromData) add(t('service.types'), t('service.types.text'));
  if (service.subscribes) add(t('service.subscribes'), t('service.subscribes.text'));
  if (service.posts) add(t('service.posts'), t('service.posts.text'), true);
  add(t('service.rules'), t('service.rules.text'));
  const { signIn } = service;
  if (signIn === null) add(t('service.no-sign-in'), t('service.no-sign-in.text'));
  else if (signIn.optional)
    add(t('service.sign-in.optional'), t('service.sign-in.text', { what: wording(signIn.text) }));
  else add(t('service.sign-in'), t('service.sign-in.text', { what: wording(signIn.text) }));
  return sets;
}

function resumes({ resumes }: KnownService): ServiceSet {
  switch (resumes.by) {
    case 'last-event-id':
      return { title: t('service.resumes'), text: t('service.resumes.id'), limits: false };
    case 'query':
      return { title: t('service.resumes'), text: t('service.resumes.query', { name: resumes.name }), limits: false };
    case 'nothing':
      return { title: t('service.no-resume'), text: t('service.no-resume.text'), limits: true };
  }
}

function listComma(): string {
  return language() === 'zh-CN' ? '、' : ', ';
}
