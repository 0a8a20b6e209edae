from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from server.errors import BadSetting
from server.settings import SETTINGS, Settings, table, unknown

REPOSITORY = Path(__file__).resolve().parents[2]


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.read({}) == Settings()


def test_every_setting_is_read_from_its_own_key(tmp_path: Path) -> None:
    given = {
        "ZICHTKAART_HOST": "0.0.0.0",
        "ZICHTKAART_PORT": "9000",
        "ZICHTKAART_WORKERS": "2",
        "ZICHTKAART_ROOT_PATH": "/kaart/",
        "ZICHTKAART_PUBLIC_URL": "https://www.gemeente.nl/kaart/",
        "ZICHTKAART_ALLOWED_PARENTS": "https://www.gemeente.nl, https://*.example.org:8443",
        "ZICHTKAART_TILE_CACHE_MB": "0",
        "ZICHTKAART_RELOAD_SECONDS": "0.5",
        "ZICHTKAART_LOG": "Warning",
        "ZICHTKAART_ACCESS_LOG": "yes",
        "ZICHTKAART_STATIC": str(tmp_path),
    }
    assert Settings.read(given) == Settings(
        host="0.0.0.0",
        port=9000,
        workers=2,
        root_path="/kaart",
        public_url="https://www.gemeente.nl/kaart",
        allowed_parents=("https://www.gemeente.nl", "https://*.example.org:8443"),
        tile_cache_mb=0,
        reload_seconds=0.5,
        log="warning",
        access_log="text",
        static=tmp_path,
    )


def test_an_empty_value_counts_as_not_given() -> None:
    assert Settings.read({"ZICHTKAART_PORT": " "}) == Settings()


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("ZICHTKAART_PORT", "80a", "a whole number from 0 to 65535"),
        ("ZICHTKAART_PORT", "tcp://10.0.0.1:80", "a whole number"),
        ("ZICHTKAART_PORT", "70000", "0 to 65535"),
        ("ZICHTKAART_WORKERS", "0", "from 1"),
        ("ZICHTKAART_ROOT_PATH", "kaart", "a path such as /kaart"),
        ("ZICHTKAART_PUBLIC_URL", "kaart.gemeente.nl", "https://kaart.gemeente.nl"),
        ("ZICHTKAART_ALLOWED_PARENTS", "www.gemeente.nl", "https://www.gemeente.nl"),
        ("ZICHTKAART_ALLOWED_PARENTS", "https://a.nl; script-src *", "origins such as"),
        ("ZICHTKAART_ALLOWED_PARENTS", "* https://a.nl", "not both"),
        ("ZICHTKAART_RELOAD_SECONDS", "-1", "a number of seconds"),
        ("ZICHTKAART_RELOAD_SECONDS", "0", "at least 0.1"),
        ("ZICHTKAART_LOG", "loud", "debug, info, warning, error"),
        ("ZICHTKAART_ACCESS_LOG", "perhaps", "no, text (or yes), or json"),
        ("ZICHTKAART_METRICS", "perhaps", "yes or no"),
        ("ZICHTKAART_MAX_HEAD_BYTES", "9", "from 1024"),
        ("ZICHTKAART_SECURITY_CONTACT", "me", "mailto:"),
        ("ZICHTKAART_SECURITY_EXPIRES", "2027-02-30", "a date such as"),
        ("ZICHTKAART_SECURITY_POLICY", "http://a.nl", "https://"),
        ("ZICHTKAART_STATIC", "/does/not/exist", "a folder that exists"),
    ],
)
def test_a_bad_value_is_a_sentence_with_the_key_the_value_and_what_is_allowed(
    key: str, value: str, allowed: str
) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings.read({key: value})
    text = str(caught.value)
    assert text.startswith(key)
    assert value in text
    assert allowed in text


def test_every_field_has_a_setting_and_every_setting_a_field() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]


def test_a_setting_spelled_wrong_is_noticed_and_keys_of_others_are_not() -> None:
    environment = {"ZICHTKAART_WORKER": "2", "ZICHTKAART_SERVICE_HOST": "10.0.0.1", "PATH": "/bin"}
    assert unknown(environment) == ["ZICHTKAART_WORKER is no setting; did you mean ZICHTKAART_WORKERS?"]


def test_the_documented_table_is_the_one_the_settings_print() -> None:
    assert table() in (REPOSITORY / "docs" / "settings.md").read_text()
