"""What can go wrong with what a map is about.

LayersError
├── InputProblems    the publisher's catalog or data; carries every problem found (in ``layers.problems``)
├── NoAtlas          a folder without an atlas
├── BadAtlas         a damaged atlas, one of another version, or a folder that is something else
├── AtlasBusy        another build is writing this atlas
└── NotInAtlas       figures, an edition or a tileset that the atlas does not have
"""

from __future__ import annotations


class LayersError(Exception):
    """Something about the content of a map is wrong; the message is a sentence for a person."""


class NoAtlas(LayersError):
    """There is no atlas in this folder."""


class BadAtlas(LayersError):
    """The atlas in this folder cannot be used."""


class AtlasBusy(LayersError):
    """Another build holds this atlas."""


class NotInAtlas(LayersError):
    """Something was asked that the atlas does not have."""
