/** One server, and one mail server, for the whole run; their addresses and the sign-in reach the journeys by the environment. */
import { request } from '@playwright/test';
import { signInByApi } from './api.ts';
import { makeData } from './data.ts';
import { startMailbox } from './mailbox.ts';
import { startServer } from './server.ts';

async function globalSetup(): Promise<() => Promise<void>> {
  const mailbox = await startMailbox();
  const server = await startServer(mailbox.port).catch(async (error: unknown) => {
    await mailbox.stop();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    await mailbox.stop();
  };
  process.env.E2E_URL = server.url;
  process.env.E2E_EMAIL = server.email;
  process.env.E2E_PASSWORD = server.password;
  process.env.E2E_MAIL_URL = mailbox.url;
  const owner = await request.newContext();
  try {
    await signInByApi(owner, server.email, server.password);
    await makeData(owner);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    await owner.dispose();
  }
  return stop;
}

// Playwright asks for a default export here.
export default globalSetup;
