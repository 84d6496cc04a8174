/** One server for the whole run; its address and sign-in reach the journeys by the environment. */
import { request } from '@playwright/test';
import { signInByApi } from './api.ts';
import { makeData } from './data.ts';
import { startServer } from './server.ts';

async function globalSetup(): Promise<() => Promise<void>> {
  const server = await startServer();
  process.env.E2E_URL = server.url;
  process.env.E2E_EMAIL = server.email;
  process.env.E2E_PASSWORD = server.password;
  const owner = await request.newContext();
  try {
    await signInByApi(owner, server.email, server.password);
    await makeData(owner);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    await owner.dispose();
  }
  return server.stop;
}

// Playwright asks for a default export here.
export default globalSetup;
