import type { AddressInfo } from 'node:net';
import { connectionExpiring, connections, platforms, Secret, users, type Connection } from '@trunkline/contracts';
import { waitFor } from '@trunkline/testing';
import { SMTPServer } from 'smtp-server';
import { verbs } from './connection-verbs.js';
import { answerCredentials, answerFlows, startRegistry, type Registry } from './harness.js';

interface Letter {
  readonly to: string;
  readonly text: string;
}
const idOf = ({ text }: Letter) => /^Message-ID:\s+(\S+)/im.exec(text)![1]!;

/** A real SMTP server that keeps what it takes. */
async function startPostOffice() {
  const letters: Letter[] = [];
  let refuse: ((to: string, attempt: number) => number | null) | null = null;
  const attempts = new Map<string, number>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, callback) => callback(username === 'mailer' && password === 'smtp-pass-canary' ? null : new Error('no'), { user: username }),
    onRcptTo: ({ address }, _session, callback) => {
      const attempt = (attempts.get(address) ?? 0) + 1;
      attempts.set(address, attempt);
      const code = refuse?.(address, attempt) ?? null;
      callback(code === null ? null : Object.assign(new Error('not now'), { responseCode: code }));
    },
    onData: (stream, { envelope }, callback) => {
      let text = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => {
        letters.push({ to: envelope.rcptTo[0]!.address, text });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://mailer:smtp-pass-canary@127.0.0.1:${port}`,
    to: (address: string) => letters.filter((letter) => letter.to === address),
    attemptsFor: (address: string) => attempts.get(address) ?? 0,
    refuseWith: (next: typeof refuse) => void (refuse = next),
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

describe('reminders', () => {
  let registry: Registry;
  let second: Awaited<ReturnType<Registry['startAnother']>>;
  let office: Awaited<ReturnType<typeof startPostOffice>>;
  let stop: () => Promise<unknown>;
  beforeAll(async () => {
    office = await startPostOffice();
    registry = await startRegistry({
      TRUNKLINE_SMTP_URL: office.url,
      TRUNKLINE_MAIL_FROM: 'trunkline@mail.example',
      TRUNKLINE_REMINDER_SECONDS: '0.3',
      TRUNKLINE_MAIL_RETRY_SECONDS: '0.5',
    });
    second = await registry.startAnother();
    const [keeper, orchestrator] = [await answerCredentials(registry), await answerFlows(registry)];
    stop = () => Promise.all([keeper.stop(), orchestrator.stop()]);
  });
  afterAll(async () => {
    await stop?.();
    await second?.close();
    await registry?.stop();
    await office?.close();
  });
  afterEach(() => office.refuseWith(null));

  const { connect } = verbs(() => registry);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const told = (connection: Connection) => registry.told.of(connectionExpiring, connection.id);
  const mails = ({ id }: Connection) =>
    registry.database.query<{ id: string; recipient: string; sent_at: Date | null; given_up_at: Date | null; attempts: number; last_error: string | null }>('SELECT * FROM registry.mail WHERE id LIKE $1', [`%.${id}.%`]);
  const allSent = (connection: Connection, count: number) =>
    waitFor(async () => (await mails(connection)).filter(({ sent_at }) => sent_at !== null).length === count, { what: `${count} mails to be sent`, timeoutMs: 15_000 });
  /** Long enough for both replicas to look several times. */
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1_500));
  const age = ({ id }: Connection, days: number) => registry.database.query(`UPDATE registry.connection SET connected_at = now() - make_interval(days => $2) WHERE id = $1`, [id, days]);

  async function tenant({ expiryEmails }: { expiryEmails: boolean }) {
    const made = await registry.tenant({ withUser: true });
    const { operator, call } = registry;
    await call(platforms.update, { principal: operator, id: made.platform.id, change: { expiryEmails } });
    const person = (platformRole: 'ADMIN' | 'MEMBER') =>
      call(users.create, { principal: operator, user: { platformId: made.platform.id, email: `${Math.random().toString(36).slice(2)}@acme.example`, firstName: 'A', lastName: 'B', platformRole, password: new Secret('a-long-password-1') } });
    const [admin, gone, member] = [await person('ADMIN'), await person('ADMIN'), await person('MEMBER')];
    await call(users.update, { principal: operator, id: gone.id, change: { enabled: false } });
    return { ...made, admin, gone, member };
  }

  it('of a key that lapses soon are told once and mailed once, to the admins and the owner, by two replicas', async () => {
    const { principal, admin, gone, member, user } = await tenant({ expiryEmails: true });
    const due = inDays(13);
    const connection = await connect(principal, { displayName: 'Shop', expires: due });
    const later = await connect(principal, { externalId: 'later', expires: inDays(15) });
    await allSent(connection, 2);
    await aWhile();
    expect(told(connection)).toEqual([expect.objectContaining({ kind: 'expiry', due, connectionId: connection.id })]);
    expect((await mails(connection)).map(({ recipient }) => recipient).sort()).toEqual([admin.email, user.email].sort());
    const [letter, ...more] = office.to(admin.email);
    expect(more).toEqual([]);
    expect(letter!.text).toMatch(/^Subject: \S*The_key_of_=22Shop=22_expires_on/m);
    expect(letter!.text.replace(/=\r?\n/g, '')).toContain(`"Shop" (sandbox_graphql) expires on ${due.slice(0, 10)}.`);
    expect(idOf(letter!)).toMatch(/^<expiry\.conn_.*@mail\.example>$/);
    expect(letter!.text).not.toContain('sk_test_1');
    expect(letter!.text).not.toContain('canary');
    for (const nobody of [gone, member]) expect(office.to(nobody.email)).toEqual([]);
    expect(told(later)).toEqual([]);
    // Another day is another reminder.
    await registry.call(connections.update, { principal, id: connection.id, change: { expires: inDays(12) } });
    await waitFor(() => told(connection).length === 2, { what: 'the second reminder' });
  });

  it('are not mailed to who did not ask for it; whoever asks later is told by mail then', async () => {
    const { principal, platform, admin } = await tenant({ expiryEmails: false });
    const connection = await connect(principal, { expires: inDays(3) });
    const old = await connect(principal, { externalId: 'old' });
    await age(old, 91);
    await registry.told.wait(connectionExpiring, connection.id);
    await aWhile();
    expect(await mails(connection)).toEqual([]);
    expect(told(old)).toEqual([]);
    await registry.call(platforms.update, { principal: registry.operator, id: platform.id, change: { expiryEmails: true } });
    await waitFor(() => office.to(admin.email).length === 2, { what: 'both mails', timeoutMs: 15_000 });
    expect(told(connection)).toHaveLength(1);
    expect(told(old)).toMatchObject([{ kind: 'rotation' }]);
  });

  it('of a key that is old come once, until there is a new key; tokens and young keys have none', async () => {
    const { principal, admin } = await tenant({ expiryEmails: true });
    const [old, young, token] = [await connect(principal), await connect(principal, { externalId: 'young' }), await connect(principal, { externalId: 'token' })];
    await age(young, 89);
    await registry.database.query(`UPDATE registry.connection SET type = 'OAUTH2', connected_at = now() - interval '200 days' WHERE id = $1`, [token.id]);
    await age(old, 90);
    await allSent(old, 2);
    await aWhile();
    expect(office.to(admin.email)).toHaveLength(1);
    expect(told(old)).toHaveLength(1);
    expect([...told(young), ...told(token)]).toEqual([]);
    await connect(principal, { externalId: old.externalId });
    await aWhile();
    expect(told(old)).toHaveLength(1);
  });

  it('that a server does not take just now are sent later, once; what it never takes is given up', async () => {
    const { principal, admin, user } = await tenant({ expiryEmails: true });
    office.refuseWith((to, attempt) => (to === admin.email && attempt <= 2 ? 451 : to === user.email ? 550 : null));
    const connection = await connect(principal, { expires: inDays(1) });
    await allSent(connection, 1);
    expect(office.to(admin.email)).toHaveLength(1);
    expect(office.attemptsFor(admin.email)).toBe(3);
    await waitFor(async () => (await mails(connection)).some(({ given_up_at }) => given_up_at !== null), { what: 'the other to be given up' });
    await aWhile();
    expect(office.attemptsFor(user.email)).toBe(1);
    expect(await mails(connection)).toEqual(expect.arrayContaining([expect.objectContaining({ recipient: user.email, last_error: 'EENVELOPE 550' }), expect.objectContaining({ attempts: 3, last_error: null })]));
  });

  it('that may have been sent already are sent again as the same mail', async () => {
    const { principal, admin } = await tenant({ expiryEmails: true });
    const connection = await connect(principal, { expires: inDays(2) });
    await allSent(connection, 2);
    // The replica died after the server's answer and before its note; its lease has run out.
    await registry.database.query(`UPDATE registry.mail SET sent_at = NULL, next_attempt_at = now() WHERE recipient = $1`, [admin.email]);
    await waitFor(() => office.to(admin.email).length === 2, { what: 'the second copy' });
    const [first, copy] = office.to(admin.email);
    expect(idOf(copy!)).toBe(idOf(first!));
  });
});
