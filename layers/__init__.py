"""What the map is about: the catalog, its sources, regions, figures, how they are joined, and the atlas that comes out.

Raw figures live here and nowhere else; what leaves this package is published (a number or a reason, see ``values``).
Colours and classes belong to ``styles``, HTTP to ``server``. Start reading in ``catalog``, then ``values``, then ``atlas``.
"""
