"""pylti1p3, mended by subclasses, and nothing of it outside this package.

pylti1p3 2.0.0 gives the flow of login, launch and deep linking response. Its sessions, cookies, key sets and
claim checks are replaced: it never uses up a nonce, ties no login to its launch, and asks for neither exp nor iat.
"""
