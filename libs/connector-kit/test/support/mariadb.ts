import { Secret } from '@trunkline/contracts';
import { createEgress } from '@trunkline/egress';
import type { Egress } from '@trunkline/egress';
import { startTestMariadb } from '@trunkline/testing';
import mysql from 'mysql2/promise';
import type { Credential } from '../../src/index.js';

/** A MariaDB with the database `shop`, a user who may do what is said there, and a connection of root's to prepare and to look. */
export interface Shop {
  readonly egress: Egress;
  readonly inputs: Record<string, string>;
  readonly credential: Credential;
  readonly caPem: string;
  query<Found = Record<string, unknown>>(sql: string): Promise<Found[]>;
  close(): Promise<void>;
}

/** @param privileges such as `SELECT` */
export async function startShop(privileges: string): Promise<Shop> {
  const server = await startTestMariadb();
  const root = await mysql.createConnection({ host: '127.0.0.1', port: server.port, user: 'root', password: server.password, multipleStatements: true, timezone: 'Z', supportBigNumbers: true, bigNumberStrings: true, dateStrings: true });
  await root.query(`CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop; CREATE USER somebody@'%' IDENTIFIED BY 's3cret-db'; GRANT ${privileges} ON shop.* TO somebody@'%'`);
  const egress = createEgress({ allow: [`127.0.0.1:${server.port}`, `localhost:${server.port}`] });
  return {
    egress,
    inputs: { host: '127.0.0.1', port: String(server.port), database: 'shop', tls: 'off' },
    credential: { type: 'BASIC_AUTH', username: 'somebody', password: new Secret('s3cret-db') },
    caPem: server.caPem,
    query: async <Found>(sql: string) => (await root.query(sql))[0] as Found[],
    close: async () => {
      await egress.close();
      await root.end();
      await server.stop();
    },
  };
}
