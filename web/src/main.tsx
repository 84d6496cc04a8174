import './styles/app.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { applyPrefs } from './lib/prefs';
import { makeQueryClient, makeRouter } from './router';

applyPrefs();
const client = makeQueryClient();
const router = makeRouter(client);
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App router={router} client={client} />
    </StrictMode>,
  );
}
