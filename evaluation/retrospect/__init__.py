"""Looking back at panels that are over: how far apart the marks were, and how an expert's lie over the years.

It describes. Nothing that proposes, scores or decides may read it (the contracts in pyproject).
"""
