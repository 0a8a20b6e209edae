"""OGC API under ``/ogc/v1``: regions with their figures as features, tiles and styles, for clients that know the standard.

``collections`` says what there is, ``query`` reads what a client asks, ``selection`` finds the regions, ``filters`` understands
CQL2, and ``encodings`` writes the answer. Start reading at ``routes``.
"""
