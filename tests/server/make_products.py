"""The tiny country with topics, a panel, a list, a flow and products: hand-made figures that tests read again by themselves."""

from __future__ import annotations

from pathlib import Path

from server.build import build
from tests.server.make_atlas import CATALOG, write_sources

MORE = """
[[tables]]
id = "feiten"
source = "feiten.csv"
level = "gemeente"
year_column = "year"
code = "code"

[[recodes]]
level = "gemeente"
year = 2021
from = ["GM9908"]
to = ["GM9907"]

[[recodes]]
level = "gemeente"
year = 2022
from = ["GM9907"]
to = ["GM9901", "GM9902"]

[[dimensions]]
id = "feit"
title = { nl = "Feit", en = "Offence" }
codes = [
  { id = "alle", title = { nl = "Alle feiten", en = "All offences" } },
  { id = "bezit", title = { nl = "Bezit <b>&", en = "Possession <b>&" } },
]

[[indicators]]
id = "delicten"
theme = "vastgoed"
title = { nl = "Delicten", en = "Offences" }
unit = "delicten"
kind = "count"
column = "delicten"
dimensions = ["feit"]
caveat = { nl = "Een patroon, geen bewijs.", en = "A pattern, not proof." }

[[panels]]
id = "feiten-per-jaar"
theme = "vastgoed"
title = { nl = "Feiten per jaar", en = "Offences by year" }
view = "line"
columns = [
  { id = "feit", kind = "dimension", dimension = "feit", title = { nl = "Feit", en = "Offence" } },
  { id = "jaar", kind = "year", title = { nl = "Jaar", en = "Year" } },
  { id = "delicten", kind = "number", title = { nl = "Delicten", en = "Offences" } },
]

[[panels]]
id = "subgroepen"
theme = "vastgoed"
title = { nl = "Subgroepen", en = "Subgroups" }
columns = [
  { id = "regel", kind = "text", title = { nl = "Regel", en = "Rule" } },
  { id = "lift", kind = "number", title = { nl = "Lift", en = "Lift" }, decimals = 1 },
]

[[flows]]
id = "heen-en-weer"
theme = "vastgoed"
title = { nl = "Heen en weer", en = "To and fro" }
unit = { nl = "verdachten", en = "suspects" }
origin = { nl = "woongemeente", en = "gemeente of residence" }
destination = { nl = "pleeggemeente", en = "gemeente of offence" }
columns = { origin = "van", destination = "naar", value = "aantal" }

[[tables]]
id = "panel"
source = "panel.csv"
for = "feiten-per-jaar"

[[tables]]
id = "lijst"
source = "lijst.csv"
for = "subgroepen"

[[tables]]
id = "stromen"
source = "stromen.csv"
for = "heen-en-weer"
level = "gemeente"
year_column = "jaar"

[[products]]
id = "P1"
theme = "vastgoed"
title = { nl = "Delicten", en = "Offences" }
kind = "table"
caveat = { nl = "Pas op", en = "Careful" }
indicators = ["delicten"]
panels = ["feiten-per-jaar"]
needs = { nl = "Een tabel.", en = "A table." }

[[products]]
id = "P2"
theme = "vastgoed"
title = { nl = "Stromen", en = "Flows" }
kind = "flow"
flows = ["heen-en-weer"]
needs = { nl = "Een tabel.", en = "A table." }

[[products]]
id = "P3"
theme = "vastgoed"
title = { nl = "Subgroepen", en = "Subgroups" }
kind = "table"
panels = ["subgroepen"]
needs = { nl = "Een tabel.", en = "A table." }

[[products]]
id = "P4"
theme = "vastgoed"
title = { nl = "Nog zonder cijfers", en = "No figures yet" }
kind = "chart"
needs = { nl = "Een tabel met de kolommen a en b.", en = "A table with the columns a and b." }
"""

FILES = {
    "feiten.csv": """code,year,feit,delicten
GM9901,2021,alle,120
GM9901,2021,bezit,.
GM9901,2022,alle,130
GM9901,2022,bezit,40
GM9902,2021,alle,0
GM9902,2021,bezit,0
GM9902,2022,alle,60
GM9902,2022,bezit,
""",
    "panel.csv": "feit,jaar,delicten\nalle,2021,1200\nalle,2022,1300\nbezit,2021,.\nbezit,2022,425\n",
    "lijst.csv": "regel,lift\n=1+1,1.4\nWoont alleen,2.5\nJonger dan 25,.\n",
    "stromen.csv": "van,naar,jaar,aantal\nGM9901,GM9901,2022,50\nGM9901,GM9902,2022,20\nGM9902,GM9901,2022,.\n",
}


def make_products(folder: Path) -> Path:
    """Build it; the folder of the atlas."""
    before, themes = CATALOG.split("[[themes]]")
    tables, rest = MORE.split("[[dimensions]]", 1)
    catalog = write_sources(folder / "sources", catalog=f"{before}{tables}[[themes]]{themes}[[dimensions]]{rest}")
    for name, text in FILES.items():
        (folder / "sources" / name).write_text(text)
    build(catalog, folder / "atlas")
    return folder / "atlas"
