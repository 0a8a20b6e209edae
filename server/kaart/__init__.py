"""A map as one picture, for documents and for links that are shared: ``/kaart/{indicator}.svg`` and ``.png``.

``routes`` reads the address, ``frame`` says what lies in view, ``ground`` takes regions from tiles, ``content`` puts them
together and ``png`` makes pixels of the drawing. How it looks is in ``styles.map_picture``.
"""
