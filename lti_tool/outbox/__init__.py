"""The durable list of what must reach an LMS. It knows nothing of LTI: a kind, a key and a payload.

A message is written in the same transaction as the change that it announces. Workers claim it under a lease;
one that dies gives it back when the lease ends. Within a key the newest wins and order holds.
"""
