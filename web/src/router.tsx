import { QueryClient } from '@tanstack/react-query';
import { createRouter, type RouterHistory } from '@tanstack/react-router';
import { ApiError } from './lib/api-error';
import { parseSearch, stringifySearch } from './lib/list-search';
import { appRoute } from './routes/app';
import {
  acceptInvitationRoute, confirmEmailRoute, confirmSignUpRoute, forgotPasswordRoute, resetPasswordRoute, setupRoute, signInRoute, signUpRoute, undoEmailRoute,
} from './routes/auth';
import { customerRoute, customersRoute, editCustomerRoute, newCustomerRoute } from './routes/customers';
import { accountRoute, homeRoute, importRoute, missingRoute } from './routes/home';
import { editOrderRoute, newOrderRoute, orderRoute, ordersRoute } from './routes/orders';
import { editPriceListRoute, newPriceListRoute, priceListRoute, priceListsRoute } from './routes/price-lists';
import { editProductRoute, newProductRoute, productRoute, productsRoute } from './routes/products';
import { rootRoute } from './routes/root';
import { auditEntryRoute, auditRoute, newResourceRoute, organizationRoute, resourceRoute, resourcesRoute, rolesRoute, settingsRoute } from './routes/settings';

const routeTree = rootRoute.addChildren([
  signInRoute,
  setupRoute,
  signUpRoute, confirmSignUpRoute, acceptInvitationRoute, confirmEmailRoute, undoEmailRoute, forgotPasswordRoute, resetPasswordRoute,
  appRoute.addChildren([
    homeRoute, accountRoute, importRoute, missingRoute,
    ordersRoute, newOrderRoute, orderRoute, editOrderRoute,
    customersRoute, newCustomerRoute, customerRoute, editCustomerRoute,
    productsRoute, newProductRoute, productRoute, editProductRoute,
    priceListsRoute, newPriceListRoute, priceListRoute, editPriceListRoute,
    auditRoute, auditEntryRoute,
    settingsRoute, organizationRoute, rolesRoute, resourcesRoute, newResourceRoute, resourceRoute,
  ]),
]);

/** Refusals are answers: only silence and overload are worth asking again. */
function worthRetrying(failures: number, error: unknown): boolean {
  if (error instanceof ApiError) return failures < 1 && error.status === 503;
  return failures < 1;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 15_000, retry: worthRetrying, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  });
}

export function makeRouter(client: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
    context: { client },
    parseSearch,
    stringifySearch,
    // What no route names is dropped: a stray parameter would reach the server as a filter it does not know.
    search: { strict: true },
    defaultPreload: false,
    defaultPendingMs: 150,
    scrollRestoration: history === undefined,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
  interface StaticDataRouteOption {
    /** Without it the page says so instead of offering what would be refused. */
    permission?: string;
  }
}
