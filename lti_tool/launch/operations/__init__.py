"""Writes of the LTI door, one file per part: sessions, logins, registrations, people of a launch, links."""
