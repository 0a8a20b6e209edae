"""What a tile is and how one is made: pure functions and values, no files but the archive, no network but to read one.

Here belong grids, the simplification of a coverage, cutting, encoding, splicing of attributes and the PMTiles archive.
What the regions and figures mean belongs to ``layers``. Start reading in ``pyramid``: it is the table of contents.
"""
