// From file:// a page may not read the other pages, and without this the search would report that as an error.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// A sandboxed frame refuses its storage by an error, which would stop the theme; there, what is stored lasts as long as the page.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name];
  } catch {
    const stored = new Map();
    Object.defineProperty(window, name, {
      value: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, text) => stored.set(key, String(text)),
        removeItem: (key) => stored.delete(key),
      },
    });
  }
}
