"""The book's experiments: one module a chapter, which returns data and draws nothing.

``repeats.over_seeds`` runs all of them that depend on chance; ``probes`` measures trained networks.
"""
