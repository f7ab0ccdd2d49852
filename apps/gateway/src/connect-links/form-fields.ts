import type { ConnectorAuthMethod, ConnectorSummary } from '@trunkline/contracts';
import { html, type Html } from '../pages/page-shell.js';
import type { Tried } from './connect-form.js';
import { askedFields, isPrivateKey } from './key-of-form.js';

type Input = ConnectorSummary['inputs'][number];
type Field = ConnectorAuthMethod['fields'][number];

/** Keys in several lines: PEM, JSON. They cannot be hidden while they are pasted. */
const isLong = (field: Field): boolean => isPrivateKey(field) || /pem|json|certificate/i.test(field.name);
const limits = { input: 2_048, line: 4_096, text: 65_536 } as const;

interface Asked {
  readonly method: ConnectorAuthMethod;
  readonly inputs: readonly Input[];
  /** Of this very method, if it is the one that was tried. */
  readonly tried: Tried | null;
}

/** The fields of one way to connect: first about the account, then the key. */
export const formFields = ({ method, inputs, tried }: Asked): Html =>
  html`${inputs.map((input) => inputField(method.type, input, tried))}${askedFields(method).map((field) => keyField(method.type, field, tried))}`;

function inputField(prefix: string, { name, title, description, pattern, required }: Input, tried: Tried | null): Html {
  const place = placeOf(prefix, `inputs.${name}`, tried, description);
  return labelled(title, required, place, html`<input type="text" ${common(place, required)} maxlength="${limits.input}" value="${tried?.inputs[name] ?? ''}"${pattern === undefined ? null : html` pattern="${pattern}"`}${
    description === undefined ? null : html` title="${description}"`
  }>`);
}

function keyField(prefix: string, field: Field, tried: Tried | null): Html {
  const { name, title, required, secret } = field;
  const place = placeOf(prefix, `members.${name}`, tried);
  if (isLong(field)) return labelled(title, required, place, html`<textarea ${common(place, required)} maxlength="${limits.text}" spellcheck="false"></textarea>`);
  const kept = secret ? '' : (tried?.members[name] ?? '');
  return labelled(title, required, place, html`<input type="${secret ? 'password' : 'text'}" ${common(place, required)} maxlength="${limits.line}" value="${kept}">`);
}

interface PlaceInForm {
  readonly id: string;
  readonly name: string;
  readonly problem: string | undefined;
  readonly hint: string | undefined;
}

const placeOf = (prefix: string, name: string, tried: Tried | null, hint?: string): PlaceInForm => ({ id: `${prefix}.${name}`, name, problem: tried?.problems.get(name), hint });

function common({ id, name, problem, hint }: PlaceInForm, required: boolean): Html {
  const described = [...(hint === undefined ? [] : [`${id}.hint`]), ...(problem === undefined ? [] : [`${id}.problem`])].join(' ');
  return html`id="${id}" name="${name}" autocomplete="off"${required ? html` required` : null}${problem === undefined ? null : html` aria-invalid="true"`}${described === '' ? null : html` aria-describedby="${described}"`}`;
}

const labelled = (title: string, required: boolean, { id, problem, hint }: PlaceInForm, field: Html): Html =>
  html`<label for="${id}">${title}${required ? null : ' (optional)'}</label>${field}${hint === undefined ? null : html`<p class="hint" id="${id}.hint">${hint}</p>`}${
    problem === undefined ? null : html`<p class="problem" id="${id}.problem">${problem}</p>`
  }`;
