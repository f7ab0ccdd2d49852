import { Secret, type ConnectorAuthMethod, type KeyCredential } from '@trunkline/contracts';
import { AppError } from '@trunkline/service';

type Members = Readonly<Record<string, string>>;
type Field = ConnectorAuthMethod['fields'][number];

/** The id of a generated key is the project's business: a person brings a key of his own. */
const notAsked = 'signing_key_id';
export const isPrivateKey = ({ name }: Pick<Field, 'name'>): boolean => name === 'private_key';

/** The fields a person is asked for. A private key is needed here, where no generated one may be named in its place. */
export const askedFields = ({ fields }: Pick<ConnectorAuthMethod, 'fields'>): Field[] =>
  fields.filter(({ name }) => name !== notAsked).map((field) => (isPrivateKey(field) ? { ...field, required: true } : field));

/**
 * The key that was typed into a form. What was left empty was not given.
 * @throws AppError VALIDATION naming every field that is missing or unknown
 */
export function keyOfForm(method: ConnectorAuthMethod, typed: Members): KeyCredential {
  const fields = askedFields(method);
  const problems = [
    ...fields.filter(({ name, required }) => required && (typed[name] ?? '') === '').map(({ name, title }) => ({ name, message: `${title} is missing` })),
    ...Object.keys(typed).filter((name) => !fields.some((field) => field.name === name)).map((name) => ({ name, message: `${name} is not asked for` })),
  ];
  if (problems.length > 0) throw new AppError('VALIDATION', `${problems.map(({ message }) => message).join('; ')}.`, { params: { members: problems } });
  const given = new Map(Object.entries(typed).filter(([, value]) => value !== ''));
  const secretOf = (name: string) => new Secret(given.get(name)!);
  const props = () => Object.fromEntries([...given].filter(([name]) => name !== 'private_key').map(([name, value]) => [name, new Secret(value)]));
  // Browsers send the line ends of a text area as CR LF; PEM files have LF.
  const privateKey = () => new Secret(`${given.get('private_key')!.replaceAll('\r\n', '\n').trim()}\n`);
  switch (method.type) {
    case 'SECRET_TEXT':
      return { type: 'SECRET_TEXT', secretText: secretOf('secret_text') };
    case 'BASIC_AUTH':
      return { type: 'BASIC_AUTH', username: given.get('username')!, password: secretOf('password') };
    case 'CUSTOM_AUTH':
      return { type: 'CUSTOM_AUTH', props: props() };
    case 'JWT_BEARER':
      return { type: 'JWT_BEARER', props: props(), privateKey: privateKey() };
    case 'KEY_PAIR':
      return { type: 'KEY_PAIR', username: given.get('username')!, privateKey: privateKey(), ...(given.has('passphrase') ? { passphrase: secretOf('passphrase') } : {}) };
    case 'NO_AUTH':
      return { type: 'NO_AUTH' };
    case 'OAUTH2':
      throw new AppError('VALIDATION', 'type: consent is no key.', { params: { issues: [{ path: 'type', message: 'is no key' }] } });
  }
}
