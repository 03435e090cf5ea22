"""Our own patterns for semgrep find what they are for, where it is installed; else the check says that it isn't."""

import shutil

import pytest

from tools import house_patterns

UNWANTED = {
    "logs.py": "def view(request):\n    mail = request.POST['mail']\n    log.warning('tried %s', mail)\n",
    "leads.py": "def view(request):\n    return redirect(request.GET['next'])\n",
    "html.py": "def view(text):\n    return mark_safe(text)\n",
    "sql.py": "def view(request):\n    cursor.execute('SELECT ' + request.GET['column'])\n",
    "form.py": "@csrf_exempt\ndef view(request):\n    return None\n",
    "code.py": "value = pickle.loads(data)\n",
    "markup.js": "element.innerHTML = text;\n",
    "stays.js": "sessionStorage.setItem('mail', mail);\n",
}
WANTED = {
    "view.py": "def view(request):\n    log.warning('refused')\n    return redirect('desk:today', request.POST['x'])\n",
    "script.js": "element.textContent = text;\n",
}


def test_without_semgrep_the_check_says_so(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert house_patterns.main() == 0
    assert house_patterns.NOT_HERE in capsys.readouterr().out


@pytest.mark.skipif(not shutil.which("semgrep"), reason="semgrep is not installed here")
@pytest.mark.parametrize(("files", "found"), [(UNWANTED, 1), (WANTED, 0)])
def test_each_pattern_finds_what_it_is_for(files, found, tmp_path, capfd):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert house_patterns.main([str(tmp_path)]) == found
    told = capfd.readouterr().out
    assert [name for name in files if (name in told) != bool(found)] == []
