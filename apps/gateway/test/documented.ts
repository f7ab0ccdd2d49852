import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;
interface Operation {
  responses: Record<string, Json>;
}
export interface Document extends Json {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json; responses: Json; examples: Record<string, { value: unknown }>; securitySchemes: Json };
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const pattern = (template: string): RegExp => new RegExp(`^${template.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : escape(part))).join('/')}$`);

/** Holds answers against the API's own description. */
export class Documented {
  readonly #document: Document;
  readonly #ajv: Ajv2020.default;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: Document) {
    this.#document = document;
    this.#ajv = new Ajv2020.default({ strict: true, strictTypes: false, allErrors: true });
    addFormats.default(this.#ajv);
    this.#ajv.addVocabulary(['components']);
    this.#ajv.addSchema({ $id: 'https://trunkline.test/openapi.json', components: document.components } as Json);
  }

  /** Throws unless the answer is one that is described for the request. Paths that are not described are nobody's promise. */
  check(method: string, path: string, status: number, contentType: string | null, body: string): void {
    const operation = this.#operation(method, path.split('?', 1)[0]!);
    if (operation === undefined) return;
    const described = this.#resolve(operation.responses[String(status)]);
    const name = `${method} ${path}: ${status}`;
    if (described === undefined) throw new Error(`${name} is not described. ${body}`);
    const content = described.content as Record<string, { schema: Json }> | undefined;
    const media = contentType?.split(';', 1)[0] ?? '';
    if (body === '') {
      if (content !== undefined) throw new Error(`${name} has no body, but one is described`);
      return;
    }
    // A page for people instead of JSON for programs.
    if (media === 'text/html') return;
    const schema = content?.[media]?.schema;
    if (schema === undefined) throw new Error(`${name} is ${media}, which is not described`);
    if (media !== 'application/json') return;
    const validate = this.#validator(`${method} ${path.split('?', 1)[0]!} ${status}`, schema);
    if (!validate(JSON.parse(body))) throw new Error(`${name} is not as described: ${this.#ajv.errorsText(validate.errors)}\n${body}`);
  }

  /** Compiles a schema of the document; throws if it is none (JSON Schema 2020-12). */
  compile(schema: Json): ValidateFunction {
    return this.#ajv.compile(absolute(schema) as Json);
  }

  #validator(name: string, schema: Json): ValidateFunction {
    const known = this.#validators.get(name) ?? this.compile(schema);
    this.#validators.set(name, known);
    return known;
  }

  #operation(method: string, path: string): Operation | undefined {
    const fitting = Object.keys(this.#document.paths).filter((template) => pattern(template).test(path) && this.#document.paths[template]![method.toLowerCase()] !== undefined);
    // Fixed parts go before variable ones, as in the router.
    const best = fitting.sort((left, right) => left.replaceAll(/[^{]/g, '').length - right.replaceAll(/[^{]/g, '').length)[0];
    return best === undefined ? undefined : this.#document.paths[best]![method.toLowerCase()];
  }

  #resolve(described: Json | undefined): Json | undefined {
    const reference = described?.$ref;
    return typeof reference === 'string' ? (this.#document.components.responses[reference.split('/').at(-1)!] as Json) : described;
  }
}

const absolute = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === '$ref' && typeof item === 'string' ? `https://trunkline.test/openapi.json${item}` : absolute(item)]));
};
