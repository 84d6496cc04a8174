/** How far a role or a member sees, in words. */
export const SIGHTS: Record<string, string> = { own: 'Only what is theirs', team: 'What their team sells', organization: 'Everything' };
