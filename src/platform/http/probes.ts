/** Asked every few seconds by balancers and Prometheus: of interest only where they fail. */
export const PROBES: ReadonlySet<string> = new Set(['/health', '/health/live', '/health/ready', '/metrics']);
