"""What each page of a filing shows. Reads only; every function returns the context of one template."""
