"""评分表: written alone, saved field by field, signed once. Nothing here reads another sheet."""
