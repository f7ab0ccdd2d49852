import { reminderMail } from './reminder.js';

const about = { displayName: 'Shop', connector: 'stripe', due: new Date('2026-03-01T10:00:00.000Z') };

describe('a reminder by mail', () => {
  it('says which key, and when', () => {
    expect(reminderMail('expiry', about)).toEqual({ subject: 'The key of "Shop" expires on 2026-03-01', body: expect.stringContaining('The key of the connection "Shop" (stripe) expires on 2026-03-01.') as string });
    expect(reminderMail('rotation', about)).toEqual({ subject: 'The key of "Shop" should be replaced', body: expect.stringContaining('replaced by 2026-03-01') as string });
  });

  it('lets no name write headers', () => {
    const { subject } = reminderMail('expiry', { ...about, displayName: 'x\r\nBcc: all@example.com\u2028y' });
    expect(subject).toBe('The key of "x Bcc: all@example.com y" expires on 2026-03-01');
  });
});
