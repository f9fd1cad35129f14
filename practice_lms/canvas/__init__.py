"""What is Canvas's own: its variations of LTI, its OAuth2 and its REST API."""

from __future__ import annotations
