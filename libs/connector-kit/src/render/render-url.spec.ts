import { parseTemplate } from '@trunkline/catalog';
import { ProviderError } from '../provider-error.js';
import { renderUrl } from './render-url.js';

const render = (template: string, inputs: Record<string, string> = {}, settings: Record<string, string> = {}) => renderUrl(parseTemplate(template), { inputs, settings });

describe('a URL with values filled in', () => {
  it.each<[string, string, string]>([
    ['https://{{inputs.x}}.acme.test/a', 'north-1', 'https://north-1.acme.test/a'],
    ['/items/{{inputs.x}}/all', 'plain', '/items/plain/all'],
    ['/items/{{inputs.x}}', 'a b/c?d#e', '/items/a%20b%2Fc%3Fd%23e'],
    ['/items/{{inputs.x}}', '%2e%2e', '/items/%252e%252e'],
    ['/items/x{{inputs.x}}', '..', '/items/x..'],
    ['{{inputs.x}}/oauth', 'https://idp.test/realm/', 'https://idp.test/realm/oauth'],
    ['{{inputs.x}}', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s with %j', (template, value, expected) => {
    expect(render(template, { x: value })).toBe(expected);
  });

  it.each<[string, string]>([
    ['https://{{inputs.x}}.acme.test/a', 'evil.test/'],
    ['https://{{inputs.x}}.acme.test/a', 'evil.test#'],
    ['https://{{inputs.x}}.acme.test/a', 'evil.test?'],
    ['https://{{inputs.x}}.acme.test/a', 'user@evil'],
    ['https://{{inputs.x}}.acme.test/a', 'evil:8080'],
    ['https://{{inputs.x}}.acme.test/a', 'evil\\x'],
    ['https://{{inputs.x}}.acme.test/a', 'evil.test%2f'],
    ['https://{{inputs.x}}.acme.test/a', ' '],
    ['https://{{inputs.x}}.acme.test/a', '.'],
    ['https://{{inputs.x}}.acme.test/a', 'ab\n'],
    ['/items/{{inputs.x}}', '..'],
    ['/items/{{inputs.x}}', '.'],
    ['/items/{{inputs.x}}/b', '\ud800'],
    ['{{inputs.x}}/oauth', 'ftp://idp.test'],
    ['{{inputs.x}}/oauth', 'javascript:alert(1)'],
    ['{{inputs.x}}/oauth', '//idp.test'],
    ['{{inputs.x}}/oauth', 'https://user:pass@idp.test'],
    ['{{inputs.x}}/oauth', 'https://idp.test?x='],
    ['{{inputs.x}}/oauth', 'https://idp.test/#'.concat('x')],
    ['{{inputs.x}}/oauth', ''],
  ])('%s refuses %j', (template, value) => {
    expect(() => render(template, { x: value })).toThrow(ProviderError);
  });

  it('refuses a value that is missing or only inherited', () => {
    expect(() => render('/items/{{inputs.x}}')).toThrow('"x" is missing');
    expect(() => render('/items/{{inputs.x}}', Object.create({ x: 'y' }) as Record<string, string>)).toThrow('"x" is missing');
  });
});
