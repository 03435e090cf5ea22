"""What each process is told: the web process of no key folder, and of no key that could list or refund."""

from mainstay_demo.places import Place, company_keys, kept_secret


def test_the_web_process_is_told_of_no_keys(tmp_path):
    place = Place(tmp_path, 8000)
    web, worker = place.environment("web"), place.environment("worker")
    assert "MAINSTAY_KEYS" not in web
    assert str(place.keys) not in " ".join(web.values())
    assert worker["MAINSTAY_KEYS"] == str(place.keys)
    assert web["MAINSTAY_SECRETS_FILE"] != worker["MAINSTAY_SECRETS_FILE"]


def test_secrets_are_made_once_and_for_their_owner_alone(tmp_path):
    place = Place(tmp_path / "state", 8000)
    assert company_keys(place) == company_keys(place)
    assert len(set(vars(company_keys(place)).values())) == 3
    kept_secret(place.passphrase_file)
    assert place.passphrase_file.stat().st_mode & 0o777 == 0o600
