"""评价组: built, checked for conflicts, invited; and the page of a case, where everybody sees whose move it is."""
