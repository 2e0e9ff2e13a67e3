"""Issuing: why not, who asked for it, the number, the paper, and sending it. Issuing and sending are two acts.

In this order, so that a crash at any point leaves every number accounted for, and somebody to go on:

1. `ordering`   what is asked for is a row
2. `numbering`  one transaction: number, certificate and every word to be printed
3. `making`     the paper out of those words alone; that it is about to be signed is written down; it is signed
4. `making`     one transaction: the bytes are kept, the certificate is in force, the one before it superseded
5. `sending`    the holder and the enterprise are told, when the body says so
"""
