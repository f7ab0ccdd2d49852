import { z } from 'zod';
import { authMethodName, connectionInputs } from '@trunkline/contracts';

const connector = z.string().trim().min(1).max(128);

/** What a page's forms send. */
export const authorizeForm = z.strictObject({ connector, inputs: connectionInputs.default({}) });
export const keyForm = z.strictObject({
  connector,
  type: authMethodName.exclude(['OAUTH2']),
  inputs: connectionInputs.default({}),
  members: z.record(z.string().min(1).max(64), z.string().max(65_536)).default({}).describe('Fields of the key, as the catalog names them.'),
});

/** What was wrong with a form, and what was typed into it. Secrets are typed again. */
export interface Tried {
  readonly method: z.output<typeof authMethodName>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, string>>;
  readonly message: string;
  /** By the field's name in the form. */
  readonly problems: ReadonlyMap<string, string>;
}

const problemList = z.array(z.object({ name: z.string(), message: z.string() })).catch([]);

/** What an error says of single fields. */
export const problemsOf = (params: Readonly<Record<string, unknown>>): Map<string, string> =>
  new Map((['inputs', 'members'] as const).flatMap((group) => problemList.parse(params[group]).map(({ name, message }) => [`${group}.${name}`, message] as const)));
