"""The addresses of the pages."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.atlas import Lang, ProductFacts, Text
from server.address import base_url
from server.documents import Document
from server.errors import NotThere, shown
from server.headers import parents
from server.pages import site
from server.pages.areas import Area, find_area, near_areas, succession
from server.pages.fact_sheet import FactSheet, as_csv, fact_sheet
from server.pages.panels import Sorting
from server.pages.plain import PlainOrder, plain_map, plain_order
from server.pages.product import Choice, ProductPage, product_page
from server.pages.sheet_page import themes_of
from server.pages.site import Page, asked, html, respond_not_found, respond_page
from server.pages.words import WORDS
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond
from server.rows_route import MEDIA_TYPES, flow, table
from server.snapshot import Snapshot


class ProductEntry(Document):
    """A product in the list."""

    id: str
    title: Text
    theme: str
    kind: str
    page: str
    has_figures: bool
    figures: list[str]
    """Addresses of its figures as CSV, the main one first; none where this atlas has none."""

    explanation: Text | None = None
    caveat: Text | None = None
    needs: Text


class ProductList(Document):
    """Every product of the atlas."""

    title: Text
    notice: Text | None = None
    products: list[ProductEntry]


async def products(request: Request) -> Response:
    """The list of products."""
    snapshot = Snapshot.of(request)
    parameters = Parameters(request.query_params)
    form, lang = (wish := asked(request, ("html", "json"), parameters)).form, wish.lang
    parameters.check()
    if form == "json":
        base = base_url(request, request.app.state.settings)
        facts = snapshot.facts
        entries = [_entry(product, base) for product in facts.products]
        document = ProductList(title=facts.title, notice=facts.notice, products=entries)
        return respond_page(request, Content.of(document.as_json(), MEDIA_TYPES["json"]))
    return respond_page(request, await snapshot.cache.get(("products", lang), partial(_products_page, snapshot, lang)))


def figure_paths(product: ProductFacts) -> list[str]:
    """Where the figures of a product are, below the root of the site; those of its kind first."""
    topics = [f"values/{name}?f=csv" for name in product.topics]
    tables = [f"tables/{name}?f=csv" for name in product.tables]
    flows = [f"flows/{name}?f=csv" for name in product.flows]
    return [*topics, *tables, *flows] if product.kind == "map" else [*flows, *tables, *topics]


def _entry(product: ProductFacts, base: str) -> ProductEntry:
    return ProductEntry(
        id=product.id,
        title=product.title,
        theme=product.theme,
        kind=product.kind,
        page=f"{base}/products/{product.id}",
        has_figures=product.has_figures,
        figures=[f"{base}/{path}" for path in figure_paths(product)],
        explanation=product.explanation,
        caveat=product.caveat,
        needs=product.needs,
    )


def _products_page(snapshot: Snapshot, lang: Lang) -> Content:
    words = WORDS[lang]
    facts = snapshot.facts
    by_theme = [
        (
            theme.title.in_(lang),
            [(product, figure_paths(product)) for product in facts.products if product.theme == theme.id],
        )
        for theme in facts.themes
    ]
    page = Page(words.products, lang, "./", f"?lang={_other(lang)}", _lang_query(lang))
    return html("products.html", page, facts, themes=[pair for pair in by_theme if pair[1]])


async def product(request: Request) -> Response:
    """The page of a product."""
    snapshot = Snapshot.of(request)
    parameters = Parameters(request.query_params)
    wish = asked(request, ("html", "json"), parameters)
    name = request.path_params["product"]
    by_id = {one.id: one for one in snapshot.facts.products}
    found = by_id.get(name) or by_id.get(name.upper())
    if found is None:
        parameters.check()
        if wish.form == "html":
            near = [(f"../products/{one.id}", f"{one.id} {one.title.in_(wish.lang)}") for one in by_id.values()]
            text = WORDS[wish.lang].unknown_product.format(code=shown(name))
            return respond_not_found(request, _missing(snapshot, wish.lang, text, near))
        raise NotThere.named("product", name, by_id)
    if wish.form == "json":
        parameters.check()
        entry = _entry(found, base_url(request, request.app.state.settings))
        return respond_page(request, Content.of(entry.as_json(), MEDIA_TYPES["json"]))
    choice = await run_in_threadpool(_choice, snapshot, found, parameters, wish.lang)
    parameters.check()
    key = ("product", found.id, choice)
    return respond_page(request, await snapshot.cache.get(key, partial(_product_page, snapshot, found, choice)))


def _choice(snapshot: Snapshot, product: ProductFacts, parameters: Parameters, lang: Lang) -> Choice:
    """What the address asks for; only what exists, so that the pages that are kept are few."""
    facts = snapshot.facts
    topics = [topic for topic in facts.topics if topic.id in product.topics]
    columns = [c.id for one in facts.tables if one.id in product.tables for c in one.columns]
    years = sorted({year for one in facts.flows if one.id in product.flows for year in one.years})
    codes = {code for edition in facts.editions for code in snapshot.atlas.regions(edition.year).code}
    return Choice(
        lang=lang,
        indicator=parameters.optional("indicator", [name for topic in topics for name in topic.indicators]),
        area=parameters.optional("gebied", codes),
        year=parameters.number("jaar", years),
        sorting=Sorting(
            parameters.optional("sorteer", columns), parameters.choice("richting", ("op", "af"), "op") == "af"
        ),
    )


def _product_page(snapshot: Snapshot, found: ProductFacts, choice: Choice) -> Content:
    lang = choice.lang
    facts = snapshot.facts
    made: ProductPage = product_page(snapshot.atlas, found, choice)
    kept = {
        "indicator": choice.indicator,
        "gebied": choice.area,
        "jaar": None if choice.year is None else str(choice.year),
    }
    query = urlencode({key: value for key, value in kept.items() if value})
    page = Page(
        f"{found.id} {found.title.in_(lang)}",
        lang,
        "../",
        f"?{query}{'&' if query else ''}lang={_other(lang)}",
        _lang_query(lang),
    )
    stay = "".join(f"{part}&" for part in (query, "lang=en" if lang == "en" else "") if part)
    theme = next((one.title.in_(lang) for one in facts.themes if one.id == found.theme), found.theme)
    return html(
        "product.html", page, facts, product=found, theme=theme, made=made, sections=list(made.sections), stay=stay
    )


async def plain(request: Request) -> Response:
    """The map that the same query of the viewer shows, as a picture and a table: for readers without scripts, also in a frame."""
    snapshot = Snapshot.of(request)
    order = await run_in_threadpool(plain_order, snapshot, request.query_params)
    if order is None:
        raise NotThere("this atlas has no figures")
    made = partial(_plain_page, snapshot, order)
    # What readers search for differs each time, and is not kept.
    content = await (run_in_threadpool(made) if order.words else snapshot.cache.get(("plain", *order.key), made))
    return respond_page(request, content, parents(request.app.state.settings, snapshot.facts))


def _plain_page(snapshot: Snapshot, order: PlainOrder) -> Content:
    lang, facts = order.map.lang, snapshot.facts
    made = plain_map(snapshot, order)
    title = WORDS[lang].plain_title.format(title=order.map.indicator.title.in_(lang), year=order.map.year)
    query = order.query
    unsorted = {name: value for name, value in query.items() if name != "tabel"}
    other = urlencode({**query, "lang": _other(lang)})
    by_theme = [
        (
            theme.title.in_(lang),
            [(one.id, one.title.in_(lang)) for one in facts.indicators if one.theme == theme.id and one.series],
        )
        for theme in facts.themes
    ]
    return html(
        "plain.html",
        Page(title, lang, "./", f"?{other}", f"?{urlencode(unsorted)}"),
        facts,
        made=made,
        sections=[made.section],
        themes=[pair for pair in by_theme if pair[1]],
        stay=f"{urlencode(unsorted)}&",
        turn=f"{urlencode(query)}&",
    )


async def area(request: Request) -> Response:
    """The fact sheet of an area."""
    snapshot = Snapshot.of(request)
    parameters = Parameters(request.query_params)
    wish = asked(request, ("html", "json", "csv"), parameters)
    parameters.check()
    name = request.path_params["code"]
    found = await run_in_threadpool(lambda: find_area(snapshot.atlas, name) or find_area(snapshot.atlas, name.upper()))
    if found is None:
        is_html = wish.form == "html"
        return await run_in_threadpool(partial(_no_area, request, snapshot, name, wish.lang, is_html=is_html))
    # JSON and CSV are in both languages at once, so kept once
    key = ("gebied", found.code, wish.form, wish.lang if wish.form == "html" else "nl")
    content = await snapshot.cache.get(key, partial(_sheet_content, snapshot, found, wish.form, wish.lang))
    if wish.form == "csv":
        headers = {"Content-Disposition": f'attachment; filename="gebied-{quote(found.code, safe="")}.csv"'}
        return respond(request, content, CachePolicy.ASK, vary="Accept, Accept-Encoding", headers=headers)
    return respond_page(request, content)


def _sheet_content(snapshot: Snapshot, found: Area, form: site.PageFormat, lang: Lang) -> Content:
    sheet: FactSheet = fact_sheet(snapshot.atlas, found)
    if form == "json":
        return Content.of(sheet.as_json(), MEDIA_TYPES["json"])
    if form == "csv":
        return Content.of(as_csv(sheet), MEDIA_TYPES["csv"])
    titles = {level.id: level.title.in_(lang) for one in snapshot.facts.editions for level in one.levels}
    themes = themes_of(sheet, titles, lang)
    newest = max(snapshot.edition_by_year)
    page = Page(
        WORDS[lang].sheet_title.format(name=found.name),
        lang,
        "../",
        f"?lang={_other(lang)}",
        f"?{urlencode({'gebied': found.code} | ({'lang': lang} if lang != 'nl' else {}))}",
    )
    return html(
        "sheet.html",
        page,
        snapshot.facts,
        sheet=sheet,
        themes=themes,
        sections=[section for _, every in themes for section in every],
        level_titles=titles,
        newest=newest,
    )


def _no_area(request: Request, snapshot: Snapshot, name: str, lang: Lang, *, is_html: bool) -> Response:
    """A page or a problem that names what became of a gemeente, or codes near the one asked for."""
    words = WORDS[lang]
    code = name.strip().upper()
    after = succession(snapshot.atlas, code)
    found = after.areas if after else tuple(near_areas(snapshot.atlas, name))
    if not is_html:
        names = ", ".join(f"{one.code} ({one.name})" for one in found)
        told = f"{after.name} became part of {names} in {after.year}" if after else f"near it are {names}"
        raise NotThere(f"there is no area {shown(name)}: {told}")
    links = [(f"../gebied/{quote(one.code, safe='')}", f"{one.name} ({one.code})") for one in found]
    text = words.unknown_area.format(code=shown(name))
    heading = words.was_changed.format(name=after.name, year=after.year) if after else words.near
    return respond_not_found(request, _missing(snapshot, lang, text, links, heading))


def _missing(
    snapshot: Snapshot, lang: Lang, text: str, near: list[tuple[str, str]], heading: str | None = None
) -> Content:
    page = Page(WORDS[lang].not_found, lang, "../", f"?lang={_other(lang)}", _lang_query(lang))
    return html("missing.html", page, snapshot.facts, text=text, near=near, heading=heading or WORDS[lang].near)


def _other(lang: Lang) -> Lang:
    return "en" if lang == "nl" else "nl"


def _lang_query(lang: Lang) -> str:
    return "" if lang == "nl" else f"?lang={lang}"


PAGE_ROUTES: Final = (
    Route("/tabel", plain),
    Route("/products", products),
    Route("/products/{product}", product),
    Route("/gebied/{code}", area),
    Route("/tables/{table}", table),
    Route("/flows/{flow}", flow),
    Route("/pages/{name}", site.static),
)
