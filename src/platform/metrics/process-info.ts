/** Which process it is, for rules that ask what works at all, and for whoever replaces one version by another. */
export const PROCESS_INFO = {
  name: 'crm_process_info',
  help: 'The version and the role of a process: always 1',
  labels: ['version', 'role'],
} as const;
