"""Certificates are signed here, and forgeries told from what we made. Knows no table: bytes in, bytes or a finding out.

`interface` says what a signer is, `current` gives the one this deployment uses, `examining` judges a file of a stranger.
A signature alone overlooks changes in the hole it lies in: compare the SHA-256 of a file with the ledger first.
"""
