"""Certificates in the browser, for those who sign in."""
