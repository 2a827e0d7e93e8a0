import { beforeEach, describe, expect, it } from 'vitest';
import { en, errorTexts } from '../i18n/en';
import { setLanguage } from '../i18n/index.svelte';
import { asBridgeError } from '../ipc';
import { type ProblemCode, wordsOf } from '../vocabulary';
import { errorSentence, problemSentence } from './error';

const problems: Record<ProblemCode, { 'en': string; 'zh-CN': string }> = {
  'config': {
    'en': 'The configuration has an error. Bellwire keeps using the last valid one.',
    'zh-CN': '配置有误。Bellwire 继续使用上一次有效的配置。',
  },
  'config-at-start': {
    'en': 'The configuration has an error. Bellwire receives nothing until you fix it.',
    'zh-CN': '配置有误。修复之前，Bellwire 不接收任何事件。',
  },
  'disk': {
    'en': 'The disk is full. Free some space: until then, Bellwire stops reading. No event is lost if the server replays.',
    'zh-CN': '磁盘已满。请腾出空间；在此之前 Bellwire 暂停读取。服务器若补发，则不会丢失事件。',
  },
  'store': {
    'en': 'The log cannot be written. Free some disk space: until then, Bellwire stops receiving.',
    'zh-CN': '无法写入日志。请腾出磁盘空间；在此之前 Bellwire 暂停接收。',
  },
  'replaced': {
    'en': 'The log was damaged. Bellwire kept the damaged file and started a new log.',
    'zh-CN': '日志已损坏。Bellwire 保留了损坏的文件，并新建了日志。',
  },
};

describe.each(['en', 'zh-CN'] as const)('texts in %s', (language) => {
  beforeEach(() => setLanguage(language));

  it.each(wordsOf(problems))('explain the problem %s', (code) => {
    expect(problemSentence(code)).toBe(problems[code][language]);
  });

  it('leave an unknown error to its message', () => {
    expect(errorSentence({ code: 'unknown', message: 'raw' })).toBeNull();
  });
});

describe('texts', () => {
  it('exist for nothing but the codes', () => {
    const withPrefix = (prefix: string) => wordsOf(en).filter((key) => key.startsWith(prefix));
    expect(withPrefix('error.')).toEqual(wordsOf(errorTexts));
    expect(withPrefix('problem.').sort()).toEqual(
      wordsOf(problems)
        .map((code) => `problem.${code}`)
        .sort(),
    );
  });
});

describe('asBridgeError', () => {
  it.each([
    [
      { code: 'keychain', message: 'locked' },
      { code: 'keychain', message: 'locked' },
    ],
    [
      { code: 'constructor', message: 'raw' },
      { code: 'unknown', message: 'raw' },
    ],
    [new Error('raw'), { code: 'unknown', message: 'raw' }],
    ['raw', { code: 'unknown', message: 'raw' }],
  ])('converts %j', (thrown, expected) => {
    expect(asBridgeError(thrown)).toEqual(expected);
  });
});
