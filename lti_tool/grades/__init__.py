"""Completions in, scores out: what the LMS reported, what was sent back, and the district's review of both."""
