"""How it looks: class breaks, palettes, theme presets, MapLibre styles for web and QGIS, legends.

Pure functions from the facts of an atlas to documents. Legend and paint read the same breaks.
Start reading in ``preset``, then ``scene``.
"""
