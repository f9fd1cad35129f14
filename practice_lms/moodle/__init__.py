"""What is Moodle's own: its variations of LTI and its web services."""

from __future__ import annotations
