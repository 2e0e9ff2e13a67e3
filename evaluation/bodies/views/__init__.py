"""Bodies in the browser: the record, its papers, its clocks, and what anybody may see."""
