import { commonSettings, ConfigError, createLogger, Health, loadConfig } from '@trunkline/service';
import { settings } from '../config.js';
import { explainRefusal, PostOffice } from './post-office.js';

const office = (environment: Record<string, string>) =>
  new PostOffice({
    name: 'connector-registry',
    config: loadConfig('connector-registry', { ...commonSettings, ...settings }, { DATABASE_URL: 'postgres://127.0.0.1/x', ...environment }),
    logger: createLogger({ service: 'test', level: 'silent', destination: 'stdout' }),
    health: new Health(),
  });

describe('the way mail leaves', () => {
  it('is open with a server and an address, and closed without either', () => {
    expect(office({}).isOpen).toBe(false);
    expect(office({ TRUNKLINE_SMTP_URL: 'smtps://a:b@mail.example', TRUNKLINE_MAIL_FROM: 'a@b.example' }).isOpen).toBe(true);
  });

  it.each<Record<string, string>>([{ TRUNKLINE_SMTP_URL: 'smtp://mail.example' }, { TRUNKLINE_MAIL_FROM: 'a@b.example' }])('stops the start when it is half configured: %j', (environment) => {
    expect(() => office(environment)).toThrow('TRUNKLINE_SMTP_URL and TRUNKLINE_MAIL_FROM are needed together');
  });

  it('takes no other address than one of a mail server, and does not tell the one it refuses', () => {
    const wrong = () => office({ TRUNKLINE_SMTP_URL: 'http://user:canary@mail.example', TRUNKLINE_MAIL_FROM: 'a@b.example' });
    expect(wrong).toThrow(ConfigError);
    expect(wrong).not.toThrow(/canary/);
  });

  it.each([
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 550 }, { error: 'EENVELOPE 550', final: true }],
    [{ code: 'EENVELOPE', command: 'RCPT TO', responseCode: 451 }, { error: 'EENVELOPE 451', final: false }],
    [{ code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }, { error: 'EAUTH 535', final: false }],
    [{ code: 'ECONNECTION' }, { error: 'ECONNECTION', final: false }],
    [new Error('secret words'), { error: 'UNKNOWN', final: false }],
  ])('knows what never will be taken: %j', (error, told) => {
    expect(explainRefusal(error)).toEqual(told);
  });
});
