/** One server for the whole run; its address and sign-in reach the journeys by the environment. */
import { startServer } from './server.ts';

async function globalSetup(): Promise<() => Promise<void>> {
  const server = await startServer();
  process.env.E2E_URL = server.url;
  process.env.E2E_EMAIL = server.email;
  process.env.E2E_PASSWORD = server.password;
  return server.stop;
}

// Playwright asks for a default export here.
export default globalSetup;
