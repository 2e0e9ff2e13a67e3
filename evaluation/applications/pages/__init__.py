"""What each page of an application shows."""
