import { type Html, html } from './html.ts';
import { table } from './table.ts';

/** A route as the server registered it. */
export interface Route {
  method: string;
  path: string;
}

const families: readonly { title: string; prefix: string }[] = [
  { title: 'The sandbox itself', prefix: '/sandbox/' },
  { title: 'QuickBooks Online', prefix: '/v3/' },
  { title: 'OAuth and Stripe', prefix: '/' },
];

/** Every route there is, from the server's own list, so that this page cannot be out of date. */
export function controlPage(origin: string, routes: readonly Route[]): Html {
  const shown = routes.filter(
    ({ method, path }) =>
      method !== 'HEAD' && method !== 'OPTIONS' && path !== '/' && !path.startsWith('/pages/'),
  );
  const familyOf = (path: string): string =>
    families.find(({ prefix }) => path.startsWith(prefix))?.prefix ?? '/';
  return html`<h1>Control</h1>
    <p>
      Every route of this sandbox, as registered. The folder’s README says what each takes; all speak JSON at
      <code>${origin}</code>.
    </p>
    ${families.map(
      ({ title, prefix }) =>
        html`<h2>${title}</h2>
          ${table(
            ['Method', 'Path'],
            shown
              .filter(({ path }) => familyOf(path) === prefix)
              .toSorted((left, right) => left.path.localeCompare(right.path))
              .map(({ method, path }) => [method, html`<code>${path}</code>`]),
          )}`,
    )}`;
}
