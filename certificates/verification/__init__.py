"""Verification: what anybody may ask of a certificate, and the honest answer."""
