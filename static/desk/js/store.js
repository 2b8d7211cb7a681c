// What this browser remembers. Storage may be full or forbidden: then it remembers nothing.
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Nothing to do: the page goes on without it.
  }
}
