"""Tables that leave the house: rows of a django-import-export resource, written without formulas and in a stream."""
