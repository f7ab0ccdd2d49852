import { GraphQLError, buildSchema } from 'graphql';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { requireScope } from '../access/authenticate.js';
import type { Caller } from '../access/authenticate.js';
import { readSlice } from '../crm/pages.js';
import { readCursor, writeCursor } from '../crm/position-cursor.js';
import type { RecordStore } from '../crm/record-store.js';
import { firstSince } from '../crm/record-stream.js';
import type { Entry } from '../crm/record-stream.js';
import { ApiError } from '../http/api-error.js';
import type { Account, Stream } from '../options.js';

/** What a resolver is given besides its parent. */
export interface GraphQLCaller {
  caller: Caller;
}

const connection = (type: string) => `
type ${type}Connection { edges: [${type}Edge!]! nodes: [${type}!]! pageInfo: PageInfo! totalCount: Int! }
type ${type}Edge { cursor: String! node: ${type}! }
`;
const page = '(first: Int, after: String, updatedSince: String)';

const SDL = `
type Query {
  "The account of the credential."
  account: Account!
  contacts${page}: ContactConnection!
  companies${page}: CompanyConnection!
  deals${page}: DealConnection!
  activities${page}: ActivityConnection!
}
type Account { id: ID! name: String! plan: String! }
type PageInfo { hasNextPage: Boolean! endCursor: String hasPreviousPage: Boolean! startCursor: String }
"A deleted record keeps only id, updatedAt and deleted. Numbers beyond 2^53 are strings."
type Contact {
  id: ID! createdAt: String updatedAt: String! deleted: Boolean! accountId: ID firstName: String lastName: String email: String phone: String
  lifecycleStage: String companyId: ID externalId: String owner: Owner address: Address tags: [String!] consent: Consent score: Int notes: String
}
type Owner { id: ID name: String }
type Address { street: String postalCode: String city: String country: String }
type Consent { email: Boolean phone: Boolean }
type Company {
  id: ID! createdAt: String updatedAt: String! deleted: Boolean! accountId: ID name: String domain: String industry: String employees: Int
  annualRevenue: String registryNumber: String hq: Headquarters customer: Boolean foundedOn: String notes: String
}
type Headquarters { city: String country: String geo: Geo }
type Geo { lat: Float lng: Float }
type Deal {
  id: ID! createdAt: String updatedAt: String! deleted: Boolean! accountId: ID title: String amount: String currency: String stage: String
  probability: Float companyId: ID contactId: ID erpOrderId: String closeDate: String lineItems: [LineItem!] notes: String
}
type LineItem { name: String quantity: Int unitPrice: String }
type Activity {
  id: ID! createdAt: String updatedAt: String! deleted: Boolean! accountId: ID type: String subject: String body: String outcome: String
  durationSeconds: Int contactId: ID dealId: ID messageId: String participants: [Participant!] completed: Boolean notes: String
}
type Participant { name: String email: String }
${['Contact', 'Company', 'Deal', 'Activity'].map(connection).join('')}`;

/** The schema, and the functions behind its root fields. Below the root a field is the record's field of the same name in snake_case. */
export function crmSchema(store: RecordStore, accounts: Account[], pageSizeMax: number): { schema: GraphQLSchema; rootValue: object } {
  const list = (stream: Stream) => (args: PageArguments, { caller }: GraphQLCaller) => {
    requireScope(caller, 'crm.read');
    const records = store.records(caller.account, stream);
    const size = args.first ?? Math.min(100, pageSizeMax);
    if (size < 1 || size > pageSizeMax) throw refusal(`first must be between 1 and ${pageSizeMax}`);
    const since = args.updatedSince === undefined || args.updatedSince === null ? undefined : Date.parse(args.updatedSince);
    if (Number.isNaN(since)) throw refusal('updatedSince must be an ISO 8601 time');
    const cursor = args.after ? readCursor(args.after, 'after') : undefined;
    const slice = readSlice(records, { cursor, since, withDeleted: false }, size);
    const withDeleted = cursor?.withDeleted ?? since !== undefined;
    const all = withDeleted ? records.all : records.live;
    const cursorOf = ({ at, id }: Entry) => writeCursor({ at, id, withDeleted });
    const nodes = slice.entries.map((entry) => JSON.parse(entry.json) as object);
    return {
      nodes,
      edges: slice.entries.map((entry, index) => ({ cursor: cursorOf(entry), node: nodes[index] })),
      pageInfo: {
        hasNextPage: slice.next !== null,
        hasPreviousPage: cursor !== undefined,
        startCursor: slice.entries[0] ? cursorOf(slice.entries[0]) : null,
        endCursor: slice.entries.length > 0 ? cursorOf(slice.entries.at(-1) as Entry) : null,
      },
      totalCount: all.length - (since === undefined ? 0 : firstSince(all, since)),
    };
  };
  const rootValue = {
    account: (_args: object, { caller }: GraphQLCaller) => accounts.find((account) => account.id === caller.account),
    contacts: list('contacts'),
    companies: list('companies'),
    deals: list('deals'),
    activities: list('activities'),
  };
  return { schema: buildSchema(SDL), rootValue };
}

/** Resolves `createdAt` to `created_at`; functions (the root's) are called. */
export const snakeCaseFields: GraphQLFieldResolver<unknown, GraphQLCaller> = (source, args, context, info) => {
  const record = source as Record<string, unknown>;
  const own = record[info.fieldName];
  if (typeof own === 'function') return (own as (a: unknown, c: GraphQLCaller) => unknown)(args, context);
  return own ?? record[info.fieldName.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
};

/** An error with its code where GraphQL clients look for it. */
export function withCode(error: GraphQLError): GraphQLError {
  const { originalError } = error;
  return originalError instanceof ApiError ? new GraphQLError(error.message, { ...error, nodes: error.nodes, extensions: { code: originalError.code } }) : error;
}

interface PageArguments {
  first?: number | null;
  after?: string | null;
  updatedSince?: string | null;
}

function refusal(message: string): ApiError {
  return new ApiError(400, 'invalid_request', message);
}
