import { categories, customerGroups, paymentTerms, units } from './coded';
import { customFields } from './custom-fields';
import { invitations } from './invitations';
import { members } from './members';
import { numberSeries } from './number-series';
import { policies } from './policies';
import type { AnyResource } from './resource';
import { roles } from './roles';
import { taxClasses, taxes, taxRules } from './taxes';

/** The settings that are lists, by their place in the address. */
export const RESOURCES: AnyResource[] = [
  members, invitations, roles, policies, numberSeries, customFields, taxes, taxClasses, taxRules, paymentTerms, customerGroups, units, categories,
];

export const resourceAt = (page: string | undefined): AnyResource | undefined => RESOURCES.find((one) => one.page === page);
