import { beforeEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../i18n/index.svelte';
import { errorSentence, problemSentence } from './error';

const errorCodes = [
  'config-broken',
  'config-unwritable',
  'config-inline',
  'no-such-feed',
  'feed-taken',
  'bad-address',
  'keychain',
  'demo-failed',
  'no-such-event',
  'no-such-link',
  'open-failed',
  'read-failed',
  'ended',
];

describe.each(['en', 'zh-CN'] as const)('errors and problems in %s', (language) => {
  beforeEach(() => setLanguage(language));

  it.each(errorCodes)('%s is a sentence', (code) => {
    expect(errorSentence({ code, message: 'raw' })).toMatch(/[.。]$/);
  });

  it('have no sentence for an unknown error code, and a general one for an unknown problem', () => {
    expect(errorSentence({ code: 'constructor', message: 'raw' })).toBeNull();
    expect(problemSentence('constructor')).toBe(language === 'en' ? 'Bellwire has a problem.' : 'Bellwire 出现问题。');
  });

  it('state whether events are received with a configuration error', () => {
    const sentences = ['config', 'config-at-start', 'store'].map(problemSentence);
    expect(sentences).toEqual(
      language === 'en'
        ? [
            'The configuration has an error. Bellwire keeps using the last valid one.',
            'The configuration has an error. Bellwire receives nothing until you fix it.',
            'The log cannot be written. Free some disk space: until then, Bellwire stops receiving.',
          ]
        : [
            '配置有误。Bellwire 继续使用上一次有效的配置。',
            '配置有误。修复之前，Bellwire 不接收任何事件。',
            '无法写入日志。请腾出磁盘空间；在此之前 Bellwire 暂停接收。',
          ],
    );
  });
});
