import type { ResolvedOptions, Stream } from '../options.js';
import { Random } from './random.js';
import {
  ACTIVITY_TYPES, COMPANY_FORMS, COMPANY_NAMES, CURRENCIES, DEAL_STAGES, FIRST_NAMES, INDUSTRIES, LAST_NAMES, LIFECYCLE, OUTCOMES, OWNERS, PLACES,
  PRODUCTS, SENTENCES, STREETS, SUBJECTS, TAGS,
} from './words.js';

/** A record as the API shows it. */
export interface CrmRecord {
  id: string;
  created_at: string;
  updated_at: string;
  deleted: boolean;
  [field: string]: unknown;
}

/** What the content of a record depends on: the same recipe and index always make the same record. */
export interface Recipe {
  seed: number;
  account: string;
  counts: ResolvedOptions['records'];
  recordBytes: number;
}

const PREFIX: Record<Stream, string> = { contacts: 'con', companies: 'com', deals: 'dea', activities: 'act' };

/** Ids are zero-padded, so that their text order is their number order. */
export function recordId(stream: Stream, index: number): string {
  return `${PREFIX[stream]}_${String(index).padStart(8, '0')}`;
}

/** The number in an id of this stream, or null for anything else. */
export function indexOfId(stream: Stream, id: string): number | null {
  const match = /^([a-z]{3})_(\d{8,})$/.exec(id);
  return match && match[1] === PREFIX[stream] ? Number(match[2]) : null;
}

const FIRST_CHANGE = Date.UTC(2024, 0, 1);
const LAST_CHANGE = Date.UTC(2025, 5, 30);

/**
 * When the seeded record `index` was last changed. Runs of 1, 3, 2 and 7 neighbours share a timestamp, so that ties exist and, as
 * 13 divides no usual page size, straddle page borders.
 */
export function seededChangeTime(recipe: Recipe, stream: Stream, index: number): number {
  const within = index % 13;
  const run = Math.floor(index / 13) * 4 + (within < 1 ? 0 : within < 4 ? 1 : within < 6 ? 2 : 3);
  const minutes = Math.floor((LAST_CHANGE - FIRST_CHANGE) / 60_000);
  return FIRST_CHANGE + new Random(recipe.seed, recipe.account, stream, 'changed', run).int(0, minutes) * 60_000;
}

/** Makes the record `index` of a stream, changed at `changedAt` (ms since the epoch). */
export function makeRecord(recipe: Recipe, stream: Stream, index: number, changedAt: number): CrmRecord {
  const random = new Random(recipe.seed, recipe.account, stream, index);
  const record: CrmRecord = {
    id: recordId(stream, index),
    account_id: recipe.account,
    created_at: new Date(changedAt - random.int(0, 400) * 3_600_000).toISOString(),
    updated_at: new Date(changedAt).toISOString(),
    deleted: false,
    ...CONTENT[stream](random, recipe.counts, index),
  };
  return pad(record, recipe.recordBytes);
}

function pad(record: CrmRecord, bytes: number): CrmRecord {
  if (bytes === 0) return record;
  const missing = bytes - Buffer.byteLength(JSON.stringify({ ...record, notes: '' }));
  if (missing <= 0) return record;
  const text = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. ';
  return { ...record, notes: text.repeat(Math.ceil(missing / text.length)).slice(0, missing) };
}

const reference = (random: Random, stream: Stream, count: number) => (count === 0 ? null : recordId(stream, random.int(0, count - 1)));
/** Beyond 2^53: a reader that turns it into a number loses digits. */
const bigInteger = (random: Random) => `9${random.digits(17)}`;
const mailPart = (text: string) => text.normalize('NFD').replace(/[^a-zA-Z]/g, '').toLowerCase() || 'kontakt';
const money = (random: Random, largest: number) => `${random.int(10, largest)}.${String(random.int(0, 99)).padStart(2, '0')}`;

type Content = (random: Random, counts: Recipe['counts'], index: number) => Record<string, unknown>;

const contact: Content = (random, counts, index) => {
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const place = random.pick(PLACES);
  return {
    first_name: first,
    last_name: last,
    email: `${mailPart(first)}.${mailPart(last)}.${index}@example.com`,
    phone: `+${random.digits(11)}`,
    lifecycle_stage: random.pick(LIFECYCLE),
    company_id: reference(random, 'companies', counts.companies),
    external_id: bigInteger(random),
    owner: { id: `usr_${random.int(1, 6)}`, name: random.pick(OWNERS) },
    address: { street: `${random.pick(STREETS)} ${random.int(1, 180)}`, postal_code: random.digits(5), city: place.city, country: place.country },
    tags: [random.pick(TAGS), ...(random.chance(0.5) ? [random.pick(TAGS)] : [])],
    consent: { email: random.chance(0.7), phone: random.chance(0.3) },
    score: random.int(0, 100),
  };
};

const company: Content = (random, _counts, index) => {
  const name = random.pick(COMPANY_NAMES);
  const place = random.pick(PLACES);
  return {
    name: `${name} ${random.pick(COMPANY_FORMS)}`,
    domain: `${mailPart(name)}-${index}.example.com`,
    industry: random.pick(INDUSTRIES),
    employees: random.int(1, 40_000),
    annual_revenue: money(random, 90_000_000),
    registry_number: bigInteger(random),
    hq: { city: place.city, country: place.country, geo: { lat: place.lat, lng: place.lng } },
    customer: random.chance(0.4),
    founded_on: `${random.int(1880, 2023)}-0${random.int(1, 9)}-1${random.int(0, 9)}`,
  };
};

const deal: Content = (random, counts) => {
  const stage = random.pick(DEAL_STAGES);
  return {
    title: `${random.pick(PRODUCTS)} – ${random.pick(LAST_NAMES)}`,
    amount: money(random, 900_000),
    currency: random.pick(CURRENCIES),
    stage,
    probability: stage === 'won' ? 1 : stage === 'lost' ? 0 : random.int(1, 9) / 10,
    company_id: reference(random, 'companies', counts.companies),
    contact_id: reference(random, 'contacts', counts.contacts),
    erp_order_id: bigInteger(random),
    close_date: random.chance(0.2) ? null : `2025-${String(random.int(1, 12)).padStart(2, '0')}-${String(random.int(1, 28)).padStart(2, '0')}`,
    line_items: Array.from({ length: random.int(1, 3) }, () => ({ name: random.pick(PRODUCTS), quantity: random.int(1, 40), unit_price: money(random, 4000) })),
  };
};

const activity: Content = (random, counts, index) => {
  const person = random.pick(FIRST_NAMES);
  return {
    type: random.pick(ACTIVITY_TYPES),
    subject: random.pick(SUBJECTS),
    body: random.pick(SENTENCES),
    outcome: random.chance(0.3) ? null : random.pick(OUTCOMES),
    duration_seconds: random.int(0, 5400),
    contact_id: reference(random, 'contacts', counts.contacts),
    deal_id: reference(random, 'deals', counts.deals),
    message_id: bigInteger(random),
    participants: [{ name: person, email: `${mailPart(person)}.${index}@example.com` }],
    completed: random.chance(0.6),
  };
};

const CONTENT: Record<Stream, Content> = { contacts: contact, companies: company, deals: deal, activities: activity };
