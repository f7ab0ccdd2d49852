import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { loadConnectors } from '@trunkline/catalog';
import { credentialRotations } from '@trunkline/contracts';
import { egressFrom, type Egress } from '@trunkline/egress';
import { EventListener, MessagingModule, RpcClient } from '@trunkline/messaging';
import { DatabaseModule, rotationHandler, rotationProviders, VAULT, VaultModule } from '@trunkline/persistence';
import { SERVICE_CONTEXT, type ServiceContext } from '@trunkline/service';
import type { Vault } from '@trunkline/vault';
import { tokensDatabase } from './database.js';
import { checkTogether, type TokenRefresherConfig } from './config.js';
import { ConfigurationConsumer } from './credential/configuration.consumer.js';
import { ConfigureCredential } from './credential/configure-credential.js';
import { CredentialHandler } from './credential/credential.handler.js';
import { CredentialSeal } from './credential/credential-seal.js';
import { DeleteCredential } from './credential/delete-credential.js';
import { DescribeCredential } from './credential/describe-credential.js';
import { FindCredential } from './credential/find-credential.js';
import { NoteRefusal } from './credential/note-refusal.js';
import { OfferedCredential } from './credential/offered-credential.js';
import { OfferedSecond } from './credential/offered-second.js';
import { PinnedHostKey } from './credential/pinned-host-key.js';
import { PutCredential } from './credential/put-credential.js';
import { StoreCredential } from './credential/store-credential.js';
import { VerifyCredential } from './credential/verify-credential.js';
import { Connectors } from './provider/connectors.js';
import { AssertionGrants } from './provider/assertion-grants.js';
import { EGRESS } from './provider/egress.js';
import { AttemptRefresh } from './refresh/attempt-refresh.js';
import { HostSlots } from './refresh/host-slots.js';
import { OauthAppCache } from './refresh/oauth-app-cache.js';
import { policyFrom, REFRESH_POLICY } from './refresh/policy-from-config.js';
import { PrepareRequest } from './refresh/prepare-request.js';
import { ProbeBroken } from './refresh/probe-broken.js';
import { RefreshCredential } from './refresh/refresh-credential.js';
import { RefreshHealth } from './refresh/refresh-health.js';
import { RefreshHandler } from './refresh/refresh.handler.js';
import { RefreshLease } from './refresh/refresh-lease.js';
import { RefreshNow } from './refresh/refresh-now.js';
import { RefreshSweep } from './refresh/refresh-sweep.js';
import { RenewLease } from './refresh/renew-lease.js';
import { SettleProbe } from './refresh/settle-probe.js';
import { SettleRefresh } from './refresh/settle-refresh.js';
import { StoreAnswer } from './refresh/store-answer.js';
import { TellExpiring } from './expiring/tell-expiring.js';
import { ReplaySpool } from './spool/replay-spool.js';
import { TokenSpool } from './spool/token-spool.js';
import { TokenHost } from './refresh/token-host.js';
import { ChooseCredential } from './resolve/choose-credential.js';
import { HandOut } from './resolve/hand-out.js';
import { LeaseToken } from './resolve/lease-token.js';
import { NoteHandedOut } from './resolve/note-handed-out.js';
import { ResolveHandler } from './resolve/resolve.handler.js';
import { OpenUsable } from './resolve/open-usable.js';
import { ResolveToken } from './resolve/resolve-token.js';
import { RevocationQueue } from './revocation/revocation-queue.js';
import { RevocationSweep } from './revocation/revocation-sweep.js';
import { RevokeAtProvider } from './revocation/revoke-at-provider.js';
import { CreateSigningKey } from './signing-key/create-signing-key.js';
import { DeleteSigningKey } from './signing-key/delete-signing-key.js';
import { FindSigningKey } from './signing-key/find-signing-key.js';
import { KeyOfCredential } from './signing-key/key-of-credential.js';
import { SigningKeyHandler } from './signing-key/signing-key.handler.js';
import { SigningKeySeal } from './signing-key/signing-key-seal.js';
import { sealedTables } from './rotation/sealed-tables.js';

type Context = ServiceContext<TokenRefresherConfig>;

/** Verifications and revocations go to the same hosts: they must not wait until refreshes leave them a connection. */
const otherRequests = 16;

@Module({})
export class TokenRefresherModule implements OnApplicationShutdown {
  readonly #egress: Egress;

  constructor(@Inject(EGRESS) egress: Egress) {
    this.#egress = egress;
  }

  static from(context: Context): DynamicModule {
    checkTogether(context.config);
    return {
      module: TokenRefresherModule,
      imports: [MessagingModule.forRoot(), DatabaseModule.forRoot(tokensDatabase), VaultModule.forRoot(context.config)],
      controllers: [CredentialHandler, ConfigurationConsumer, ResolveHandler, RefreshHandler, SigningKeyHandler, rotationHandler(credentialRotations)],
      providers: [
        { provide: Connectors, inject: [SERVICE_CONTEXT, RpcClient, EventListener], useFactory: connectorsFrom },
        { provide: EGRESS, inject: [SERVICE_CONTEXT], useFactory: ({ config }: Context) => egressFrom(config, { timeoutMs: config.refreshHttpDeadlineMs, connectionsPerOrigin: config.refreshHostConcurrency + otherRequests }) },
        { provide: REFRESH_POLICY, inject: [SERVICE_CONTEXT], useFactory: ({ config }: Context) => policyFrom(config) },
        ...rotationProviders(context.config, sealedTables),
        { provide: CredentialSeal, inject: [VAULT], useFactory: (vault: Vault) => new CredentialSeal(vault) },
        { provide: SigningKeySeal, inject: [VAULT], useFactory: (vault: Vault) => new SigningKeySeal(vault) },
        CreateSigningKey,
        FindSigningKey,
        DeleteSigningKey,
        KeyOfCredential,
        AssertionGrants,
        FindCredential,
        StoreCredential,
        PinnedHostKey,
        OfferedCredential,
        OfferedSecond,
        PutCredential,
        DeleteCredential,
        ConfigureCredential,
        VerifyCredential,
        DescribeCredential,
        NoteRefusal,
        ChooseCredential,
        HandOut,
        NoteHandedOut,
        ResolveToken,
        LeaseToken,
        OpenUsable,
        OauthAppCache,
        TokenHost,
        HostSlots,
        RefreshLease,
        RenewLease,
        SettleRefresh,
        SettleProbe,
        TokenSpool,
        ReplaySpool,
        StoreAnswer,
        PrepareRequest,
        AttemptRefresh,
        RefreshCredential,
        RefreshNow,
        RefreshHealth,
        RefreshSweep,
        ProbeBroken,
        TellExpiring,
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

async function connectorsFrom({ config }: Context, rpc: RpcClient, events: EventListener): Promise<Connectors> {
  const { catalog, settings } = await loadConnectors(config, rpc, events);
  return new Connectors(catalog, settings);
}
