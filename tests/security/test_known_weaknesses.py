"""What pip-audit tells becomes lines; a library that it could not look up is no weakness."""

from tools.known_weaknesses import weaknesses

TOLD = [
    {"name": "sound", "version": "1.0", "vulns": []},
    {"name": "unknown", "version": "2.0", "skip_reason": "not found"},
    {"name": "weak", "version": "3.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1"]}]},
]


def test_a_weakness_is_a_line():
    assert list(weaknesses(TOLD)) == ["weak 3.0: PYSEC-1, mended in 3.1"]
