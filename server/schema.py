"""JSON Schema of everything that crosses HTTP, from which the front end makes its types.

python -m server.schema > server/web/src/schema.json
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from layers.atlas import AtlasFacts
from server.documents import Health, Landing, ProblemDocument, RegionColumns, TileJson, Values

DOCUMENTS: Final[tuple[type[BaseModel], ...]] = (
    AtlasFacts,
    RegionColumns,
    Values,
    TileJson,
    Landing,
    Health,
    ProblemDocument,
)
"""The first is the root of the schema, the others are its definitions."""


def schema() -> dict[str, Any]:
    """The schema of the manifest, with the other documents under ``$defs``."""
    _, shared = models_json_schema([(model, "validation") for model in DOCUMENTS])
    definitions = shared["$defs"]
    root = definitions.pop(DOCUMENTS[0].__name__)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **root, "$defs": definitions}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
