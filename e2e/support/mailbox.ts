/** A mail server that keeps what it gets, and a page of it for the journeys, which run in another process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect } from '@playwright/test';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface Mailbox {
  port: number;
  url: string;
  stop: () => Promise<void>;
}

interface Letter {
  to: string;
  subject: string;
  text: string;
}

const HERE = '127.0.0.1';

export async function startMailbox(): Promise<Mailbox> {
  const letters: Letter[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, session, done) {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then(({ subject = '', text = '' }) => {
          for (const { address } of session.envelope.rcptTo) letters.push({ to: address, subject, text });
          done();
        })
        .catch(done);
    },
  });
  const page = createServer((_, answer) => answer.setHeader('Content-Type', 'application/json').end(JSON.stringify(letters)));
  const listening = <S extends { listen: (port: number, host: string, then: () => void) => unknown }>(server: S) =>
    new Promise<void>((then) => server.listen(0, HERE, then));
  await Promise.all([listening(smtp), listening(page)]);
  return {
    port: (smtp.server.address() as AddressInfo).port,
    url: `http://${HERE}:${(page.address() as AddressInfo).port}`,
    stop: async () => {
      await Promise.all([new Promise<void>((then) => smtp.close(then)), new Promise((then) => page.close(then))]);
    },
  };
}

/** The link of the last mail with these words in its subject, once it has come. */
export async function linkSentTo(address: string, subject: string): Promise<string> {
  let link: string | undefined;
  await expect
    .poll(
      async () => {
        const letters = (await (await fetch(process.env.E2E_MAIL_URL ?? '')).json()) as Letter[];
        link = letters.filter((letter) => letter.to === address && letter.subject.includes(subject)).at(-1)?.text.match(/https?:\S+#t=\S+/)?.[0];
        return link;
      },
      { message: `a mail “${subject}” to ${address}`, timeout: 30_000 },
    )
    .toBeDefined();
  return link ?? '';
}
