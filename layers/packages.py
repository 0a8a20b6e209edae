"""Theme packages read by themselves: what they are about, without the tables of any publisher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers.catalog import SECTIONS
from layers.catalog_model import DimensionEntry, IndicatorEntry, ThemeEntry
from layers.catalog_products import FlowEntry, PanelEntry, ProductEntry
from layers.include import THEMES, merged
from layers.protect import ProtectRule


@dataclass(frozen=True, slots=True)
class Package:
    """One or more themes as their packages have them."""

    themes: tuple[ThemeEntry, ...]
    dimensions: tuple[DimensionEntry, ...]
    indicators: tuple[IndicatorEntry, ...]
    panels: tuple[PanelEntry, ...]
    flows: tuple[FlowEntry, ...]
    products: tuple[ProductEntry, ...]
    protect: dict[str, ProtectRule]

    @property
    def made(self) -> tuple[IndicatorEntry, ...]:
        """Indicators of information products, which a publisher makes."""
        named = {name for product in self.products for name in product.indicators}
        return tuple(indicator for indicator in self.indicators if indicator.id in named)

    @property
    def context(self) -> tuple[IndicatorEntry, ...]:
        """Indicators that come from open tables."""
        return tuple(indicator for indicator in self.indicators if indicator not in self.made)


def read_package(names: Sequence[str]) -> Package:
    """Packages by name, in that order."""
    entries: dict[str, list[object]] = {section: [] for section in SECTIONS}
    rules: dict[str, ProtectRule] = {}
    for name in names:
        data = merged(THEMES / f"{name}.toml").data
        for section, model in SECTIONS.items():
            entries[section] += [model.model_validate(entry) for entry in data.get(section, [])]
        rules |= {rule: ProtectRule.model_validate(entry) for rule, entry in data.get("protect", {}).items()}
    return Package(
        themes=tuple(e for e in entries["themes"] if isinstance(e, ThemeEntry)),
        dimensions=tuple(e for e in entries["dimensions"] if isinstance(e, DimensionEntry)),
        indicators=tuple(e for e in entries["indicators"] if isinstance(e, IndicatorEntry)),
        panels=tuple(e for e in entries["panels"] if isinstance(e, PanelEntry)),
        flows=tuple(e for e in entries["flows"] if isinstance(e, FlowEntry)),
        products=tuple(e for e in entries["products"] if isinstance(e, ProductEntry)),
        protect=rules,
    )
