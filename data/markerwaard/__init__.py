"""The making of Markerwaard, a province that does not exist, with figures that nobody measured.

``land`` draws the borders, ``names`` holds the vocabulary, ``regions`` and ``groups`` make buurten, wijken and
gemeenten of two boundary years from cells, ``homes`` settles the land, ``figures`` makes up ten years of figures,
``data/make_demo.py`` writes the files. Everything follows from fixed seeds: the same versions of the libraries give the
same bytes.
"""
