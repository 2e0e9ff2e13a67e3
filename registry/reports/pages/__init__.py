"""What each page of annual reports shows. Reads only; every function returns the context of one template."""
