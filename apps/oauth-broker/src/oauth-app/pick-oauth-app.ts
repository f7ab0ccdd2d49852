import { IsNull, type DataSource } from 'typeorm';
import { OauthAppRow } from './oauth-app.entity.js';

/** The project's own app, else the platform's; never another one's. */
export async function pickOauthApp(
  database: DataSource,
  { platformId, projectId, connector }: { platformId: string; projectId: string; connector: string },
): Promise<OauthAppRow | null> {
  const apps = await database.getRepository(OauthAppRow).findBy([
    { platformId, connector, projectId },
    { platformId, connector, projectId: IsNull() },
  ]);
  return apps.find((app) => app.projectId === projectId) ?? apps[0] ?? null;
}
