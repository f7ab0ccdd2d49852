import { readFileSync } from 'node:fs';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { loadCatalog } from '@trunkline/catalog';
import { createEgress, type Egress } from '@trunkline/egress';
import { MessagingModule } from '@trunkline/messaging';
import { DatabaseModule, PostgresDataKeyStore } from '@trunkline/persistence';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import { parseMasterKeys } from '@trunkline/vault';
import { tokensDatabase } from './database.js';
import { checkTogether, type TokenRefresherConfig } from './config.js';
import { CredentialHandler } from './credential/credential.handler.js';
import { CredentialSeal } from './credential/credential-seal.js';
import { DeleteCredential } from './credential/delete-credential.js';
import { FindCredential } from './credential/find-credential.js';
import { PutCredential } from './credential/put-credential.js';
import { StoreCredential } from './credential/store-credential.js';
import { Connectors } from './provider/connectors.js';
import { EGRESS } from './provider/egress.js';
import { AttemptRefresh } from './refresh/attempt-refresh.js';
import { OauthAppCache } from './refresh/oauth-app-cache.js';
import { policyFrom, REFRESH_POLICY } from './refresh/policy-from-config.js';
import { PrepareRequest } from './refresh/prepare-request.js';
import { RefreshCredential } from './refresh/refresh-credential.js';
import { RefreshHandler } from './refresh/refresh.handler.js';
import { RefreshLease } from './refresh/refresh-lease.js';
import { RefreshNow } from './refresh/refresh-now.js';
import { RefreshSweep } from './refresh/refresh-sweep.js';
import { SettleRefresh } from './refresh/settle-refresh.js';
import { ChooseCredential } from './resolve/choose-credential.js';
import { HandOut } from './resolve/hand-out.js';
import { LeaseToken } from './resolve/lease-token.js';
import { ResolveHandler } from './resolve/resolve.handler.js';
import { ResolveToken } from './resolve/resolve-token.js';
import { RevocationQueue } from './revocation/revocation-queue.js';
import { RevocationSweep } from './revocation/revocation-sweep.js';
import { RevokeAtProvider } from './revocation/revoke-at-provider.js';

type Context = ServiceContext<TokenRefresherConfig>;

@Module({})
export class TokenRefresherModule implements OnApplicationShutdown {
  readonly #egress: Egress;

  constructor(@Inject(EGRESS) egress: Egress) {
    this.#egress = egress;
  }

  static from(context: Context): DynamicModule {
    checkTogether(context.config);
    // Before anything is opened: without a usable key the service does not start.
    const masterKeys = parseMasterKeys(context.config.masterKey.reveal());
    return {
      module: TokenRefresherModule,
      imports: [MessagingModule.forRoot(), DatabaseModule.forRoot(tokensDatabase)],
      controllers: [CredentialHandler, ResolveHandler, RefreshHandler],
      providers: [
        { provide: Connectors, inject: [SERVICE_CONTEXT], useFactory: connectorsFrom },
        { provide: EGRESS, inject: [SERVICE_CONTEXT], useFactory: egressFrom },
        { provide: REFRESH_POLICY, inject: [SERVICE_CONTEXT], useFactory: ({ config }: Context) => policyFrom(config) },
        { provide: CredentialSeal, inject: [DataSource], useFactory: (database: DataSource) => new CredentialSeal(masterKeys, new PostgresDataKeyStore(database)) },
        FindCredential,
        StoreCredential,
        PutCredential,
        DeleteCredential,
        ChooseCredential,
        HandOut,
        ResolveToken,
        LeaseToken,
        OauthAppCache,
        RefreshLease,
        SettleRefresh,
        PrepareRequest,
        AttemptRefresh,
        RefreshCredential,
        RefreshNow,
        RefreshSweep,
        RevocationQueue,
        RevokeAtProvider,
        RevocationSweep,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#egress.close();
  }
}

function connectorsFrom({ config }: Context): Connectors {
  const settings: Record<string, string> = config.sandboxUrl === undefined ? {} : { sandbox_url: config.sandboxUrl };
  return new Connectors(loadCatalog({ settings }), settings);
}

function egressFrom({ config }: Context): Egress {
  const { egressAllow, egressCaFile, refreshHttpDeadlineMs } = config;
  return createEgress({
    allow: egressAllow,
    timeoutMs: refreshHttpDeadlineMs,
    ...(egressCaFile === undefined ? {} : { ca: readFileSync(egressCaFile, 'utf8') }),
  });
}
