import { Template } from '@trunkline/catalog';
import type { JsonTemplate, Variable } from '@trunkline/catalog';

/** What the variables of a template stand for. A variable that is not here has no value. */
export interface TemplateValues {
  readonly inputs: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly page?: { readonly size?: number; readonly number?: number; readonly offset?: number; readonly cursor?: string };
  readonly cursor?: { readonly since?: string | number; readonly until?: string | number };
  readonly slice?: Readonly<Record<string, string | number>>;
  readonly parent?: Readonly<Record<string, string>>;
  readonly credential?: Readonly<Record<string, string>>;
  readonly app?: Readonly<Record<string, string>>;
}

/** The value of a variable; undefined (and so left out) if there is none or it is empty. */
export function valueOf({ space, name }: Variable, values: TemplateValues): string | number | undefined {
  const names: Readonly<Record<string, string | number | undefined>> = values[space] ?? {};
  const value = Object.hasOwn(names, name) ? names[name] : undefined;
  return value === '' ? undefined : value;
}

/** The template as text; undefined if one of its variables has no value. */
export function renderText(template: Template, values: TemplateValues): string | undefined {
  let text = '';
  for (const part of template.parts) {
    const piece = typeof part === 'string' ? part : valueOf(part, values);
    if (piece === undefined) return undefined;
    text += piece;
  }
  return text;
}

/**
 * The template as a JSON value. A text that is one variable takes the variable's value as it is (a number stays one); members and
 * elements whose variable has no value are left out.
 */
export function renderJson(template: JsonTemplate, values: TemplateValues): unknown {
  if (template instanceof Template) return template.sole ? valueOf(template.sole, values) : renderText(template, values);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return template.map((element) => renderJson(element, values)).filter((element) => element !== undefined);
  return Object.fromEntries(
    Object.entries(template)
      .map(([name, member]) => [name, renderJson(member, values)] as const)
      .filter(([, member]) => member !== undefined),
  );
}
