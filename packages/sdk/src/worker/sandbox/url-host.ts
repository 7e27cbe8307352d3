/** Addresses taken apart for the `URL` class of workflow code: text in, text out. */
import { URL_PARTS } from '../../workflow/runtime/globals/url.js';
import type { UrlHost } from '../../workflow/runtime/globals/url.js';

export const urlHost: UrlHost = {
  parseUrl(input, base) {
    try {
      return partsOf(new URL(input, base));
    } catch {
      return undefined;
    }
  },
  changeUrl(href, part, value) {
    try {
      const url = new URL(href);
      url[part] = value;
      return partsOf(url);
    } catch {
      return undefined;
    }
  },
};

function partsOf(url: URL): string {
  return [...URL_PARTS.map((part) => url[part]), url.origin].join('\0');
}
