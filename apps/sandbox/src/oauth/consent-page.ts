import { escapeHtml, htmlPage } from '../http/html-page.js';
import type { Account } from '../options.js';

export interface Consent {
  uid: string;
  /** Name of the client that asks. */
  client: string;
  /** Scopes it asks for. */
  scopes: string[];
  accounts: Account[];
  /** The account marked at first. */
  chosen: string;
}

const MEANING: Record<string, string> = {
  'crm.read': 'read contacts, companies, deals and activities',
  'crm.write': 'add, change and delete contacts, companies, deals and activities',
  openid: 'know which account this is',
  offline_access: 'keep the access while you are away',
};

/** The page a person decides on. A program does the same with one POST of `decision` and `account`. */
export function consentPage({ uid, client, scopes, accounts, chosen }: Consent): string {
  const account = ({ id, name, plan }: Account) => {
    const input = `<input type="radio" name="account" value="${escapeHtml(id)}"${id === chosen ? ' checked' : ''} required>`;
    return `<label>${input} ${escapeHtml(name)} <small>(${escapeHtml(id)}, ${escapeHtml(plan)})</small></label>`;
  };
  const scope = (name: string) => {
    const input = `<input type="checkbox" name="scope" value="${escapeHtml(name)}" checked>`;
    return `<label>${input} <code>${escapeHtml(name)}</code>: ${escapeHtml(MEANING[name] ?? name)}</label>`;
  };
  return htmlPage({
    title: `Allow ${client} to use your CRM?`,
    body: `<p><strong>${escapeHtml(client)}</strong> asks for access to an account of the sandbox CRM.</p>
<form method="post" action="/interaction/${encodeURIComponent(uid)}">
<fieldset><legend>Account</legend>
${accounts.map(account).join('\n')}
</fieldset>
<fieldset><legend>It may</legend>
${scopes.map(scope).join('\n')}
</fieldset>
<input type="hidden" name="scopes_shown" value="true">
<button type="submit" name="decision" value="allow">Allow</button>
<button type="submit" name="decision" value="deny">Deny</button>
</form>`,
  });
}
