import { Inject, Injectable } from '@nestjs/common';
import { checkFolder, isOfferedTo, type Connector } from '@trunkline/catalog';
import { bindConnector, ProviderError, readStream, type Credential, type Target } from '@trunkline/connector-kit';
import { mayDo, type dryRuns, type ReplyOf, type RequestOf } from '@trunkline/contracts';
import type { Egress } from '@trunkline/egress';
import { RpcClient } from '@trunkline/messaging';
import { AppError } from '@trunkline/service';
import { Connectors, EGRESS } from '../connector/connectors.js';
import { requireBound, requireWithin } from '../connector/require-bound.js';
import { projectOf } from '../run/project-of.js';
import { usableSource } from '../source/usable-source.js';
import { CredentialLease } from '../task/credential-lease.js';
import { explainDryRun } from './explain-dry-run.js';
import { givenCredential } from './given-credential.js';
import { shownPage } from './shown-page.js';
import { Turns } from './turns.js';
import { watchEgress } from './watched-egress.js';

type Contract = typeof dryRuns.read;
type Request = RequestOf<Contract>;

const patienceMs = 20_000;
const largestPage = 8 * 1024 * 1024;
const pageSize = 25;

const wrong = (issues: readonly { readonly path: string; readonly message: string }[]): AppError =>
  new AppError('VALIDATION', issues.slice(0, 10).map(({ path, message }) => `${path}: ${message}`).join('; '), { params: { issues } });

/** Reads the first page of a stream with nothing stored: neither records, nor a checkpoint, nor a credential. */
@Injectable()
export class ReadFirstPage {
  readonly #turns = new Turns();

  constructor(
    @Inject(Connectors) private readonly connectors: Connectors,
    @Inject(EGRESS) private readonly egress: Egress,
    @Inject(RpcClient) private readonly rpc: RpcClient,
  ) {}

  /** @throws AppError as `dryRuns.read` says, and RATE_LIMITED */
  async read(request: Request): Promise<ReplyOf<Contract>> {
    const projectId = projectOf(request.principal, ['connections:write']);
    const connector = await this.#connectorOf(request);
    const stream = connector.streams.get(request.stream);
    if (stream === undefined) throw wrong([{ path: 'stream', message: `${connector.name} has no stream "${request.stream}"; it has ${[...connector.streams.keys()].join(', ')}` }]);
    return this.#turns.take(projectId, async () => {
      const { credential, inputs } = await this.#credentialOf(request, projectId, connector);
      return this.#ask({ connector, inputs, settings: this.connectors.settings }, request.stream, credential);
    });
  }

  async #connectorOf({ connector: id, folder, principal }: Request): Promise<Connector> {
    if ((id === undefined) === (folder === undefined)) throw wrong([{ path: 'connector', message: 'is needed, or a definition in its place' }]);
    if (folder !== undefined) {
      const { connector, problems } = checkFolder(folder);
      if (connector === null) throw wrong(problems);
      return connector;
    }
    await this.connectors.ready(id);
    const connector = this.connectors.find(id!);
    if (connector === undefined || !isOfferedTo(connector, principal)) throw AppError.notFound('connector', id!);
    return connector;
  }

  /** A connection's credential goes only where it is bound to; and with a definition that is not stored, only for whoever may change it. */
  async #credentialOf({ principal, connectionId, value, inputs, folder }: Request, projectId: string, connector: Connector): Promise<{ credential: Credential; inputs: Readonly<Record<string, string>> }> {
    if (connectionId === undefined) return { credential: givenCredential(connector, value), inputs };
    if (value !== undefined) throw wrong([{ path: 'value', message: 'is of no use beside a connection' }]);
    if (Object.keys(inputs).length > 0) throw wrong([{ path: 'inputs', message: 'are those of the connection' }]);
    const connection = await usableSource(this.rpc, principal, projectId, connectionId);
    if (folder === undefined && connection.connector !== connector.id) throw wrong([{ path: 'connectionId', message: `is a connection of ${connection.connector}` }]);
    const isOwn = connection.scope === 'PROJECT' && connection.ownerId !== null && connection.ownerId === principal.userId;
    if (folder !== undefined && !isOwn && !mayDo(principal, 'admin')) {
      throw new AppError('AUTHORIZATION', 'Only the owner of a connection or an admin may try a definition with it that is not stored.');
    }
    const lease = await new CredentialLease(this.rpc, { connectionId, projectId }).current();
    const target = { connector, inputs: lease.inputs, settings: this.connectors.settings };
    requireInputs(target);
    if (folder !== undefined) requireWithin(target, lease.allowedOrigins);
    else requireBound(target, lease.allowedOrigins);
    return { credential: lease.credential, inputs: lease.inputs };
  }

  async #ask(target: Target, stream: string, credential: Credential): Promise<ReplyOf<Contract>> {
    const started = performance.now();
    const signal = AbortSignal.timeout(patienceMs);
    const egress = watchEgress(this.egress, target.connector);
    try {
      requireInputs(target);
      const pages = readStream({ ...target, egress, stream, credential: () => Promise.resolve(credential), state: null, pageSize, signal, timeoutMs: patienceMs, maxPageBytes: largestPage });
      const first = await pages.next();
      await pages.return();
      return { ...shownPage(first.value ?? undefined), request: egress.last(), tookMs: Math.round(performance.now() - started) };
    } catch (error) {
      throw explainDryRun(error, { stream, request: egress.last(), signal });
    }
  }
}

/** Inputs that do not fit are the caller's, and are told before anything is sent. @throws AppError VALIDATION */
function requireInputs(target: Target): void {
  try {
    bindConnector(target);
  } catch (error) {
    if (error instanceof ProviderError) throw wrong([{ path: 'inputs', message: error.message }]);
    throw error;
  }
}
