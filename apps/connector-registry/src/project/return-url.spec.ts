import { allowedReturnUrl, returnUrlProblem } from './return-url.js';

describe('what may be a return URL', () => {
  it.each(['https://app.example.com/done', 'http://localhost:3000/done?tab=1'])('%s', (url) => {
    expect(returnUrlProblem(url)).toBeNull();
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://user:pass@example.com/', 'https://example.com/#x', 'ftp://example.com/'])('not %s', (url) => {
    expect(returnUrlProblem(url)).not.toBeNull();
  });
});

describe('the return URL of a walk', () => {
  const list = ['https://app.example.com/done'];

  it('is one of the list, or none', () => {
    expect(allowedReturnUrl(list, list[0])).toBe(list[0]);
    expect(allowedReturnUrl(list, undefined)).toBe(list[0]);
    expect(allowedReturnUrl([], undefined)).toBeNull();
  });

  it.each([
    'https://app.example.com/done/',
    'https://app.example.com/done?x=1',
    'https://APP.example.com/done',
    'https://app.example.com',
    'https://evil.test/https://app.example.com/done',
  ])('is not %s', (url) => {
    expect(() => allowedReturnUrl(list, url)).toThrow(expect.objectContaining({ code: 'RETURN_URL_NOT_ALLOWED' }));
  });
});
