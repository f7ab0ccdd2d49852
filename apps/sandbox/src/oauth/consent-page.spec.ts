import { consentPage } from './consent-page.js';

describe('the consent page', () => {
  it('shows names as text, whatever is in them', () => {
    const page = consentPage({
      uid: 'u"><x',
      client: '<img src=x onerror=alert(1)>',
      scopes: ['crm.read', '"><script>'],
      accounts: [{ id: 'acc_1', name: "O'Hara & <b>Söhne</b>", plan: 'x' }],
      chosen: 'acc_1',
    });
    expect(page).not.toMatch(/<img|<script|<b>|<x/);
    expect(page).toContain('O&#39;Hara &#38; &#60;b&#62;Söhne');
  });

  it('labels every field and marks one account', () => {
    const accounts = [{ id: 'acc_1', name: 'A', plan: 'p' }, { id: 'acc_2', name: 'B', plan: 'p' }];
    const page = consentPage({ uid: 'u', client: 'c', scopes: ['crm.read'], accounts, chosen: 'acc_2' });
    expect(page.match(/<label><input/g)).toHaveLength(3);
    expect(page.match(/type="radio"[^>]*checked/g)).toHaveLength(1);
    expect(page).toMatch(/value="acc_2" checked/);
    expect(page.match(/name="decision" value="(allow|deny)"/g)).toHaveLength(2);
  });
});
