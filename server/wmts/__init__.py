"""WMTS 1.0.0 (OGC 07-057r7): pictures of tiles by name, with legends and years, for GIS programs and map libraries.

By key and value (``/wmts?SERVICE=WMTS&…``) and by address (``/wmts/1.0.0/…``). Start reading at ``routes``.
"""
