/** Where a view is written down, and read again. */
export interface Place {
  /** Whether it is the address of the page, which is then all ours: title, language and history. */
  readonly isPage: boolean;
  readonly url: URL;
  /** Notes a query and hash, as a new entry of the history. */
  push(address: string): void;
  /** Notes them instead of the last. */
  replace(address: string): void;
}

/** The address of the page. */
export const PAGE: Place = {
  isPage: true,
  get url() {
    return new URL(location.href);
  },
  push: (address) => history.pushState(null, "", address),
  replace: (address) => history.replaceState(null, "", address),
};

/** For a map that is a part of a page of others, whose address and history are none of our business. */
export function inMemory(start: URL): Place {
  let url = start;
  const note = (address: string): void => {
    url = new URL(address, url);
  };
  return {
    isPage: false,
    get url() {
      return url;
    },
    push: note,
    replace: note,
  };
}
