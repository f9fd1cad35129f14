"""Districts, schools, people and their LMS identities, role grants, courses, memberships, audit.

A *district* is a tenant. A *person* belongs to one district and has one *identity* per registration.
A *role grant* is what the district says of a person; a *membership* is what an LMS course says.
"""
