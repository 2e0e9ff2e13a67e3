"""What becomes of a certificate: acts of its body, and sending it."""
