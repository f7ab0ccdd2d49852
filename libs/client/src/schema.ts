// Made by `npm run generate` from the gateway's endpoints; do not edit.

export interface paths {
    "/api/connectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the project's connections
         * @description All of them at once, oldest first (at most 1,000). `type` is the name the connection was made with.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listConnectors"];
        put?: never;
        /**
         * Connect a platform with a key
         * @description The key is tried at the platform before it is stored. Platforms that use OAuth are connected at GET /api/connectors/:type/auth.
         *
         *     Scope: `connections:write`.
         */
        post: operations["connectConnector"];
        /**
         * Disconnect a platform
         * @description All of the project's connections of that type. The stored credential is gone at once; it is revoked at the platform where the platform can.
         *
         *     Scope: `connections:write`.
         */
        delete: operations["disconnectConnector"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Connect a provider with an API key
         * @description The key is tried at the provider before it is stored.
         *
         *     Scope: `connections:write`.
         */
        post: operations["connectProvider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List one's own connections, or the team's
         * @description `?team=true`: those of every member of the project, each with its `userId`. A connection whose grant is gone stays in the list as `disconnected`.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listOwnConnections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Disconnect a provider
         * @description One's own connections of that provider. Tokens are deleted at once, and revoked at the provider where it can.
         *
         *     Scope: `connections:write`.
         */
        delete: operations["disconnectProvider"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/{provider}/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refresh the token now
         * @description Tokens are refreshed by themselves before they expire; calls at the same moment share one request to the provider.
         *
         *     Scope: `connections:write`.
         */
        post: operations["refreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/{provider}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand out a usable token
         * @description For services and agents, with X-Services-Token (or x-api-key). The token is refreshed first if it would not live for minimumSeconds. Without connectionId: the connection of userId, else of the key's own user, else the project's latest. tokenName: a further token where a provider gives two (Slack: user). Never cache past expiresAt.
         *
         *     Scope: `tokens:resolve`.
         */
        post: operations["resolveToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/{type}/auth": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Send the browser to the platform's consent screen
         * @description Answers 302 and a cookie that must come back with the callback. Further query parameters are the connector's inputs, e.g. ?shop=acme.
         *
         *     Scope: `connections:write`.
         */
        get: operations["startConnectorAuthorization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/connectors/{type}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where the platform sends the browser back
         * @description Called by the platform's redirect. Answers a redirect, a page, or JSON (Accept: application/json).
         */
        get: operations["finishConnectorAuthorization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oauth/{provider}/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The consent screen's address as JSON
         * @description redirect_uri: where the browser goes in the end; must be one of the project's return URLs. Sets the cookie that must come back with the callback.
         *
         *     Scope: `connections:write`.
         */
        get: operations["startAuthorization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/oauth/{provider}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the provider sends the browser back */
        get: operations["finishAuthorization"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sync/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read all active connections now (POST is preferred)
         * @description The reference's form. Works with a key in a header only, and not by HEAD: a link or a prefetch cannot start a sync.
         *
         *     Scope: `syncs:run`.
         */
        get: operations["runSyncByGet"];
        put?: never;
        /**
         * Read all active connections now
         * @description Answers at once; records flow into the analytics pipeline afterwards. A connection that is being read already is joined, not read twice.
         *
         *     Scope: `syncs:run`.
         */
        post: operations["runSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/sync/{syncId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a sync is
         * @description Scope: `syncs:run`.
         */
        get: operations["getSync"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Of the project that is named, or that the principal works in; of the whole platform if there is none. Revoked ones too. Oldest first.
         *
         *     Scope: `admin`.
         */
        get: operations["listApiKeys"];
        put?: never;
        /**
         * Create an API key
         * @description The answer is the only place where the key is ever shown. With a userId the key acts for that user. Without a project it is a key of the platform.
         *
         *     Scope: `admin`.
         */
        post: operations["createApiKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an API key
         * @description Without the key itself.
         *
         *     Scope: `admin`.
         */
        get: operations["getApiKey"];
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description Refused everywhere within five seconds.
         *
         *     Scope: `admin`.
         */
        delete: operations["revokeApiKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List connections
         * @description Oldest first. `status` may come several times (`status=ACTIVE&status=ERROR`, `status[]=…` or `status=ACTIVE,ERROR`). Never with credentials.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listAppConnections"];
        put?: never;
        /**
         * Create or update a connection
         * @description With an `externalId` that is known, the connection of that name gets the new credential; otherwise a new one is made. 201 either way. The credential is tried at the provider before it takes the place of the old one, and never comes out again. OAuth values carry ready tokens, or a `code` that is exchanged here (with its verifier as `code_verifier` or `code_challenge`).
         *
         *     Scope: `connections:write`.
         */
        post: operations["upsertAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/oauth2/authorization-url": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The address of a consent screen
         * @description Without `clientId`: our own walk. Open the address in the browser that got this answer (it sets a cookie that must come back); the callback ends in the connection. With `clientId` and `redirectUrl`: the provider sends the code to you, and you bring it with `POST /api/v1/app-connections` (type OAUTH2).
         *
         *     Scope: `connections:write`.
         */
        post: operations["createAuthorizationUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/owners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the users who own connections
         * @description Scope: `connections:read`.
         */
        get: operations["listAppConnectionOwners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/recompute": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Compute statuses now
         * @description All of the project's connections, or one, instead of at the next minute.
         *
         *     Scope: `connections:write`.
         */
        post: operations["recomputeAppConnections"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/replace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put one connection in the place of another in all flows
         * @description All flows or none. The source is kept unless `deleteSourceConnection`. Refused with 409 VALIDATION for the same connection twice, different connectors, or flows that would be left behind.
         *
         *     Scope: `connections:write`.
         */
        post: operations["replaceAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a connection
         * @description Scope: `connections:read`.
         */
        get: operations["getAppConnection"];
        put?: never;
        /**
         * Update everything but the credential
         * @description `metadata` is replaced whole.
         *
         *     Scope: `connections:write`.
         */
        post: operations["updateAppConnection"];
        /**
         * Delete a connection
         * @description Refused (400 VALIDATION, with the count) while flows use it; `force=true` deletes it all the same, and the flows show it missing. The credential is gone at once and revoked at the provider afterwards.
         *
         *     Scope: `connections:write`.
         */
        delete: operations["deleteAppConnection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tell how a call with a token ended
         * @description From callers that use tokens by themselves: five failures in a row make a connection degraded, and a token the provider refuses does so at once.
         *
         *     Scope: `tokens:resolve`.
         */
        post: operations["reportAppConnectionCall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/disable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pause a connection
         * @description Nothing uses it until it is enabled: no flow, no refresh, no token is handed out.
         *
         *     Scope: `connections:write`.
         */
        post: operations["disableAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/enable": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let flows and tokens use a connection again
         * @description Scope: `connections:write`.
         */
        post: operations["enableAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The last calls, and what they say
         * @description The status is computed every 60 seconds from the last calls, and at once when a credential is refused.
         *
         *     Scope: `connections:read`.
         */
        get: operations["getAppConnectionHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/reconnect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Connect again, keeping id and flows
         * @description OAuth: answers the address of the consent screen and sets the cookie that must come back with the callback; `scopes` asks for more than before. Everything else: bring the new key as `value`, and the old one is destroyed when the new one has been verified. Another account at the provider is refused (409 CONFLICT) unless `allowOtherAccount`.
         *
         *     Scope: `connections:write`.
         */
        post: operations["reconnectAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/revalidate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the provider whether the credential works
         * @description Answers the connection with the status that follows from what the provider said.
         *
         *     Scope: `connections:write`.
         */
        post: operations["revalidateAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a new key in the place of the old one
         * @description The old key is destroyed only when the new one has been verified. A key of another account is refused (409 CONFLICT) unless `allowOtherAccount`.
         *
         *     Scope: `connections:write`.
         */
        post: operations["rotateAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/scopes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the provider granted, and what is missing
         * @description Scope: `connections:read`.
         */
        get: operations["getAppConnectionScopes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hand out a usable token of one connection
         * @description For services and agents. The token is refreshed first if it would not live for minimumSeconds. tokenName: a further token where a provider gives two (Slack: user). Never cache past expiresAt.
         *
         *     Scope: `tokens:resolve`.
         */
        post: operations["resolveAppConnectionToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which flows use a connection
         * @description Scope: `connections:read`.
         */
        get: operations["getAppConnectionUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/app-connections/{id}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a verification call now
         * @description Scope: `connections:write`.
         */
        post: operations["verifyAppConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what
         * @description Oldest first. Never with values: an entry says which members changed, not to what.
         *
         *     Scope: `audit:read`.
         */
        get: operations["listAuditEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All entries, one JSON object per line
         * @description Sent as it is read. An answer that breaks off before its end (the transfer is then incomplete) is to be asked for again.
         *
         *     Scope: `audit:read`.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the log is whole
         * @description Walks the platform's hash chain and says where it is broken, if anywhere.
         *
         *     Scope: `audit:read`.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connect-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List connect links
         * @description Without their addresses. Used, revoked and expired ones too, for thirty days after their time. Oldest first.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listConnectLinks"];
        put?: never;
        /**
         * Create a link by which an end user connects
         * @description For somebody of yours who has no account here. `url` is the page to send that person's browser to; the answer is the only place where it is ever shown. It works once, until it expires.
         *
         *     Scope: `connections:write`.
         */
        post: operations["createConnectLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connect-links/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a connect link
         * @description `usedConnectionId` says what came of it.
         *
         *     Scope: `connections:read`.
         */
        get: operations["getConnectLink"];
        put?: never;
        post?: never;
        /**
         * Revoke a connect link
         * @description Nothing is connected by it any more, nor by a consent that was begun from it. What was connected already stays.
         *
         *     Scope: `connections:write`.
         */
        delete: operations["revokeConnectLink"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the catalog of connectors
         * @description What can be connected: ways to connect with their fields, inputs, entities (`streams`), latency and rate-limit posture. Connectors of your own (`custom`) come after the catalog's, as far as they fit into an answer; all of them are in GET /api/v1/connectors/definitions.
         */
        get: operations["listCatalog"];
        put?: never;
        /**
         * Define a connector of your own
         * @description What a folder of the catalog holds, as JSON: `connector` is connector.yaml, `streams` its files by name (docs/custom-connectors.md). `connector.id` is its name here; the answer has the id it gets, which is also what its callback is called. The same name again is a new version, with which connections go on; one that leads to other hosts needs them connected again. What is wrong is told all at once.
         *
         *     Scope: `admin`.
         */
        post: operations["defineConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a definition
         * @description Says everything that is wrong with it, and where. Nothing is stored.
         *
         *     Scope: `connections:write`.
         */
        post: operations["checkConnectorDefinition"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/definitions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your own connectors
         * @description Of the project and its platform; of the whole platform if there is no project. Oldest first.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listConnectorDefinitions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/definitions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get the definition of one of them
         * @description By its id or its name. `version`: a former one; the last hundred are kept.
         *
         *     Scope: `connections:read`.
         */
        get: operations["getConnectorDefinition"];
        put?: never;
        post?: never;
        /**
         * Delete one of them
         * @description Refused while connections use it.
         *
         *     Scope: `admin`.
         */
        delete: operations["deleteConnectorDefinition"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Draft a definition from an OpenAPI document
         * @description OpenAPI 3, as JSON. `notes` say what was guessed and what could not be known. The draft passes the check; whether it reads what it should, a dry run shows. Nothing is stored.
         *
         *     Scope: `connections:write`.
         */
        post: operations["draftConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the first page of a stream
         * @description Of a connector that is there (`connector`) or of a `definition` that is not, with a connection's credential (`connectionId`) or with one that is brought along (`value`, as in POST /api/v1/app-connections) and forgotten. Nothing is stored. `request` is what was asked, without credentials. At most 20 seconds, and thirty in a minute.
         *
         *     Scope: `connections:write`.
         */
        post: operations["dryRunConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One connector of the catalog
         * @description By its id, an alias, or `@activepieces/piece-…`; one of your own by its id or the name you gave it.
         */
        get: operations["getCatalogConnector"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/connectors/{id}/logo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A connector's picture */
        get: operations["getCatalogConnectorLogo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/egress-addresses": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The addresses requests to systems come from
         * @description For the allowlist of a system that lets in only known addresses. Empty unless the operator has published them (TRUNKLINE_EGRESS_ADDRESSES).
         */
        get: operations["listEgressAddresses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is read, and how often
         * @description Oldest first, with the default flow that each connection of a project has. `connectionId` shows the flows of one connection.
         *
         *     Scope: `flows:read`.
         */
        get: operations["listFlows"];
        put?: never;
        /**
         * Read chosen streams of a connection on a schedule
         * @description The records belong to the project of the flow. Without `streams` every stream of the connector is read, incrementally. `destination` is the analytics pipeline, or a connection that can be written to with a target for each stream that is to go there. The schedule is `intervalSeconds` (every hour, if nothing is said; the first run is due at once), or `cron`: five fields in UTC; with `intervalSeconds: null` it runs only when somebody says so.
         *
         *     Scope: `flows:write`.
         */
        post: operations["createFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One flow
         * @description Scope: `flows:read`.
         */
        get: operations["getFlow"];
        put?: never;
        /**
         * Change a flow
         * @description From its next run on. With another `connectionId`, destination or choice of fields a run under way is cancelled and what is concerned is read anew. `cron` and `intervalSeconds` take each other's place. `enabled: false` ends the schedule; "sync now" still reads a default flow.
         *
         *     Scope: `flows:write`.
         */
        post: operations["updateFlow"];
        /**
         * Delete a flow
         * @description A run under way is cancelled; what was read stays. A default flow goes with its connection.
         *
         *     Scope: `flows:write`.
         */
        delete: operations["deleteFlow"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/flows/{id}/run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a flow now
         * @description Answers at once, with the run that is under way if there is one. Works without a schedule and while `enabled` is false. `full` begins every stream anew.
         *
         *     Scope: `syncs:run`.
         */
        post: operations["runFlow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/global-connections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the platform's connections
         * @description Scope: `connections:read`.
         */
        get: operations["listGlobalConnections"];
        put?: never;
        /**
         * Create or update a connection of the platform
         * @description For admins of the platform. `projectIds` are the projects that may use it.
         *
         *     Scope: `connections:write`.
         */
        post: operations["upsertGlobalConnection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/global-connections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Update everything but the credential
         * @description `metadata` and `projectIds` are replaced whole.
         *
         *     Scope: `connections:write`.
         */
        post: operations["updateGlobalConnection"];
        /**
         * Delete a connection of the platform
         * @description Scope: `connections:write`.
         */
        delete: operations["deleteGlobalConnection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How refreshing tokens is going
         * @description Counts over the credentials of the project, or of the platform.
         *
         *     Scope: `connections:read`.
         */
        get: operations["getRefreshHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the members of a project
         * @description Of the project that is named, or that the principal works in. For its admins and its members. Oldest first.
         */
        get: operations["listMembers"];
        put?: never;
        /**
         * Make a user a member, or give a member another role
         * @description Scope: `admin`.
         */
        post: operations["putMember"];
        /**
         * End a membership
         * @description Scope: `admin`.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oauth-apps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the OAuth apps that can be used
         * @description Your own, and above them the platform's and the built-in ones (without a platformId). Never with their secrets. Apps that came with one connection are not listed.
         *
         *     Scope: `admin`.
         */
        get: operations["listOauthApps"];
        put?: never;
        /**
         * Set the OAuth app for a connector
         * @description Client id and secret of a platform, or of one project, for a connector. Replaces the former pair and keeps its id. The secret never comes out again. With builtIn (operator only) it serves every platform of the installation.
         *
         *     Scope: `admin`.
         */
        post: operations["putOauthApp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oauth-apps/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get an OAuth app, without its secret
         * @description Scope: `admin`.
         */
        get: operations["getOauthApp"];
        put?: never;
        post?: never;
        /**
         * Delete an OAuth app
         * @description Connections that were made with it cannot renew their tokens any more: they stop working when these expire, and must be connected again with another app. Refused (CONFLICT) while somebody is at a consent page with it. To change client id or secret, POST them again instead.
         *
         *     Scope: `admin`.
         */
        delete: operations["deleteOauthApp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/platforms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List platforms
         * @description All of them for the operator; their own for the admins of a platform. Oldest first.
         *
         *     Scope: `admin`.
         */
        get: operations["listPlatforms"];
        put?: never;
        /**
         * Create a platform
         * @description With the installation's admin key only.
         *
         *     Scope: `admin`.
         */
        post: operations["createPlatform"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/platforms/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a platform
         * @description Scope: `admin`.
         */
        get: operations["getPlatform"];
        put?: never;
        /**
         * Change a platform
         * @description Scope: `admin`.
         */
        post: operations["updatePlatform"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List projects
         * @description Those within reach: a key of a project sees it, a person the projects it is a member of, an admin of a platform all of its projects. Oldest first.
         */
        get: operations["listProjects"];
        put?: never;
        /**
         * Create a project of a platform
         * @description Scope: `admin`.
         */
        post: operations["createProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a project */
        get: operations["getProject"];
        put?: never;
        /**
         * Change a project
         * @description For its admins and those of its platform. The list of return URLs is replaced as a whole.
         *
         *     Scope: `admin`.
         */
        post: operations["updateProject"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was read, and how it went
         * @description Newest first, with what became of each stream. Runs that are over are kept for a time the operator sets (30 days by default).
         *
         *     Scope: `flows:read`.
         */
        get: operations["listRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far a run is
         * @description Scope: `flows:read`.
         */
        get: operations["getRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End a run
         * @description What was read stays, and the next run goes on from there. A run that is over is answered as it is.
         *
         *     Scope: `syncs:run`.
         */
        post: operations["cancelRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The progress of a run, as it happens
         * @description Server-sent events: `progress` with the run as data when it changed (at most once a second), `end` when it is over. After ten minutes the stream closes and is to be opened again, with `Last-Event-ID`.
         *
         *     Scope: `flows:read`.
         */
        get: operations["watchRun"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/quarantined": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that were put aside, and why
         * @description Where each was found; what it held is not kept.
         *
         *     Scope: `flows:read`.
         */
        get: operations["listQuarantinedRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read again what failed
         * @description A new run of the streams that failed or were cancelled, from where they stood; if a run of the flow is under way, that one.
         *
         *     Scope: `syncs:run`.
         */
        post: operations["retryRun"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in with a password
         * @description Present the token of the answer as `Authorization: Bearer <token>`. Failed logins are limited per e-mail address and per client address.
         */
        post: operations["createSession"];
        /**
         * Log out
         * @description Ends the session whose token is presented, everywhere within five seconds. Anything else that is presented stays as it is.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/cookie": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in with a password, in a browser
         * @description The token goes into a cookie that no script can read. Requests that change something must bring `csrfToken` as the header x-csrf-token and come from our own origin. With the cookie a person can open GET /api/connectors/:type/auth as it stands; GET /api/sync/run takes no cookie.
         */
        post: operations["createBrowserSession"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is calling, in which project, and with what scopes
         * @description For sessions, tokens of the outside issuer and API keys alike. `user` is there for people only.
         */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the signing keys
         * @description Public halves only. With a project's key those of the project, with a platform's key those of the platform.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listSigningKeys"];
        put?: never;
        /**
         * Generate or upload a signing key
         * @description For connections by JWT bearer (RS256, PS256, ES256, EdDSA) and by SSH key (ssh-ed25519, ssh-rsa). Without privateKey a pair is generated. Register the public half at the provider in whichever form it takes. The private half is sealed and never comes out here.
         *
         *     Scope: `connections:write`.
         */
        post: operations["createSigningKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/signing-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a signing key's public half
         * @description Scope: `connections:read`.
         */
        get: operations["getSigningKey"];
        put?: never;
        post?: never;
        /**
         * Destroy a signing key
         * @description The private half is gone for good. Refused (VALIDATION, with their number) while connections use the key.
         *
         *     Scope: `connections:write`.
         */
        delete: operations["deleteSigningKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description The users of a platform, for its admins; anyone else who has logged in sees himself. Oldest first.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Create a user of a platform
         * @description Without a password the user cannot log in here, and may still come with a token of the outside issuer.
         *
         *     Scope: `admin`.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a user */
        get: operations["getUser"];
        put?: never;
        /**
         * Change a user
         * @description Admins of the platform change everything; a person the own names and password. A new password, and `enabled: false`, end all sessions of the user.
         */
        post: operations["updateUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/vault/rotations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List rotations and their progress
         * @description The latest fifty of each service, newest first. With the installation's admin key only.
         *
         *     Scope: `admin`.
         */
        get: operations["listVaultRotations"];
        put?: never;
        /**
         * Rotate the master key or data keys
         * @description With the installation's admin key only. Begins in every service that seals, or joins what is running there: asked twice it is one rotation.
         *
         *     Scope: `admin`.
         */
        post: operations["createVaultRotation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List webhooks
         * @description Of the project that is named, or that the principal works in; of the whole platform if there is none. Oldest first.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Create a webhook
         * @description An address of yours that is told of events, signed as Standard Webhooks 1.0 says. The answer is the only place where the secret is ever shown. Without a project it is of the platform, and told of all its projects' events. `events` null means every type; `credential.refreshed` comes with every renewal of every token.
         *
         *     Scope: `admin`.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Get a webhook
         * @description Without its secret.
         *
         *     Scope: `connections:read`.
         */
        get: operations["getWebhook"];
        put?: never;
        /**
         * Change a webhook
         * @description `enabled: true` has one that rests or was disabled begin anew: what waits for it is sent at once. While it is disabled nothing is kept for it.
         *
         *     Scope: `admin`.
         */
        post: operations["updateWebhook"];
        /**
         * Delete a webhook
         * @description What waits for it goes with it.
         *
         *     Scope: `admin`.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent to a webhook
         * @description And what waits for it or was given up. Oldest first; kept for thirty days.
         *
         *     Scope: `connections:read`.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message now
         * @description Sends a message of the type `webhook.ping`, also to one that is disabled, and answers with what came of it. It changes nothing.
         *
         *     Scope: `admin`.
         */
        post: operations["pingWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send messages once more
         * @description One by its `messageId`; or all `since` a moment that were given up, with `delivered` those delivered too. Each keeps its `webhook-id`. What still waits is left to its schedule.
         *
         *     Scope: `admin`.
         */
        post: operations["replayWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a webhook a new secret
         * @description For `overlapHours` (0 to 168, 24 if you do not say) messages carry a signature of the former secret too. The answer is the only place where the new one is shown.
         *
         *     Scope: `admin`.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connect/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The page of a connect link
         * @description For a person's browser. Changes nothing, however often it is opened. `connector`: which of those offered.
         */
        get: operations["openConnectPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connect/{token}/authorize": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The page's form for consent
         * @description Sent by the page itself, from no other origin. Answers 303 to the consent screen and the cookie that must come back with the callback; the page again if something was wrong.
         */
        post: operations["authorizeByConnectLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/connect/{token}/key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The page's form for a key
         * @description Sent by the page itself, from no other origin. Answers 303 to the return URL, or a page that says what was connected; the page again if something was wrong.
         */
        post: operations["connectByConnectLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            id: string | null;
            name: string | null;
        };
        ApiKey: {
            /** @description Id of one apiKey, e.g. key_… */
            id: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            projectId: string | null;
            userId: string | null;
            displayName: string;
            scopes: components["schemas"]["Scope"][];
            expires: string | null;
            /** Format: date-time */
            created: string;
            revoked: string | null;
        };
        AppConnection: {
            /** @description Id of one connection, e.g. conn_… */
            id: string;
            externalId: string;
            displayName: string;
            type: components["schemas"]["ConnectionType"];
            /** @description As it was given. */
            pieceName: string;
            pieceVersion: string | null;
            projectIds: string[];
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            scope: components["schemas"]["ConnectionScope"];
            /** @enum {string} */
            status: "ACTIVE" | "MISSING" | "ERROR";
            /** @description Why it is not simply working. */
            statusReason: components["schemas"]["StatusReason"] | null;
            ownerId: string | null;
            owner: {
                email: string;
                firstName: string;
                lastName: string;
            } | null;
            metadata: components["schemas"]["ConnectionMetadata"] | null;
            /** @description The flows that use it. */
            flowIds: string[];
            preSelectForNewProjects: boolean;
            /** @description When the key is known to lapse. */
            expires: string | null;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        AppConnectionChange: {
            displayName?: string;
            metadata?: components["schemas"]["ConnectionMetadata"] | null;
            projectIds?: string[];
            preSelectForNewProjects?: boolean;
            ownerId?: string | null;
            expires?: string | null;
            /** @description As the query parameter of that name. */
            projectId?: string;
        };
        AppConnectionValue: {
            /** @constant */
            type: "OAUTH2";
            client_id: string;
            client_secret?: string;
            code?: string;
            /** @description RFC 7636 `code_verifier`. The reference sends it under the name of the challenge; both are taken. */
            code_verifier?: string;
            code_challenge?: string;
            access_token?: string;
            refresh_token?: string;
            token_type?: string;
            expires_in?: number;
            /** @description Seconds or milliseconds since 1970; a hint only. */
            claimed_at?: number;
            scope?: string;
            /** Format: uri */
            token_url?: string;
            /** Format: uri */
            redirect_url?: string;
            grant_type?: string;
            /** @enum {string} */
            authorization_method?: "HEADER" | "BODY";
            /** @description The connector's inputs. */
            props?: {
                [key: string]: string | number | boolean;
            };
            /** @description What else the provider answered. Taken and not kept: what is needed of it has members of its own. */
            data?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        } | {
            /** @constant */
            type: "PLATFORM_OAUTH2";
            client_id?: string;
            code?: string;
            /** @description RFC 7636 `code_verifier`. The reference sends it under the name of the challenge; both are taken. */
            code_verifier?: string;
            code_challenge?: string;
            access_token?: string;
            refresh_token?: string;
            token_type?: string;
            expires_in?: number;
            /** @description Seconds or milliseconds since 1970; a hint only. */
            claimed_at?: number;
            scope?: string;
            /** Format: uri */
            token_url?: string;
            /** Format: uri */
            redirect_url?: string;
            grant_type?: string;
            /** @enum {string} */
            authorization_method?: "HEADER" | "BODY";
            /** @description The connector's inputs. */
            props?: {
                [key: string]: string | number | boolean;
            };
            /** @description What else the provider answered. Taken and not kept: what is needed of it has members of its own. */
            data?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        } | {
            /** @constant */
            type: "CLOUD_OAUTH2";
            client_id?: string;
            code?: string;
            /** @description RFC 7636 `code_verifier`. The reference sends it under the name of the challenge; both are taken. */
            code_verifier?: string;
            code_challenge?: string;
            access_token?: string;
            refresh_token?: string;
            token_type?: string;
            expires_in?: number;
            /** @description Seconds or milliseconds since 1970; a hint only. */
            claimed_at?: number;
            scope?: string;
            /** Format: uri */
            token_url?: string;
            /** Format: uri */
            redirect_url?: string;
            grant_type?: string;
            /** @enum {string} */
            authorization_method?: "HEADER" | "BODY";
            /** @description The connector's inputs. */
            props?: {
                [key: string]: string | number | boolean;
            };
            /** @description What else the provider answered. Taken and not kept: what is needed of it has members of its own. */
            data?: {
                [key: string]: components["schemas"]["JsonValue"];
            };
        } | {
            /** @constant */
            type: "SECRET_TEXT";
            secret_text: string;
        } | {
            /** @constant */
            type: "BASIC_AUTH";
            username: string;
            password: string;
        } | {
            /** @constant */
            type: "CUSTOM_AUTH";
            props: {
                [key: string]: string | number | boolean;
            };
        } | {
            /** @constant */
            type: "JWT_BEARER";
            props?: {
                [key: string]: string | number | boolean;
            };
            private_key?: string;
            /** @description Id of one signingKey, e.g. skey_… */
            signing_key_id?: string;
        } | {
            /** @constant */
            type: "KEY_PAIR";
            username: string;
            private_key?: string;
            passphrase?: string;
            /** @description Id of one signingKey, e.g. skey_… */
            signing_key_id?: string;
        } | {
            /** @constant */
            type: "NO_AUTH";
        } | {
            /** @constant */
            type: "PLACEHOLDER";
        };
        AuditEntry: {
            /** @description Id of one auditEntry, e.g. aud_… */
            id: string;
            /** Format: date-time */
            at: string;
            platformId: string | null;
            projectId: string | null;
            actor: {
                /** @enum {string} */
                kind: "operator" | "api_key" | "user" | "service";
                id: string;
                userId: string | null;
            };
            action: string;
            target: {
                type: string;
                id: string | null;
            };
            /** @enum {string} */
            outcome: "done" | "denied" | "failed";
            details: {
                [key: string]: string | number | boolean | null | string[];
            };
            requestId: string | null;
            sequence: number | null;
            hash: string | null;
        };
        AuthorizationUrl: {
            /** Format: uri */
            authorizationUrl: string;
            /** @description Our own walk: the connection it will end in, and until when it can be finished. */
            connectionId?: string;
            /** Format: date-time */
            expiresAt?: string;
            /** @description With a redirect URL of your own: compare it with what comes back, and send the verifier along with the code. */
            state?: string;
            codeVerifier?: string | null;
        };
        BegunReconnect: {
            /** Format: uri */
            authorizationUrl: string;
            /** @description Id of one connection, e.g. conn_… */
            connectionId: string;
            /** Format: date-time */
            expiresAt: string;
        };
        CatalogConnector: {
            id: string;
            name: string;
            category: string;
            aliases: string[];
            authMethods: components["schemas"]["ConnectorAuthMethod"][];
            inputs: components["schemas"]["ConnectorInput"][];
            streams: components["schemas"]["ConnectorStream"][];
            rateLimit: string;
            latency: string;
            staticEgress: boolean;
            custom?: boolean;
            logoUrl: string;
        };
        CatalogConnectorDetails: {
            id: string;
            name: string;
            category: string;
            aliases: string[];
            authMethods: components["schemas"]["ConnectorAuthMethod"][];
            inputs: components["schemas"]["ConnectorInput"][];
            streams: components["schemas"]["ConnectorStream"][];
            rateLimit: string;
            latency: string;
            staticEgress: boolean;
            custom?: boolean;
            logoUrl: string;
            egressAddresses: components["schemas"]["EgressRegion"][];
        };
        ConnectedProvider: {
            /** @constant */
            connected: true;
            provider: string;
            /** @description Id of one connection, e.g. conn_… */
            connectionId: string;
            account_name: string | null;
        };
        ConnectionInputs: {
            [key: string]: string;
        };
        ConnectionMetadata: {
            [key: string]: components["schemas"]["JsonValue"];
        };
        ConnectionOwner: {
            firstName: string;
            lastName: string;
            email: string;
        };
        /** @enum {string} */
        ConnectionScope: "PROJECT" | "PLATFORM";
        /** @enum {string} */
        ConnectionType: "OAUTH2" | "PLATFORM_OAUTH2" | "CLOUD_OAUTH2" | "SECRET_TEXT" | "BASIC_AUTH" | "CUSTOM_AUTH" | "JWT_BEARER" | "KEY_PAIR" | "NO_AUTH" | "PLACEHOLDER";
        Connector: {
            /** @description Id of one connection, e.g. conn_… */
            id: string;
            /** @description As it was given when the connection was made. */
            type: string;
            /** @enum {string} */
            status: "pending" | "connected" | "degraded" | "error" | "disabled" | "missing";
            lastSync: string | null;
            accountName: string | null;
            connectedAt: string | null;
        };
        ConnectorAuthMethod: {
            /** @enum {string} */
            type: "OAUTH2" | "SECRET_TEXT" | "BASIC_AUTH" | "CUSTOM_AUTH" | "JWT_BEARER" | "KEY_PAIR" | "NO_AUTH";
            fields: components["schemas"]["CredentialField"][];
            grantTypes: ("authorization_code" | "client_credentials")[];
            scopes: string[];
        };
        ConnectorInput: {
            name: string;
            title: string;
            description?: string;
            pattern?: string;
            required: boolean;
        };
        ConnectorProfile: {
            /** @description Id of one connection, e.g. conn_… */
            id: string;
            connector: string;
            displayName: string;
            authMethod: components["schemas"]["ConnectionType"];
            /** @enum {string} */
            status: "active" | "degraded" | "disabled" | "pending";
            statusReason: components["schemas"]["StatusReason"] | null;
            account: components["schemas"]["Account"];
            inputs: components["schemas"]["ConnectionInputs"];
            /** @description What the provider granted. */
            scopes: string[];
            scope: components["schemas"]["ConnectionScope"];
            ownerId: string | null;
            connectedAt: string | null;
            expires: string | null;
            /** Format: date-time */
            updated: string;
        };
        ConnectorProfileHealth: {
            /** @description Id of one connection, e.g. conn_… */
            id: string;
            /** @enum {string} */
            status: "active" | "degraded" | "disabled" | "pending";
            statusReason: components["schemas"]["StatusReason"] | null;
            calls: {
                /** Format: date-time */
                at: string;
                /** @enum {string} */
                source: "verify" | "refresh" | "sync" | "caller";
                /** @enum {string} */
                outcome: "succeeded" | "failed" | "unauthorized" | "forbidden";
                code: string | null;
            }[];
            lastSucceededAt: string | null;
            lastFailedAt: string | null;
            verifiedAt: string | null;
            computedAt: string | null;
            nextComputeAt: string | null;
        };
        ConnectorStream: {
            name: string;
            title: string;
            incremental: boolean;
            scopes: string[];
        };
        CredentialField: {
            name: string;
            title: string;
            required: boolean;
            secret: boolean;
        };
        EgressRegion: {
            region: string;
            addresses: string[];
        };
        Error: {
            statusCode: number;
            /** @enum {string} */
            code: "VALIDATION" | "AUTHENTICATION" | "AUTHORIZATION" | "PERMISSION_DENIED" | "ENTITY_NOT_FOUND" | "INVALID_APP_CONNECTION" | "CONFLICT" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "METHOD_NOT_ALLOWED" | "RATE_LIMITED" | "AUTHORIZATION_STATE_INVALID" | "AUTHORIZATION_DENIED" | "AUTHORIZATION_FAILED" | "RETURN_URL_NOT_ALLOWED" | "CONNECT_LINK_INVALID" | "OAUTH_APP_MISSING" | "CREDENTIAL_NEEDS_RECONNECT" | "CONNECTION_DISABLED" | "CREDENTIAL_COOLDOWN" | "CONNECTOR_MISCONFIGURED" | "PROVIDER_UNAVAILABLE" | "SERVICE_UNAVAILABLE" | "INTERNAL";
            params: {
                message: string;
            } & {
                [key: string]: unknown;
            };
            requestId: string;
        };
        Flow: {
            /** @description Id of one flow, e.g. flow_… */
            id: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            /** @description Id of one project, e.g. proj_… */
            projectId: string;
            displayName: string;
            isDefault: boolean;
            /** @description Id of one connection, e.g. conn_… */
            connectionId: string;
            /** @enum {string} */
            connectionState: "present" | "missing";
            connector: string;
            streams: {
                name: string;
                /**
                 * @default incremental
                 * @enum {string}
                 */
                mode?: "full" | "incremental" | "incremental_with_deletions";
                /** @default null */
                fields?: string[] | null;
            }[] | null;
            destination: {
                /** @constant */
                type: "analytics";
            } | {
                /** @constant */
                type: "connection";
                /** @description Id of one connection, e.g. conn_… */
                connectionId: string;
                targets: {
                    [key: string]: {
                        /** @constant */
                        kind: "rest";
                        /**
                         * @default POST
                         * @enum {string}
                         */
                        method?: "POST" | "PUT" | "PATCH";
                        path: string;
                        /** @default 1 */
                        batch?: number;
                        deletePath?: string;
                    } | {
                        /** @constant */
                        kind: "graphql";
                        mutation: string;
                        /** @default {} */
                        variables?: {
                            [key: string]: string;
                        };
                        deleteMutation?: string;
                    } | {
                        /** @constant */
                        kind: "table";
                        schema?: string;
                        table: string;
                        /** @default {} */
                        columns?: {
                            [key: string]: string;
                        };
                        /** @default true */
                        create?: boolean;
                    } | {
                        /** @constant */
                        kind: "file";
                        directory: string;
                        /**
                         * @default json_lines
                         * @enum {string}
                         */
                        format?: "json_lines" | "csv";
                    };
                };
            };
            destinationState: ("present" | "missing") | null;
            intervalSeconds: number | null;
            cron: string | null;
            enabled: boolean;
            nextRunAt: string | null;
            lastSyncedAt: string | null;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        FlowChange: {
            displayName?: string;
            /** @description Id of one connection, e.g. conn_… */
            connectionId?: string;
            streams?: ({
                name: string;
                /**
                 * @default incremental
                 * @enum {string}
                 */
                mode?: "full" | "incremental" | "incremental_with_deletions";
                /** @default null */
                fields?: string[] | null;
            } | string)[] | null;
            destination?: {
                /** @constant */
                type: "analytics";
            } | {
                /** @constant */
                type: "connection";
                /** @description Id of one connection, e.g. conn_… */
                connectionId: string;
                targets: {
                    [key: string]: {
                        /** @constant */
                        kind: "rest";
                        /**
                         * @default POST
                         * @enum {string}
                         */
                        method?: "POST" | "PUT" | "PATCH";
                        path: string;
                        /** @default 1 */
                        batch?: number;
                        deletePath?: string;
                    } | {
                        /** @constant */
                        kind: "graphql";
                        mutation: string;
                        /** @default {} */
                        variables?: {
                            [key: string]: string;
                        };
                        deleteMutation?: string;
                    } | {
                        /** @constant */
                        kind: "table";
                        schema?: string;
                        table: string;
                        /** @default {} */
                        columns?: {
                            [key: string]: string;
                        };
                        /** @default true */
                        create?: boolean;
                    } | {
                        /** @constant */
                        kind: "file";
                        directory: string;
                        /**
                         * @default json_lines
                         * @enum {string}
                         */
                        format?: "json_lines" | "csv";
                    };
                };
            };
            intervalSeconds?: number | null;
            cron?: string | null;
            enabled?: boolean;
            /** @description As the query parameter of that name. */
            projectId?: string;
        };
        GrantedScopes: {
            /** @description Id of one connection, e.g. conn_… */
            id: string;
            granted: string[];
            /** @description The minimum the connector asks for. */
            required: string[];
            /** @description Not empty: connect again to grant them. */
            missing: string[];
        };
        /** @description Any JSON value. */
        JsonValue: unknown;
        Member: {
            /** @description Id of one project, e.g. proj_… */
            projectId: string;
            /** @description Id of one user, e.g. user_… */
            userId: string;
            /** @enum {string} */
            role: "ADMIN" | "EDITOR" | "VIEWER";
            /** Format: email */
            email: string;
            firstName: string;
            lastName: string;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        NewFlow: {
            displayName: string;
            /** @description Id of one connection, e.g. conn_… */
            connectionId: string;
            streams?: ({
                name: string;
                /**
                 * @default incremental
                 * @enum {string}
                 */
                mode?: "full" | "incremental" | "incremental_with_deletions";
                /** @default null */
                fields?: string[] | null;
            } | string)[] | null;
            /**
             * @default {
             *       "type": "analytics"
             *     }
             */
            destination?: {
                /** @constant */
                type: "analytics";
            } | {
                /** @constant */
                type: "connection";
                /** @description Id of one connection, e.g. conn_… */
                connectionId: string;
                targets: {
                    [key: string]: {
                        /** @constant */
                        kind: "rest";
                        /**
                         * @default POST
                         * @enum {string}
                         */
                        method?: "POST" | "PUT" | "PATCH";
                        path: string;
                        /** @default 1 */
                        batch?: number;
                        deletePath?: string;
                    } | {
                        /** @constant */
                        kind: "graphql";
                        mutation: string;
                        /** @default {} */
                        variables?: {
                            [key: string]: string;
                        };
                        deleteMutation?: string;
                    } | {
                        /** @constant */
                        kind: "table";
                        schema?: string;
                        table: string;
                        /** @default {} */
                        columns?: {
                            [key: string]: string;
                        };
                        /** @default true */
                        create?: boolean;
                    } | {
                        /** @constant */
                        kind: "file";
                        directory: string;
                        /**
                         * @default json_lines
                         * @enum {string}
                         */
                        format?: "json_lines" | "csv";
                    };
                };
            };
            intervalSeconds?: number | null;
            cron?: string | null;
            /** @default true */
            enabled?: boolean;
            /** @description As the query parameter of that name. */
            projectId?: string;
        };
        NewOauthApp: {
            /** @description Id of one platform, e.g. plat_… */
            platformId?: string;
            /** @description Id of one project, e.g. proj_… */
            projectId?: string;
            connector: string;
            clientId: string;
            clientSecret?: string;
            privateKey?: string;
            keyId?: string;
            builtIn?: boolean;
        };
        NewPlatform: {
            name: string;
            /** @default false */
            expiryEmails?: boolean;
        };
        NewProject: {
            /** @description Id of one platform, e.g. plat_… */
            platformId?: string;
            displayName: string;
            /** @default [] */
            returnUrls?: string[];
        };
        NewSession: {
            /** Format: email */
            email: string;
            password: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId?: string;
        };
        NewSigningKey: {
            displayName: string;
            /** @enum {string} */
            algorithm: "RS256" | "PS256" | "ES256" | "EdDSA" | "ssh-ed25519" | "ssh-rsa";
            privateKey?: string;
        };
        NewUser: {
            /** @description Id of one platform, e.g. plat_… */
            platformId?: string;
            /** Format: email */
            email: string;
            firstName: string;
            lastName: string;
            /**
             * @default MEMBER
             * @enum {string}
             */
            platformRole?: "ADMIN" | "MEMBER";
            password?: string;
        };
        NewWebhook: {
            /** Format: uri */
            url: string;
            /** @default  */
            description?: string;
            /** @default null */
            events?: ("connection.broken" | "connection.recovered" | "credential.refreshed" | "credential.expiring")[] | null;
            /** @default true */
            enabled?: boolean;
            /** @description As the query parameter of that name. */
            projectId?: string;
        };
        OauthApp: {
            /** @description Id of one oauthApp, e.g. app_… */
            id: string;
            platformId: string | null;
            projectId: string | null;
            connector: string;
            clientId: string;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        Platform: {
            /** @description Id of one platform, e.g. plat_… */
            id: string;
            name: string;
            expiryEmails: boolean;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        PlatformChange: {
            name?: string;
            expiryEmails?: boolean;
        };
        Project: {
            /** @description Id of one project, e.g. proj_… */
            id: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            displayName: string;
            returnUrls: string[];
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        ProjectChange: {
            displayName?: string;
            returnUrls?: string[];
        };
        ProviderConnection: {
            /** @description Id of one connection, e.g. conn_… */
            id: string;
            provider: string;
            /** @enum {string} */
            type: "oauth" | "api_key" | "none";
            /** @enum {string} */
            status: "connected" | "disconnected";
            /** @description Left out where the provider names none. */
            account?: string;
            userId: string | null;
        };
        Rotation: {
            /** @description Id of one rotation, e.g. rot_… */
            id: string;
            /** @enum {string} */
            kind: "master" | "data";
            tenant: string | null;
            /** @enum {string} */
            status: "running" | "done" | "failed";
            destroyOld: boolean;
            total: number;
            done: number;
            failed: number;
            lastError: string | null;
            requestedBy: string;
            /** Format: date-time */
            started: string;
            /** Format: date-time */
            updated: string;
            finished: string | null;
        };
        Run: {
            /** @description Id of one run, e.g. run_… */
            id: string;
            /** @description Id of one flow, e.g. flow_… */
            flowId: string;
            /** @description Id of one connection, e.g. conn_… */
            connectionId: string;
            connector: string;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "partial" | "failed" | "cancelled";
            /** @enum {string} */
            trigger: "manual" | "schedule" | "retry";
            /** Format: date-time */
            startedAt: string;
            finishedAt: string | null;
            records: number;
            streams: components["schemas"]["StreamProgress"][];
        };
        /** @enum {string} */
        Scope: "connections:read" | "connections:write" | "tokens:resolve" | "syncs:run" | "flows:read" | "flows:write" | "audit:read" | "admin";
        Session: {
            /** @description Id of one session, e.g. sess_… */
            id: string;
            /** @description Id of one user, e.g. user_… */
            userId: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            token: string;
            /** Format: date-time */
            expires: string;
        };
        SigningKey: {
            /** @description Id of one signingKey, e.g. skey_… */
            id: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            projectId: string | null;
            displayName: string;
            /** @enum {string} */
            algorithm: "RS256" | "PS256" | "ES256" | "EdDSA" | "ssh-ed25519" | "ssh-rsa";
            publicKeyPem: string;
            publicJwk: {
                [key: string]: string;
            } | null;
            sshPublicKey: string | null;
            certificatePem: string | null;
            fingerprint: string;
            /** Format: date-time */
            created: string;
        };
        StartedSync: {
            /** @constant */
            status: "started";
            /** @description Id of one sync, e.g. sync_… */
            syncId: string;
            connectors: string[];
        };
        /** @enum {string} */
        StatusReason: "reauth_required" | "calls_failing" | "insufficient_scope" | "connector_misconfigured" | "refresh_outcome_unknown" | "key_expired";
        StreamProgress: {
            stream: string;
            /** @enum {string} */
            status: "queued" | "running" | "succeeded" | "failed" | "cancelled";
            /** @enum {string} */
            mode: "full" | "incremental" | "incremental_with_deletions";
            records: number;
            deleted: number;
            pages: number;
            quarantined: number;
            error: {
                code: string;
                message: string;
            } | null;
        };
        Sync: {
            /** @description Id of one sync, e.g. sync_… */
            syncId: string;
            /** @enum {string} */
            status: "running" | "succeeded" | "partial" | "failed";
            connectors: string[];
            /** Format: date-time */
            startedAt: string;
            finishedAt: string | null;
            records: number;
            runs: components["schemas"]["Run"][];
        };
        UpsertAppConnection: {
            displayName: string;
            /** @description A connector's id, an alias, or `@activepieces/piece-…`; answers echo it. */
            pieceName: string;
            pieceVersion?: string;
            type: components["schemas"]["ConnectionType"];
            /** @description Your name for the connection, unique in its project (or platform). Left out: always a new connection. */
            externalId?: string;
            value: components["schemas"]["AppConnectionValue"];
            metadata?: components["schemas"]["ConnectionMetadata"] | null;
            /** @description What the connector asks for besides the credential. */
            inputs?: components["schemas"]["ConnectionInputs"];
            scope?: components["schemas"]["ConnectionScope"];
            /** @description Scope PLATFORM: the projects that may use it. */
            projectIds?: string[];
            preSelectForNewProjects?: boolean;
            expires?: string | null;
            /** @description As the query parameter of that name. */
            projectId?: string;
        };
        UsableToken: {
            /** @description Id of one connection, e.g. conn_… */
            connectionId: string;
            provider: string;
            /** @enum {string} */
            type: "OAUTH2" | "SECRET_TEXT" | "BASIC_AUTH" | "CUSTOM_AUTH" | "JWT_BEARER" | "KEY_PAIR" | "NO_AUTH";
            token: string | null;
            tokenType: string;
            /** @description BASIC_AUTH, KEY_PAIR. */
            username: string | null;
            /** @description CUSTOM_AUTH: the fields; KEY_PAIR: `private_key`, and `passphrase` and `host_key_fingerprint` where there are any. */
            props: {
                [key: string]: string;
            } | null;
            expiresAt: string | null;
            /** @description Set when the token still lives but could not be renewed just now. */
            warning: string | null;
        };
        User: {
            /** @description Id of one user, e.g. user_… */
            id: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            /** Format: email */
            email: string;
            firstName: string;
            lastName: string;
            /** @enum {string} */
            platformRole: "ADMIN" | "MEMBER";
            enabled: boolean;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        UserChange: {
            firstName?: string;
            lastName?: string;
            /** @enum {string} */
            platformRole?: "ADMIN" | "MEMBER";
            enabled?: boolean;
            password?: string;
        };
        Webhook: {
            /** @description Id of one webhook, e.g. hook_… */
            id: string;
            /** @description Id of one platform, e.g. plat_… */
            platformId: string;
            projectId: string | null;
            /** Format: uri */
            url: string;
            description: string;
            events: ("connection.broken" | "connection.recovered" | "credential.refreshed" | "credential.expiring")[] | null;
            enabled: boolean;
            /** @enum {string} */
            state: "active" | "resting" | "disabled";
            stateReason: string | null;
            consecutiveFailures: number;
            formerSecretUntil: string | null;
            /** Format: date-time */
            created: string;
            /** Format: date-time */
            updated: string;
        };
        WebhookChange: {
            /** Format: uri */
            url?: string;
            description?: string;
            events?: ("connection.broken" | "connection.recovered" | "credential.refreshed" | "credential.expiring")[] | null;
            enabled?: boolean;
        };
        WebhookDelivery: {
            /** @description Id of one webhookMessage, e.g. msg_… */
            messageId: string;
            /** @description Id of one webhook, e.g. hook_… */
            webhookId: string;
            type: string;
            /** @enum {string} */
            status: "waiting" | "delivered" | "given_up";
            attempts: number;
            lastAttemptAt: string | null;
            nextAttemptAt: string | null;
            lastStatus: number | null;
            lastError: string | null;
            /** Format: date-time */
            created: string;
        };
    };
    responses: {
        /** @description `AUTHORIZATION_DENIED`, `AUTHORIZATION_FAILED`, `AUTHORIZATION_STATE_INVALID`, `INVALID_APP_CONNECTION`, `VALIDATION` */
        "400AuthorizationDeniedAuthorizationFailedAuthorizationStateInvalidInvalidAppConnectionValidation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "AUTHORIZATION_DENIED" | "AUTHORIZATION_FAILED" | "AUTHORIZATION_STATE_INVALID" | "INVALID_APP_CONNECTION" | "VALIDATION";
                };
            };
        };
        /** @description `AUTHORIZATION_FAILED`, `INVALID_APP_CONNECTION`, `OAUTH_APP_MISSING`, `VALIDATION` */
        "400AuthorizationFailedInvalidAppConnectionOauthAppMissingValidation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "AUTHORIZATION_FAILED" | "INVALID_APP_CONNECTION" | "OAUTH_APP_MISSING" | "VALIDATION";
                };
            };
        };
        /** @description `INVALID_APP_CONNECTION`, `OAUTH_APP_MISSING`, `RETURN_URL_NOT_ALLOWED`, `VALIDATION` */
        "400InvalidAppConnectionOauthAppMissingReturnUrlNotAllowedValidation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "INVALID_APP_CONNECTION" | "OAUTH_APP_MISSING" | "RETURN_URL_NOT_ALLOWED" | "VALIDATION";
                };
            };
        };
        /** @description `INVALID_APP_CONNECTION`, `OAUTH_APP_MISSING`, `VALIDATION` */
        "400InvalidAppConnectionOauthAppMissingValidation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "INVALID_APP_CONNECTION" | "OAUTH_APP_MISSING" | "VALIDATION";
                };
            };
        };
        /** @description `INVALID_APP_CONNECTION`, `RETURN_URL_NOT_ALLOWED`, `VALIDATION` */
        "400InvalidAppConnectionReturnUrlNotAllowedValidation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "INVALID_APP_CONNECTION" | "RETURN_URL_NOT_ALLOWED" | "VALIDATION";
                };
            };
        };
        /** @description `INVALID_APP_CONNECTION`, `VALIDATION` */
        "400InvalidAppConnectionValidation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "INVALID_APP_CONNECTION" | "VALIDATION";
                };
            };
        };
        /** @description `VALIDATION` */
        "400Validation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 400;
                    /** @enum {unknown} */
                    code?: "VALIDATION";
                };
            };
        };
        /** @description `AUTHENTICATION` */
        "401Authentication": {
            headers: {
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 401;
                    /** @enum {unknown} */
                    code?: "AUTHENTICATION";
                };
            };
        };
        /** @description `AUTHORIZATION` */
        "403Authorization": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 403;
                    /** @enum {unknown} */
                    code?: "AUTHORIZATION";
                };
            };
        };
        /** @description `AUTHORIZATION`, `PERMISSION_DENIED` */
        "403AuthorizationPermissionDenied": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 403;
                    /** @enum {unknown} */
                    code?: "AUTHORIZATION" | "PERMISSION_DENIED";
                };
            };
        };
        /** @description `CONNECT_LINK_INVALID` */
        "404ConnectLinkInvalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 404;
                    /** @enum {unknown} */
                    code?: "CONNECT_LINK_INVALID";
                };
            };
        };
        /** @description `ENTITY_NOT_FOUND` */
        "404EntityNotFound": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 404;
                    /** @enum {unknown} */
                    code?: "ENTITY_NOT_FOUND";
                };
            };
        };
        /** @description `METHOD_NOT_ALLOWED` */
        "405MethodNotAllowed": {
            headers: {
                /** @description The methods that are served at the path. */
                Allow?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 405;
                    /** @enum {unknown} */
                    code?: "METHOD_NOT_ALLOWED";
                };
            };
        };
        /** @description `CONFLICT` */
        "409Conflict": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 409;
                    /** @enum {unknown} */
                    code?: "CONFLICT";
                };
            };
        };
        /** @description `CONNECTION_DISABLED` */
        "409ConnectionDisabled": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 409;
                    /** @enum {unknown} */
                    code?: "CONNECTION_DISABLED";
                };
            };
        };
        /** @description `CONNECTION_DISABLED`, `CREDENTIAL_NEEDS_RECONNECT` */
        "409ConnectionDisabledCredentialNeedsReconnect": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 409;
                    /** @enum {unknown} */
                    code?: "CONNECTION_DISABLED" | "CREDENTIAL_NEEDS_RECONNECT";
                };
            };
        };
        /** @description `CREDENTIAL_NEEDS_RECONNECT` */
        "409CredentialNeedsReconnect": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 409;
                    /** @enum {unknown} */
                    code?: "CREDENTIAL_NEEDS_RECONNECT";
                };
            };
        };
        /** @description `VALIDATION` */
        "409Validation": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 409;
                    /** @enum {unknown} */
                    code?: "VALIDATION";
                };
            };
        };
        /** @description `PAYLOAD_TOO_LARGE` */
        "413PayloadTooLarge": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 413;
                    /** @enum {unknown} */
                    code?: "PAYLOAD_TOO_LARGE";
                };
            };
        };
        /** @description `UNSUPPORTED_MEDIA_TYPE` */
        "415UnsupportedMediaType": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 415;
                    /** @enum {unknown} */
                    code?: "UNSUPPORTED_MEDIA_TYPE";
                };
            };
        };
        /** @description `RATE_LIMITED` */
        "429RateLimited": {
            headers: {
                /** @description Seconds to wait. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 429;
                    /** @enum {unknown} */
                    code?: "RATE_LIMITED";
                };
            };
        };
        /** @description `INTERNAL` */
        "500Internal": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 500;
                    /** @enum {unknown} */
                    code?: "INTERNAL";
                };
            };
        };
        /** @description `CONNECTOR_MISCONFIGURED`, `PROVIDER_UNAVAILABLE` */
        "502ConnectorMisconfiguredProviderUnavailable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 502;
                    /** @enum {unknown} */
                    code?: "CONNECTOR_MISCONFIGURED" | "PROVIDER_UNAVAILABLE";
                };
            };
        };
        /** @description `PROVIDER_UNAVAILABLE` */
        "502ProviderUnavailable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 502;
                    /** @enum {unknown} */
                    code?: "PROVIDER_UNAVAILABLE";
                };
            };
        };
        /** @description `CREDENTIAL_COOLDOWN`, `SERVICE_UNAVAILABLE` */
        "503CredentialCooldownServiceUnavailable": {
            headers: {
                /** @description Seconds to wait, where they are known. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 503;
                    /** @enum {unknown} */
                    code?: "CREDENTIAL_COOLDOWN" | "SERVICE_UNAVAILABLE";
                };
            };
        };
        /** @description `SERVICE_UNAVAILABLE` */
        "503ServiceUnavailable": {
            headers: {
                /** @description Seconds to wait, where they are known. */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    statusCode?: 503;
                    /** @enum {unknown} */
                    code?: "SERVICE_UNAVAILABLE";
                };
            };
        };
    };
    parameters: {
        /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
        ProjectId: string;
        /** @description The same as a header; both must agree. */
        ProjectIdHeader: string;
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listConnectors: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connector"][];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    connectConnector: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    type: string;
                    credentials?: {
                        [key: string]: string;
                    };
                    inputs?: components["schemas"]["ConnectionInputs"];
                    displayName?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connector"];
                };
            };
            400: components["responses"]["400InvalidAppConnectionValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    disconnectConnector: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    type: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        disconnected: string[];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    connectProvider: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    provider: string;
                    api_key: string;
                    inputs?: components["schemas"]["ConnectionInputs"];
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectedProvider"];
                };
            };
            400: components["responses"]["400InvalidAppConnectionValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listOwnConnections: {
        parameters: {
            query?: {
                team?: boolean;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        connections: components["schemas"]["ProviderConnection"][];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    disconnectProvider: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        disconnected: true;
                        provider: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    refreshToken: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Id of one connection, e.g. conn_… */
                    connectionId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        refreshed: boolean;
                        provider: string;
                        /** @description Id of one connection, e.g. conn_… */
                        connectionId: string;
                        expiresAt: string | null;
                    };
                };
            };
            400: components["responses"]["400InvalidAppConnectionValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409CredentialNeedsReconnect"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503CredentialCooldownServiceUnavailable"];
        };
    };
    resolveToken: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Id of one connection, e.g. conn_… */
                    connectionId?: string;
                    /** @description Id of one user, e.g. user_… */
                    userId?: string;
                    tokenName?: string;
                    minimumSeconds?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsableToken"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409ConnectionDisabledCredentialNeedsReconnect"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503CredentialCooldownServiceUnavailable"];
        };
    };
    startConnectorAuthorization: {
        parameters: {
            query?: {
                redirect_uri?: string;
                externalId?: string;
                displayName?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the consent screen */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400InvalidAppConnectionOauthAppMissingReturnUrlNotAllowedValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    finishConnectorAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                type: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectedProvider"];
                };
            };
            /** @description To the return URL */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400AuthorizationDeniedAuthorizationFailedAuthorizationStateInvalidInvalidAppConnectionValidation"];
            404: components["responses"]["404ConnectLinkInvalid"];
            409: components["responses"]["409Conflict"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    startAuthorization: {
        parameters: {
            query?: {
                redirect_uri?: string;
                externalId?: string;
                displayName?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uri */
                        auth_url: string;
                        /** @description Id of one connection, e.g. conn_… */
                        connectionId: string;
                        /** Format: date-time */
                        expiresAt: string;
                    };
                };
            };
            400: components["responses"]["400InvalidAppConnectionOauthAppMissingReturnUrlNotAllowedValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    finishAuthorization: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectedProvider"];
                };
            };
            /** @description To the return URL */
            302: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400AuthorizationDeniedAuthorizationFailedAuthorizationStateInvalidInvalidAppConnectionValidation"];
            404: components["responses"]["404ConnectLinkInvalid"];
            409: components["responses"]["409Conflict"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    runSyncByGet: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedSync"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    runSync: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedSync"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getSync: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one sync, e.g. sync_… */
                syncId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sync"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ApiKey"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createApiKey: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id of one platform, e.g. plat_… */
                    platformId?: string;
                    /** @description Id of one user, e.g. user_… */
                    userId?: string;
                    displayName: string;
                    scopes: components["schemas"]["Scope"][];
                    /** Format: date-time */
                    expires?: string;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one apiKey, e.g. key_… */
                        id: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        projectId: string | null;
                        userId: string | null;
                        displayName: string;
                        scopes: components["schemas"]["Scope"][];
                        expires: string | null;
                        /** Format: date-time */
                        created: string;
                        revoked: string | null;
                        key: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getApiKey: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one apiKey, e.g. key_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    revokeApiKey: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one apiKey, e.g. key_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listAppConnections: {
        parameters: {
            query?: {
                /** @description A connector's id, an alias, or `@activepieces/piece-…`; any form finds what was made under another. */
                pieceName?: string;
                /** @description Part of the name, in any case. */
                displayName?: string;
                /** @description One or more: `status=ACTIVE&status=ERROR`, `status[]=…` or `status=ACTIVE,ERROR`. */
                status?: ("ACTIVE" | "MISSING" | "ERROR")[];
                externalId?: string;
                /** @description Id of one user, e.g. user_… */
                ownerId?: string;
                scope?: components["schemas"]["ConnectionScope"];
                /** @description How many to return. */
                limit?: number;
                /** @description `next` or `previous` of an earlier answer, with the same filters. */
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AppConnection"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    upsertAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpsertAppConnection"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppConnection"];
                };
            };
            400: components["responses"]["400AuthorizationFailedInvalidAppConnectionOauthAppMissingValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createAuthorizationUrl: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    pieceName: string;
                    pieceVersion?: string;
                    clientId?: string;
                    /** Format: uri */
                    redirectUrl?: string;
                    state?: string;
                    inputs?: components["schemas"]["ConnectionInputs"];
                    /** @description The reference's name for `inputs`. */
                    props?: components["schemas"]["ConnectionInputs"];
                    scopes?: string[];
                    /** @enum {string} */
                    type?: "OAUTH2" | "PLATFORM_OAUTH2" | "CLOUD_OAUTH2";
                    externalId?: string;
                    displayName?: string;
                    metadata?: components["schemas"]["ConnectionMetadata"] | null;
                    scope?: components["schemas"]["ConnectionScope"];
                    projectIds?: string[];
                    /** @description Where the browser goes in the end: one of the project's return URLs. */
                    returnUrl?: string;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthorizationUrl"];
                };
            };
            400: components["responses"]["400InvalidAppConnectionOauthAppMissingReturnUrlNotAllowedValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listAppConnectionOwners: {
        parameters: {
            query?: {
                /** @description How many to return. */
                limit?: number;
                /** @description `next` or `previous` of an earlier answer, with the same filters. */
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["ConnectionOwner"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    recomputeAppConnections: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Id of one connection, e.g. conn_… */
                    id?: string;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        computed: number;
                        changed: string[];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    replaceAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id of one connection, e.g. conn_… */
                    sourceAppConnectionId: string;
                    /** @description Id of one connection, e.g. conn_… */
                    targetAppConnectionId: string;
                    /** @default false */
                    deleteSourceConnection?: boolean;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Validation"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppConnection"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updateAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AppConnectionChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppConnection"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteAppConnection: {
        parameters: {
            query?: {
                force?: boolean;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    reportAppConnectionCall: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    outcome: "succeeded" | "failed" | "unauthorized" | "forbidden";
                    /** @default null */
                    code?: string | null;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    disableAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorProfile"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    enableAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorProfile"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getAppConnectionHealth: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorProfileHealth"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    reconnectAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    value?: components["schemas"]["AppConnectionValue"];
                    expires?: string | null;
                    scopes?: string[];
                    returnUrl?: string;
                    /** @default false */
                    allowOtherAccount?: boolean;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BegunReconnect"] | components["schemas"]["ConnectorProfile"];
                };
            };
            400: components["responses"]["400InvalidAppConnectionOauthAppMissingReturnUrlNotAllowedValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    revalidateAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppConnection"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409ConnectionDisabled"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    rotateAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    value: components["schemas"]["AppConnectionValue"];
                    expires?: string | null;
                    /** @default false */
                    allowOtherAccount?: boolean;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorProfile"];
                };
            };
            400: components["responses"]["400InvalidAppConnectionValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getAppConnectionScopes: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GrantedScopes"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    resolveAppConnectionToken: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    tokenName?: string;
                    minimumSeconds?: number;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsableToken"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409ConnectionDisabledCredentialNeedsReconnect"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503CredentialCooldownServiceUnavailable"];
        };
    };
    getAppConnectionUsage: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one connection, e.g. conn_… */
                        id: string;
                        flowIds: string[];
                        enabledFlows: number;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    verifyAppConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        outcome: "verified" | "rejected" | "unavailable";
                        message: string | null;
                        connection: components["schemas"]["ConnectorProfile"];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409ConnectionDisabled"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listAuditEntries: {
        parameters: {
            query?: {
                action?: string;
                targetId?: string;
                actorId?: string;
                outcome?: "done" | "denied" | "failed";
                /** @description From this moment on; `to` is its end. */
                from?: string;
                to?: string;
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AuditEntry"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                action?: string;
                targetId?: string;
                actorId?: string;
                outcome?: "done" | "denied" | "failed";
                /** @description From this moment on; `to` is its end. */
                from?: string;
                to?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                /** @description Id of one platform, e.g. plat_… */
                platformId?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        entries: number;
                        intact: boolean;
                        brokenAt: number | null;
                        head: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listConnectLinks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            /** @description Id of one connectLink, e.g. link_… */
                            id: string;
                            /** @description Id of one platform, e.g. plat_… */
                            platformId: string;
                            /** @description Id of one project, e.g. proj_… */
                            projectId: string;
                            endUser: {
                                id: string;
                                displayName?: string;
                                email?: string;
                            };
                            connectors: string[];
                            connectionId: string | null;
                            /** @enum {string} */
                            status: "open" | "used" | "revoked" | "expired";
                            usedConnectionId: string | null;
                            returnUrl: string | null;
                            /** Format: date-time */
                            expiresAt: string;
                            /** Format: date-time */
                            created: string;
                        }[];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createConnectLink: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    endUser: {
                        id: string;
                        displayName?: string;
                        /** Format: email */
                        email?: string;
                    };
                    connectors?: string[];
                    /** @description Id of one connection, e.g. conn_… */
                    connectionId?: string;
                    externalId?: string;
                    displayName?: string;
                    /** @default {} */
                    inputs?: components["schemas"]["ConnectionInputs"];
                    metadata?: components["schemas"]["ConnectionMetadata"] | null;
                    /** @default [] */
                    scopes?: string[];
                    /** @description Id of one user, e.g. user_… */
                    ownerId?: string;
                    /** @default false */
                    allowOtherAccount?: boolean;
                    returnUrl?: string;
                    /** @default 30 */
                    expiresInMinutes?: number;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one connectLink, e.g. link_… */
                        id: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        /** @description Id of one project, e.g. proj_… */
                        projectId: string;
                        endUser: {
                            id: string;
                            displayName?: string;
                            email?: string;
                        };
                        connectors: string[];
                        connectionId: string | null;
                        /** @enum {string} */
                        status: "open" | "used" | "revoked" | "expired";
                        usedConnectionId: string | null;
                        returnUrl: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: date-time */
                        created: string;
                        /** Format: uri */
                        url: string;
                    };
                };
            };
            400: components["responses"]["400InvalidAppConnectionReturnUrlNotAllowedValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getConnectLink: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connectLink, e.g. link_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one connectLink, e.g. link_… */
                        id: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        /** @description Id of one project, e.g. proj_… */
                        projectId: string;
                        endUser: {
                            id: string;
                            displayName?: string;
                            email?: string;
                        };
                        connectors: string[];
                        connectionId: string | null;
                        /** @enum {string} */
                        status: "open" | "used" | "revoked" | "expired";
                        usedConnectionId: string | null;
                        returnUrl: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: date-time */
                        created: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    revokeConnectLink: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connectLink, e.g. link_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one connectLink, e.g. link_… */
                        id: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        /** @description Id of one project, e.g. proj_… */
                        projectId: string;
                        endUser: {
                            id: string;
                            displayName?: string;
                            email?: string;
                        };
                        connectors: string[];
                        connectionId: string | null;
                        /** @enum {string} */
                        status: "open" | "used" | "revoked" | "expired";
                        usedConnectionId: string | null;
                        returnUrl: string | null;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: date-time */
                        created: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listCatalog: {
        parameters: {
            query?: {
                category?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        connectors: components["schemas"]["CatalogConnector"][];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    defineConnector: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connector: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    streams: {
                        [key: string]: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                    };
                    /**
                     * @default PROJECT
                     * @enum {string}
                     */
                    scope?: "PROJECT" | "PLATFORM";
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        projectId: string | null;
                        displayName: string;
                        version: number;
                        folder: {
                            connector: {
                                [key: string]: components["schemas"]["JsonValue"];
                            };
                            streams: {
                                [key: string]: {
                                    [key: string]: components["schemas"]["JsonValue"];
                                };
                            };
                        };
                        /** Format: date-time */
                        created: string;
                        /** Format: date-time */
                        updated: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    checkConnectorDefinition: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connector: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    streams: {
                        [key: string]: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                    };
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        problems: {
                            path: string;
                            message: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listConnectorDefinitions: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            id: string;
                            name: string;
                            /** @description Id of one platform, e.g. plat_… */
                            platformId: string;
                            projectId: string | null;
                            displayName: string;
                            version: number;
                            /** Format: date-time */
                            created: string;
                            /** Format: date-time */
                            updated: string;
                        }[];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getConnectorDefinition: {
        parameters: {
            query?: {
                version?: number;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        name: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        projectId: string | null;
                        displayName: string;
                        version: number;
                        folder: {
                            connector: {
                                [key: string]: components["schemas"]["JsonValue"];
                            };
                            streams: {
                                [key: string]: {
                                    [key: string]: components["schemas"]["JsonValue"];
                                };
                            };
                        };
                        /** Format: date-time */
                        created: string;
                        /** Format: date-time */
                        updated: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteConnectorDefinition: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        deleted: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    draftConnector: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    openapi: {
                        [key: string]: components["schemas"]["JsonValue"];
                    };
                    name?: string;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        folder: {
                            connector: {
                                [key: string]: components["schemas"]["JsonValue"];
                            };
                            streams: {
                                [key: string]: {
                                    [key: string]: components["schemas"]["JsonValue"];
                                };
                            };
                        };
                        notes: string[];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    dryRunConnector: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    connector?: string;
                    definition?: {
                        connector: {
                            [key: string]: components["schemas"]["JsonValue"];
                        };
                        streams: {
                            [key: string]: {
                                [key: string]: components["schemas"]["JsonValue"];
                            };
                        };
                    };
                    stream: string;
                    /** @default {} */
                    inputs?: components["schemas"]["ConnectionInputs"];
                    /** @description Id of one connection, e.g. conn_… */
                    connectionId?: string;
                    value?: components["schemas"]["AppConnectionValue"];
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        records: {
                            [key: string]: components["schemas"]["JsonValue"];
                        }[];
                        quarantined: {
                            position: number;
                            reason: string;
                        }[];
                        keys: string[];
                        request: {
                            method: string;
                            url: string;
                        } | null;
                        more: boolean;
                        tookMs: number;
                    };
                };
            };
            400: components["responses"]["400InvalidAppConnectionValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409ConnectionDisabledCredentialNeedsReconnect"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503CredentialCooldownServiceUnavailable"];
        };
    };
    getCatalogConnector: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogConnectorDetails"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getCatalogConnectorLogo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/svg+xml": string;
                };
            };
            /** @description Not modified */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400Validation"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listEgressAddresses: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        regions: components["schemas"]["EgressRegion"][];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listFlows: {
        parameters: {
            query?: {
                /** @description Id of one connection, e.g. conn_… */
                connectionId?: string;
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Flow"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createFlow: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewFlow"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getFlow: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one flow, e.g. flow_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updateFlow: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one flow, e.g. flow_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["FlowChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteFlow: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one flow, e.g. flow_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one flow, e.g. flow_… */
                        deleted: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    runFlow: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one flow, e.g. flow_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default false */
                    full?: boolean;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listGlobalConnections: {
        parameters: {
            query?: {
                /** @description A connector's id, an alias, or `@activepieces/piece-…`; any form finds what was made under another. */
                pieceName?: string;
                /** @description Part of the name, in any case. */
                displayName?: string;
                /** @description One or more: `status=ACTIVE&status=ERROR`, `status[]=…` or `status=ACTIVE,ERROR`. */
                status?: ("ACTIVE" | "MISSING" | "ERROR")[];
                externalId?: string;
                /** @description Id of one user, e.g. user_… */
                ownerId?: string;
                /** @description How many to return. */
                limit?: number;
                /** @description `next` or `previous` of an earlier answer, with the same filters. */
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["AppConnection"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    upsertGlobalConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    displayName: string;
                    /** @description A connector's id, an alias, or `@activepieces/piece-…`; answers echo it. */
                    pieceName: string;
                    pieceVersion?: string;
                    type: components["schemas"]["ConnectionType"];
                    /** @description Your name for the connection, unique in its project (or platform). Left out: always a new connection. */
                    externalId?: string;
                    value: components["schemas"]["AppConnectionValue"];
                    metadata?: components["schemas"]["ConnectionMetadata"] | null;
                    /** @description What the connector asks for besides the credential. */
                    inputs?: components["schemas"]["ConnectionInputs"];
                    /** @constant */
                    scope?: "PLATFORM";
                    /** @description Scope PLATFORM: the projects that may use it. */
                    projectIds?: string[];
                    preSelectForNewProjects?: boolean;
                    expires?: string | null;
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppConnection"];
                };
            };
            400: components["responses"]["400AuthorizationFailedInvalidAppConnectionOauthAppMissingValidation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updateGlobalConnection: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["AppConnectionChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppConnection"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteGlobalConnection: {
        parameters: {
            query?: {
                force?: boolean;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one connection, e.g. conn_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getRefreshHealth: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        credentials: number;
                        refreshable: number;
                        due: number;
                        overdue: number;
                        failing: number;
                        broken: number;
                        oldestDueAt: string | null;
                        lastRefreshedAt: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Member"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    putMember: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Id of one user, e.g. user_… */
                    userId: string;
                    /** @enum {string} */
                    role: "ADMIN" | "EDITOR" | "VIEWER";
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Member"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    removeMember: {
        parameters: {
            query: {
                /** @description Id of one user, e.g. user_… */
                userId: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        removed: boolean;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listOauthApps: {
        parameters: {
            query?: {
                connector?: string;
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["OauthApp"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    putOauthApp: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewOauthApp"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthApp"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getOauthApp: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one oauthApp, e.g. app_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OauthApp"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteOauthApp: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one oauthApp, e.g. app_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one oauthApp, e.g. app_… */
                        deleted: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listPlatforms: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Platform"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createPlatform: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPlatform"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Platform"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getPlatform: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one platform, e.g. plat_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Platform"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updatePlatform: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one platform, e.g. plat_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PlatformChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Platform"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listProjects: {
        parameters: {
            query?: {
                /** @description Id of one platform, e.g. plat_… */
                platformId?: string;
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Project"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createProject: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getProject: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one project, e.g. proj_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updateProject: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one project, e.g. proj_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Project"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listRuns: {
        parameters: {
            query?: {
                /** @description Id of one flow, e.g. flow_… */
                flowId?: string;
                /** @description Id of one connection, e.g. conn_… */
                connectionId?: string;
                status?: "queued" | "running" | "succeeded" | "partial" | "failed" | "cancelled";
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Run"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getRun: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one run, e.g. run_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    cancelRun: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one run, e.g. run_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    watchRun: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one run, e.g. run_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description It is over, and the client has seen the end. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listQuarantinedRecords: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one run, e.g. run_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: {
                            stream: string;
                            reason: string;
                            page: number;
                            position: number;
                            /** Format: date-time */
                            created: string;
                        }[];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    retryRun: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one run, e.g. run_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description As the query parameter of that name. */
                    projectId?: string;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Run"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSession"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403Authorization"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        ended: boolean;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createBrowserSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSession"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one session, e.g. sess_… */
                        id: string;
                        /** @description Id of one user, e.g. user_… */
                        userId: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        /** Format: date-time */
                        expires: string;
                        csrfToken: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403Authorization"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    whoAmI: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        kind: "operator" | "api_key" | "user";
                        id: string;
                        /** @enum {string} */
                        reach: "installation" | "platform" | "project";
                        platformId: string | null;
                        projectId: string | null;
                        userId: string | null;
                        scopes: components["schemas"]["Scope"][];
                        user: components["schemas"]["User"] | null;
                        project: components["schemas"]["Project"] | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listSigningKeys: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        signingKeys: components["schemas"]["SigningKey"][];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createSigningKey: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSigningKey"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getSigningKey: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one signingKey, e.g. skey_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteSigningKey: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one signingKey, e.g. skey_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Id of one platform, e.g. plat_… */
                platformId?: string;
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["User"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createUser: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one user, e.g. user_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updateUser: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one user, e.g. user_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listVaultRotations: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        credentials: components["schemas"]["Rotation"][];
                        clientSecrets: components["schemas"]["Rotation"][];
                        webhookSecrets: components["schemas"]["Rotation"][];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createVaultRotation: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    kind: "master" | "data";
                    /** @description Id of one project, e.g. proj_… */
                    tenant?: string;
                    /** @default false */
                    destroyOld?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        credentials: components["schemas"]["Rotation"];
                        clientSecrets: components["schemas"]["Rotation"];
                        webhookSecrets: components["schemas"]["Rotation"];
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["Webhook"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    createWebhook: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewWebhook"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one webhook, e.g. hook_… */
                        id: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        projectId: string | null;
                        /** Format: uri */
                        url: string;
                        description: string;
                        events: ("connection.broken" | "connection.recovered" | "credential.refreshed" | "credential.expiring")[] | null;
                        enabled: boolean;
                        /** @enum {string} */
                        state: "active" | "resting" | "disabled";
                        stateReason: string | null;
                        consecutiveFailures: number;
                        formerSecretUntil: string | null;
                        /** Format: date-time */
                        created: string;
                        /** Format: date-time */
                        updated: string;
                        secret: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    getWebhook: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    updateWebhook: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["WebhookChange"];
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one webhook, e.g. hook_… */
                        deleted: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                status?: "waiting" | "delivered" | "given_up";
                limit?: number;
                cursor?: string;
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        data: components["schemas"]["WebhookDelivery"][];
                        next: string | null;
                        previous: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    pingWebhook: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        delivered: boolean;
                        status: number | null;
                        message: string | null;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    replayWebhook: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Id of one webhookMessage, e.g. msg_… */
                    messageId?: string;
                    /** Format: date-time */
                    since?: string;
                    /** @default false */
                    delivered?: boolean;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        replayed: number;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: {
                /** @description The project to work in, for keys and sessions that reach several. One that is not reached is not found. */
                projectId?: components["parameters"]["ProjectId"];
            };
            header?: {
                /** @description The same as a header; both must agree. */
                "x-project-id"?: components["parameters"]["ProjectIdHeader"];
            };
            path: {
                /** @description Id of one webhook, e.g. hook_… */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default 24 */
                    overlapHours?: number;
                };
            };
        };
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Id of one webhook, e.g. hook_… */
                        id: string;
                        /** @description Id of one platform, e.g. plat_… */
                        platformId: string;
                        projectId: string | null;
                        /** Format: uri */
                        url: string;
                        description: string;
                        events: ("connection.broken" | "connection.recovered" | "credential.refreshed" | "credential.expiring")[] | null;
                        enabled: boolean;
                        /** @enum {string} */
                        state: "active" | "resting" | "disabled";
                        stateReason: string | null;
                        consecutiveFailures: number;
                        formerSecretUntil: string | null;
                        /** Format: date-time */
                        created: string;
                        /** Format: date-time */
                        updated: string;
                        secret: string;
                    };
                };
            };
            400: components["responses"]["400Validation"];
            401: components["responses"]["401Authentication"];
            403: components["responses"]["403AuthorizationPermissionDenied"];
            404: components["responses"]["404EntityNotFound"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    openConnectPage: {
        parameters: {
            query?: {
                connector?: string;
            };
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            400: components["responses"]["400Validation"];
            404: components["responses"]["404ConnectLinkInvalid"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    authorizeByConnectLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    connector: string;
                    /** @default {} */
                    inputs?: components["schemas"]["ConnectionInputs"];
                };
            };
        };
        responses: {
            /** @description To the consent screen, or the return URL */
            303: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400InvalidAppConnectionOauthAppMissingValidation"];
            403: components["responses"]["403Authorization"];
            404: components["responses"]["404ConnectLinkInvalid"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
    connectByConnectLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                token: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": {
                    connector: string;
                    /** @enum {string} */
                    type: "SECRET_TEXT" | "BASIC_AUTH" | "CUSTOM_AUTH" | "JWT_BEARER" | "KEY_PAIR" | "NO_AUTH";
                    /** @default {} */
                    inputs?: components["schemas"]["ConnectionInputs"];
                    /**
                     * @description Fields of the key, as the catalog names them.
                     * @default {}
                     */
                    members?: {
                        [key: string]: string;
                    };
                };
            };
        };
        responses: {
            /** @description Connected, and there is no return URL */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description To the consent screen, or the return URL */
            303: {
                headers: {
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["400InvalidAppConnectionValidation"];
            403: components["responses"]["403Authorization"];
            404: components["responses"]["404ConnectLinkInvalid"];
            409: components["responses"]["409Conflict"];
            413: components["responses"]["413PayloadTooLarge"];
            415: components["responses"]["415UnsupportedMediaType"];
            429: components["responses"]["429RateLimited"];
            500: components["responses"]["500Internal"];
            502: components["responses"]["502ConnectorMisconfiguredProviderUnavailable"];
            503: components["responses"]["503ServiceUnavailable"];
        };
    };
}
