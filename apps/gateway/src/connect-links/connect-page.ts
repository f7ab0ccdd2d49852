import type { connectLinks, ConnectorAuthMethod, ConnectorSummary, ReplyOf } from '@trunkline/contracts';
import { html, pageShell, type Html } from '../pages/page-shell.js';
import type { Tried } from './connect-form.js';
import { formFields } from './form-fields.js';

type Opened = ReplyOf<typeof connectLinks.open>;

export interface ConnectPage {
  /** The page's own address; its forms are below it. */
  readonly url: string;
  readonly opened: Opened;
  /** Null: still to be chosen. */
  readonly connector: ConnectorSummary | null;
  /** `data:` addresses by connector. */
  readonly logos: ReadonlyMap<string, string>;
  /** What came of a form that was sent; null: none was. */
  readonly tried: Tried | null;
}

/**
 * What a person sees who opens a link: for whom and for which product something is connected, said before anything else, and nothing
 * happens until a button is pressed (CORRECTNESS H21).
 */
export function connectPage(page: ConnectPage): string {
  const { opened, connector, tried } = page;
  const what = connector === null ? 'a system' : connector.name;
  const whom = nameOf(opened);
  const title = `${opened.reconnect ? 'Reconnect' : 'Connect'} ${what} for ${whom} to ${opened.projectName} (${opened.platformName})`;
  const body = html`${connector === null ? null : logoOf(page, connector.id)}<h1>${title}</h1>
${tried === null ? null : html`<p class="alert" role="alert">${tried.message}</p>`}
<dl><dt>For</dt><dd>${whom}</dd>${opened.endUser.email === null ? null : html`<dt>E-mail</dt><dd>${opened.endUser.email}</dd>`}<dt>Known there as</dt><dd>${opened.endUser.id}</dd><dt>Product</dt><dd>${opened.projectName}, of ${opened.platformName}</dd></dl>
<p>${opened.projectName} will be able to use the account you connect, on behalf of ${whom}. <strong>If you are not ${whom}, or do not know ${opened.projectName}, close this page:</strong> your account would be connected for somebody else.</p>
${connector === null ? choices(page) : ways(page, connector)}
<p class="soft">This page works once, until ${opened.expiresAt.slice(0, 16).replace('T', ' ')} UTC.</p>`;
  return pageShell(title, body);
}

const nameOf = ({ endUser }: Opened): string => endUser.displayName ?? endUser.email ?? endUser.id;

const logoOf = ({ logos }: ConnectPage, connector: string): Html | null => {
  const logo = logos.get(connector);
  return logo === undefined ? null : html`<img class="logo" src="${logo}" alt="">`;
};

/** Links, not a form: choosing does nothing yet. */
function choices(page: ConnectPage): Html {
  if (page.opened.connectors.length === 0) return html`<p class="alert" role="alert">There is nothing here to connect any more. Ask whoever sent the link for a new one.</p>`;
  return html`<p>Choose what to connect:</p><ul class="choices">${page.opened.connectors.map(
    ({ id, name }) => html`<li><a href="${page.url}?connector=${encodeURIComponent(id)}">${logoOf(page, id)}${name}</a></li>`,
  )}</ul>`;
}

/** Consent needs a person's browser; what is granted to a client alone has nothing to ask a person. */
const canBeAsked = ({ type, grantTypes }: ConnectorAuthMethod): boolean => type !== 'OAUTH2' || grantTypes.length === 0 || grantTypes.includes('authorization_code');

function ways(page: ConnectPage, connector: ConnectorSummary): Html {
  const methods = connector.authMethods.filter(canBeAsked);
  const other = page.opened.connectors.length > 1 ? html`<p><a href="${page.url}">Choose something else</a></p>` : null;
  return html`${methods.map((method) => html`${methods.length > 1 ? html`<h2>${headings[method.type](connector.name)}</h2>` : null}${way(page, connector, method)}`)}${other}`;
}

const headings: Readonly<Record<ConnectorAuthMethod['type'], (name: string) => string>> = {
  OAUTH2: (name) => `Log in at ${name}`,
  SECRET_TEXT: () => 'With an API key',
  BASIC_AUTH: () => 'With user name and password',
  CUSTOM_AUTH: () => 'With keys',
  JWT_BEARER: () => 'With a private key',
  KEY_PAIR: () => 'With a key pair',
  NO_AUTH: () => 'Without a key',
};

function way({ url, opened, tried }: ConnectPage, connector: ConnectorSummary, method: ConnectorAuthMethod): Html {
  const isConsent = method.type === 'OAUTH2';
  const inputs = connector.inputs.filter(({ name }) => !opened.givenInputs.includes(name));
  return html`<form method="post" action="${url}/${isConsent ? 'authorize' : 'key'}" autocomplete="off">
<input type="hidden" name="connector" value="${connector.id}">${isConsent ? null : html`<input type="hidden" name="type" value="${method.type}">`}
${formFields({ method, inputs, tried: tried?.method === method.type ? tried : null })}
<button type="submit">${isConsent ? `Continue to ${connector.name}` : `Connect ${connector.name}`}</button>
</form>`;
}
