# syntax=docker/dockerfile:1
# One file for every service: docker build --build-arg APP=gateway .
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /trunkline
ENV NX_DAEMON=false CI=true
COPY package.json package-lock.json nx.json tsconfig.base.json .swcrc .npmrc ./
COPY libs libs
COPY apps apps
RUN npm ci
ARG APP
RUN npx nx run @trunkline/${APP}:build
# What runs: this app, the libraries it stands on, and their production dependencies. No build tools, no embedded database.
RUN rm -rf node_modules apps/*/node_modules libs/*/node_modules \
 && npm ci --omit=dev --workspace "@trunkline/${APP}" --include-workspace-root=false \
 && mkdir -p /image/apps \
 && cp -a node_modules package.json libs /image/ \
 && cp -a apps /image/

FROM node:${NODE_VERSION}-bookworm-slim
ARG APP
ENV NODE_ENV=production TRUNKLINE_APP=${APP}
WORKDIR /trunkline
COPY --from=build --chown=root:root /image ./
# Where the token-refresher keeps what the database cannot take just now; a volume that is mounted here takes over its owner.
RUN install -d -o node -g node -m 0700 /var/lib/trunkline/spool
USER node
# Health and metrics; the gateway's is the API as well.
EXPOSE 3000
ENV PORT=3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["sh", "-c", "exec node apps/${TRUNKLINE_APP}/dist/main.js"]
