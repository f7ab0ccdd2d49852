import type { Connector } from '@trunkline/catalog';
import type { ErrorCode } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';
import { providerWords } from './provider-words.js';

type Sentence = (name: string) => string;

const denied: Sentence = (name) => `Access was not granted at ${name}`;
const askedWrongly: Sentence = (name) => `${name} does not take the request as the OAuth app makes it; an operator must check how the app is registered there`;

/** RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, and what LinkedIn and Meta say in place of the first. */
const sentences: Readonly<Record<string, readonly [ErrorCode, Sentence]>> = {
  access_denied: ['AUTHORIZATION_DENIED', denied],
  user_denied: ['AUTHORIZATION_DENIED', denied],
  user_cancelled_login: ['AUTHORIZATION_DENIED', denied],
  user_cancelled_authorize: ['AUTHORIZATION_DENIED', denied],
  invalid_scope: ['AUTHORIZATION_FAILED', (name) => `${name} does not know one of the permissions that were asked for, or the OAuth app may not ask for it`],
  invalid_request: ['AUTHORIZATION_FAILED', askedWrongly],
  unauthorized_client: ['AUTHORIZATION_FAILED', askedWrongly],
  unsupported_response_type: ['AUTHORIZATION_FAILED', askedWrongly],
  server_error: ['AUTHORIZATION_FAILED', (name) => `${name} had a fault of its own. Start again`],
  temporarily_unavailable: ['AUTHORIZATION_FAILED', (name) => `${name} is too busy or under repair just now. Start again in some minutes`],
  interaction_required: ['AUTHORIZATION_FAILED', (name) => `${name} wants to ask the person something first. Start again and answer it`],
  login_required: ['AUTHORIZATION_FAILED', (name) => `Nobody was signed in at ${name}. Start again and sign in there`],
  account_selection_required: ['AUTHORIZATION_FAILED', (name) => `No account was chosen at ${name}. Start again and choose one`],
  consent_required: ['AUTHORIZATION_FAILED', (name) => `Nobody consented at ${name}. Start again and allow the access there`],
};

/** The error a provider sent to our callback, in words for the person. What the provider says itself comes last and is a stranger's text. */
export function consentRefusal({ id, name }: Pick<Connector, 'id' | 'name'>, error: string, description: string | undefined): AppError {
  const [code, sentence] = Object.hasOwn(sentences, error) ? sentences[error]! : (['AUTHORIZATION_FAILED', () => `${name} ended the authorization (${providerWords(error) ?? 'without a reason'})`] as const);
  const words = providerWords(description);
  return new AppError(code, `${sentence(name)}${words === null ? '.' : `: ${words}`}`, { params: { connector: id, providerError: providerWords(error), providerMessage: words } });
}
