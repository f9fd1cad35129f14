"""The LTI door: registration, OIDC login, launch, cookieless sessions, deep linking, tool keys.

An *invitation* lets one LMS register; a *registration* is what came of it and holds its own endpoints; a
*deployment* is where the LMS installed the tool. A *login* is one OIDC round trip, used up by its launch;
a *launch session* is what a person works in afterwards.
"""
