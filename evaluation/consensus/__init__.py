"""合议: the map of disagreement, the meeting, the interview, and the result that is frozen."""
