"""Papers of strangers, for every app: made anew in a fenced child process, stored outside the web root, shown as pictures."""
