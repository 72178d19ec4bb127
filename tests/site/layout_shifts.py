"""How much of a page has moved since it was drawn, where no reader moved it."""

# A promise of the sum of its layout shifts, as Chromium weighs them; late ones come within half a second.
SHIFTS = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""
