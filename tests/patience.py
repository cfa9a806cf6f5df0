"""How long a test waits for what must come, and comes late on a busy machine. A wait ends as soon as it holds."""

SECONDS = 200
