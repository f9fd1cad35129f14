"""The journey against a running Moodle: `make test-moodle`, no part of the ordinary tests."""
