/** `Mozilla/5.0 (X11; Linux x86_64) … Firefox/130.0` → `Firefox on Linux`. */
export function deviceName(agent: string | null | undefined): string {
  if (!agent) return 'Unknown device';
  const browsers: [RegExp, string][] = [[/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']];
  const systems: [RegExp, string][] = [[/iPhone|iPad/, 'iOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux']];
  const browser = browsers.find(([pattern]) => pattern.test(agent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  return browser ? `${browser}${system ? ` on ${system}` : ''}` : agent.slice(0, 60);
}
