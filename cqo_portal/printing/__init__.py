"""Documents we issue, set as PDF behind closed doors: our templates, our sheets, our fonts, no network and no other file."""
